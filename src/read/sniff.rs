//! Which delimiter a table has: the one that stands in its header; of several, the one by which most
//! rows have as many fields as the header.

use memchr::memchr2;

/// Delimiters, the likelier first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows that are looked at.
const ROWS: usize = 50;

/// What Excel writes as a line of its own to state the delimiter: `sep=;`.
pub(super) fn stated_delimiter(start: &[u8]) -> Option<u8> {
    let start = start.trim_ascii_start();
    let rest = start
        .strip_prefix(b"sep=")
        .or_else(|| start.strip_prefix(b"\"sep="))?;
    rest.first()
        .copied()
        .filter(|byte| DELIMITERS.contains(byte))
}

/// The delimiter of a file that begins with `start`.
pub(super) fn delimiter_of(start: &[u8]) -> u8 {
    if let Some(stated) = stated_delimiter(start) {
        return stated;
    }
    let mut best: Option<Fit> = None;
    for delimiter in DELIMITERS {
        let fit = Fit::of(start, delimiter);
        if fit.width > 1 && best.as_ref().is_none_or(|best| fit.is_better_than(best)) {
            best = Some(fit);
        }
    }
    best.map_or(b',', |best| best.delimiter)
}

/// How well a delimiter fits.
struct Fit {
    delimiter: u8,
    /// Fields of the header.
    width: usize,
    /// Rows with as many, in percent; `None` if there are no rows.
    share: Option<usize>,
}

impl Fit {
    fn of(start: &[u8], delimiter: u8) -> Self {
        let mut widths = Widths {
            rest: start,
            delimiter,
        }
        .take(ROWS + 1);
        let width = widths.next().unwrap_or(0);
        let (mut rows, mut alike) = (0, 0);
        for row in widths {
            rows += 1;
            alike += usize::from(row == width);
        }
        Self {
            delimiter,
            width,
            share: (rows > 0).then(|| 100 * alike / rows),
        }
    }

    /// Where two stand in the header, the first is taken unless the second divides the rows clearly
    /// better: commas of narratives that are not quoted make many rows wider than their header.
    fn is_better_than(&self, before: &Self) -> bool {
        match (self.share, before.share) {
            (Some(100), Some(100)) => self.width > before.width,
            (Some(own), Some(other)) => own > other + 30,
            _ => false,
        }
    }
}

/// The number of fields of each row that is not blank.
struct Widths<'b> {
    rest: &'b [u8],
    delimiter: u8,
}

impl Iterator for Widths<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let (mut at, mut quoted, mut fields, mut before) = (0, false, 1, self.delimiter);
            while let Some(&byte) = self.rest.get(at) {
                at += 1;
                match byte {
                    b'"' if quoted || before == self.delimiter => quoted = !quoted,
                    b'\n' | b'\r' if !quoted => break,
                    byte if byte == self.delimiter && !quoted => fields += 1,
                    _ => {}
                }
                before = byte;
            }
            if at == 0 {
                return None;
            }
            let row = &self.rest[..at];
            self.rest = &self.rest[at..];
            // A row that the window cuts tells nothing, unless it is all there is.
            let whole = memchr2(b'\n', b'\r', row).is_some() || self.rest.is_empty();
            if !row.trim_ascii().is_empty() && whole {
                return Some(fields);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found_at_the_start() {
        for (start, delimiter) in [
            ("id,text;x;y\n", b','),
            ("\"a,b\";text\r\n1;2,3,4", b';'),
            ("id\ttext\n", b'\t'),
            ("id|text\n1|a, b\n", b'|'),
            ("text\n", b','),
            ("", b','),
            ("sep=;\r\nid;a,b\r\n", b';'),
            (
                "id;date, time;text\n1;2024-01-01;he left\n2;2024-01-02;no",
                b';',
            ),
            ("id,text\n1,a; b; c\n2,\"d; e\nf;\"\n", b','),
            ("id,text\n1,one, two; three\n2,four; five, six\n", b','),
            ("a;b\n1;2,5\n2;3,5\n", b';'),
        ] {
            assert_eq!(delimiter_of(start.as_bytes()), delimiter, "{start}");
        }
    }
}
