//! Which delimiter a table has: the one by which most rows at its start have as many fields as the
//! header; a tie goes to the comma, then to the semicolon, the tab and the bar.

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
    let mut best = (b',', 0);
    for delimiter in DELIMITERS {
        let score = score(start, delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

/// How well a delimiter fits: nothing if it does not stand in the header; otherwise by the share of
/// rows that it divides as it does the header, and a little by the number of fields.
fn score(start: &[u8], delimiter: u8) -> usize {
    let mut widths = Widths {
        rest: start,
        delimiter,
    }
    .take(ROWS + 1);
    let Some(width) = widths.next().filter(|width| *width > 1) else {
        return 0;
    };
    let (mut rows, mut alike) = (0, 0);
    for row in widths {
        rows += 1;
        alike += usize::from(row == width);
    }
    let share = match rows {
        0 => 100,
        rows => 100 * alike / rows,
    };
    // A header with commas, and rows with commas in their narratives as well, stays what its name
    // says: only a clearly better delimiter wins.
    let usual = if delimiter == b',' { 30 } else { 0 };
    1000 * (share + usual) + width.min(900)
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
