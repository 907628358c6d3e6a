//! CSV and TSV: a header line, then one record a row.
//!
//! A row must have as many fields as the header, or its columns cannot be trusted: an unquoted
//! comma in a narrative shifts all that follows. Blank surplus fields are allowed, because
//! spreadsheets add them.

use super::columns::{Columns, ColumnsUsed};
use super::rows::{Row, Rows};
use super::source::Source;
use super::{InputFormat, ReadOptions, Tally, utf8};
use crate::error::{Error, Result};

/// Reads all rows of `source`, and gives it back at its end.
pub(super) fn read(
    source: Source,
    format: InputFormat,
    options: &ReadOptions,
    tally: &mut Tally,
) -> Result<(ColumnsUsed, Source)> {
    let path = source.path().to_owned();
    let delimiter = match format {
        InputFormat::Tsv => b'\t',
        _ => delimiter_of(source.unread()),
    };
    let mut rows = Rows::new(source, delimiter, options.limit());
    let header = header(&mut rows).map_err(|problem| match problem {
        Problem::Fatal(error) => error,
        Problem::Header(message) => Error::input(&path, None, message),
    })?;
    rows.set_width(header.len());
    let columns = Columns::resolve(&path, &header, options)?;

    while let Some(row) = rows.next_row()? {
        let line = rows.row_line();
        let (reason, whole) = match row {
            Row::Whole => match misfit(&rows, header.len()) {
                None => {
                    tally.take(&columns, line, |column| {
                        utf8(rows.field(column.index).unwrap_or_default(), &column.name)
                    })?;
                    continue;
                }
                Some(reason) => (reason, true),
            },
            Row::Doubtful(reason) => (reason, false),
        };
        tally.reject(line, trusted_id(&rows, &columns, whole), reason)?;
    }
    Ok((columns.used(), rows.into_source()))
}

enum Problem {
    Fatal(Error),
    Header(String),
}

fn header(rows: &mut Rows) -> std::result::Result<Vec<String>, Problem> {
    match rows.next_row().map_err(Problem::Fatal)? {
        None => Err(Problem::Header(
            "the file is empty; expected a header line".into(),
        )),
        Some(Row::Doubtful(reason)) => {
            Err(Problem::Header(format!("cannot read the header: {reason}")))
        }
        Some(Row::Whole) => (0..rows.len())
            .map(|index| {
                let name = rows.field(index).unwrap_or_default();
                match std::str::from_utf8(name) {
                    Ok(name) => Ok(name.trim().to_owned()),
                    Err(_) => Err(Problem::Header(format!(
                        "invalid UTF-8 in the header, column {}; try --encoding",
                        index + 1
                    ))),
                }
            })
            .collect(),
    }
}

/// Why the fields of the current row cannot be told apart, if so.
fn misfit(rows: &Rows, width: usize) -> Option<String> {
    let fields = rows.len();
    let blank = |index| {
        rows.field(index)
            .is_none_or(|field| field.trim_ascii().is_empty())
    };
    if fields == width || (fields > width && (width..fields).all(blank)) {
        return None;
    }
    let last = rows.next_line().saturating_sub(1).max(rows.row_line());
    let lines = match last - rows.row_line() {
        0 => String::new(),
        _ => format!(", on lines {} to {last}", rows.row_line()),
    };
    let plural = if fields == 1 { "" } else { "s" };
    Some(format!(
        "{fields} field{plural} where the header has {width}{lines}"
    ))
}

/// The incident reference of a rejected row, if it lies before what is in doubt.
///
/// In a doubtful row only the fields before the bad one are there to be taken. Where the number
/// of fields is wrong the narrative is mostly to blame, so what stands before it can be trusted.
fn trusted_id(rows: &Rows, columns: &Columns, whole: bool) -> Option<String> {
    let index = columns.id.as_ref()?.index;
    if whole && (rows.len() < 2 || columns.text.iter().any(|text| text.index < index)) {
        return None;
    }
    let id = std::str::from_utf8(rows.field(index)?).ok()?.trim();
    // What is long or has blanks may be the rest of a narrative.
    (!id.is_empty() && id.len() <= 64 && !id.contains(char::is_whitespace)).then(|| id.to_owned())
}

/// The delimiter of a file called CSV: the comma, unless its first line has none and another
/// character does the work (spreadsheets write semicolons in many countries).
pub(super) fn delimiter_of(start: &[u8]) -> u8 {
    let start = start.trim_ascii_start();
    let line = start
        .split(|&byte| byte == b'\n' || byte == b'\r')
        .next()
        .unwrap_or_default();
    let count = |delimiter| {
        let mut quoted = false;
        let outside = |byte: &&u8| {
            quoted ^= **byte == b'"';
            !quoted && **byte == delimiter
        };
        line.iter().filter(outside).count()
    };
    if count(b',') > 0 {
        return b',';
    }
    // The first of the most frequent ones; `max_by_key` alone would take the last.
    let best = [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|&byte| count(byte));
    best.unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found_in_the_header() {
        for (header, delimiter) in [
            ("id,text;x;y\n", b','),
            ("\"a,b\";text\r\n1;2,3,4", b';'),
            ("id\ttext\n", b'\t'),
            ("text\n", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter_of(header.as_bytes()), delimiter, "{header}");
        }
    }
}
