//! Finds the next row among lines that an unbalanced quote has swallowed.
//!
//! A guess, and a cautious one: the row with the bad quote is rejected either way. What is decided
//! here is only whether the lines after it are read as rows again or rejected along with it.

use memchr::memchr;

/// Offset of the first line in `lines` that looks like a row of `width` fields.
///
/// Unless the caller is `sure` that a quote is unbalanced, most lines must look like rows: the
/// text of a long narrative has lines with commas too.
pub(super) fn next_row(lines: &[u8], delimiter: u8, width: usize, sure: bool) -> Option<usize> {
    if width < 2 {
        // Any line is a row of one field: no way to tell.
        return None;
    }
    let mut first = None;
    let (mut rows, mut total, mut at) = (0usize, 0usize, 0);
    while at < lines.len() {
        let end = memchr(b'\n', &lines[at..]).map_or(lines.len(), |found| at + found + 1);
        let line = lines[at..end].trim_ascii();
        if !line.is_empty() {
            total += 1;
            if looks_like_row(line, delimiter, width) {
                rows += 1;
                first.get_or_insert(at);
                if sure {
                    break;
                }
            }
        }
        at = end;
    }
    first.filter(|_| sure || 2 * rows >= total)
}

/// Whether a line has the fields of a row, or opens a quoted field that may go on below, behind a
/// first field as short as a reference or a date.
fn looks_like_row(line: &[u8], delimiter: u8, width: usize) -> bool {
    let (mut fields, mut quoted, mut first) = (1, false, None);
    let mut before = delimiter;
    for (at, &byte) in line.iter().enumerate() {
        let before = std::mem::replace(&mut before, byte);
        if byte == b'"' {
            // A quote opens a field only at its start; one in the middle of prose does not.
            quoted = !quoted && before == delimiter;
        } else if byte == delimiter && !quoted {
            fields += 1;
            first.get_or_insert(at);
        }
    }
    let Some(first) = first else { return false };
    let words = line[..first]
        .split(u8::is_ascii_whitespace)
        .filter(|word| !word.is_empty())
        .count();
    let counts = if quoted {
        fields <= width
    } else {
        fields == width
    };
    counts && first <= 40 && words <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_told_from_prose() {
        assert!(looks_like_row(b"I2,C1,she left", b',', 3));
        assert!(looks_like_row(b"I2,C1,\"she said, no", b',', 3));
        assert!(looks_like_row(b"01/02/2024 10:00\tC1\tshe left", b'\t', 3));
        assert!(looks_like_row(
            b"I2,C1,\"she said \"\"no\"\" twice\"",
            b',',
            3
        ));
        assert!(!looks_like_row(b"he said stop and", b',', 3));
        assert!(!looks_like_row(b"he said, \"no", b',', 3));
        assert!(!looks_like_row(
            b"then he took her phone, her keys, and left",
            b',',
            3
        ));
    }

    #[test]
    fn doubtful_stretches_need_a_majority() {
        let prose = b"no comma here\nnor here\nI2,C1,text\n";
        assert_eq!(next_row(prose, b',', 3, true), Some(23));
        assert_eq!(next_row(prose, b',', 3, false), None);
        assert_eq!(
            next_row(b"I2,C1,a\nI3,C1,b\nprose", b',', 3, false),
            Some(0)
        );
        assert_eq!(next_row(b"any line\nat all\n", b',', 1, true), None);
    }
}
