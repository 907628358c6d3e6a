//! CSV and TSV, whatever their delimiter: a header line, then one record a row.
//!
//! A row must have as many fields as the header, or its columns cannot be trusted: an unquoted
//! comma in a narrative shifts all that follows. Blank surplus fields are allowed, because
//! spreadsheets add them.

use super::columns::Columns;
use super::repair::Repair;
use super::rows::{Row, Rows};
use super::sniff::{delimiter_of, stated_delimiter};
use super::source::Source;
use super::tally::{Place, Tally};
use super::{Done, InputFormat, ReadOptions};
use crate::error::{Error, Result};

/// Rows among which the header is looked for.
const HEADER_ROWS: usize = 20;

/// Reads all rows of `source`.
pub(super) fn read(
    source: Source,
    format: InputFormat,
    options: &ReadOptions,
    tally: &mut Tally<'_>,
) -> Result<Done> {
    let repair = Repair::new(options);
    let Head {
        mut rows,
        header,
        columns,
        line,
    } = head(source, format, options)?;
    rows.set_width(header.len());
    tally.begin(&columns, &header);

    while let Some(row) = rows.next_row()? {
        let place = Place {
            line: rows.row_line(),
            offset: rows.row_offset(),
        };
        let (reason, whole) = match row {
            Row::Whole => match misfit(&rows, header.len()) {
                None => {
                    tally.weigh(|index| rows.field(index).map_or(0, <[u8]>::len));
                    tally.take(&columns, place, |column| {
                        repair.text(rows.field(column.index).unwrap_or_default(), &column.name)
                    })?;
                    continue;
                }
                Some(reason) => (reason, true),
            },
            Row::Doubtful(reason) => (reason, false),
        };
        tally.reject(place, trusted_id(&rows, &columns, whole), reason)?;
    }
    let mut done = Done::of(rows.into_source(), columns.used(), &repair)?;
    done.header_line = Some(line);
    Ok(done)
}

/// A table whose header has been read.
struct Head {
    rows: Rows,
    header: Vec<String>,
    columns: Columns,
    /// Line of the header.
    line: u64,
}

/// Reads the header. Titles of a report may stand above it, as long as they fill no more than half
/// as many cells: a line of data is none.
fn head(mut source: Source, format: InputFormat, options: &ReadOptions) -> Result<Head> {
    let path = source.path().to_owned();
    let (mut line, mut titles) = (1, 0);
    let mut problem: Option<Error> = None;
    for _ in 0..HEADER_ROWS {
        let start = source.unread();
        let delimiter = match (format, stated_delimiter(start)) {
            (_, Some(stated)) => stated,
            // A name that is wrong: there is no tab where there should be many.
            (InputFormat::Tsv, None) if first_line(start).contains(&b'\t') => b'\t',
            _ => delimiter_of(start),
        };
        let mut rows = Rows::new(source, delimiter, options.limit()).at_line(line);
        let found = header(&mut rows).map_err(|found| match found {
            Problem::Fatal(error) => error,
            Problem::Header(message) => Error::input(&path, None, message),
        });
        let header = match (found, problem) {
            (Ok(header), before) => {
                problem = before;
                header
            }
            // What is wrong with the first line is what is worth telling.
            (Err(_), Some(first)) => return Err(first),
            (Err(error), None) => return Err(error),
        };
        let filled = header.iter().filter(|name| !name.is_empty()).count();
        if 2 * titles <= filled {
            match Columns::resolve(&path, &header, options) {
                Ok(columns) => {
                    return Ok(Head {
                        line: rows.row_line(),
                        rows,
                        header,
                        columns,
                    });
                }
                Err(error) => {
                    problem.get_or_insert(error);
                }
            }
        }
        titles = titles.max(filled);
        line = rows.next_line();
        source = rows.into_source();
    }
    Err(problem.unwrap_or_else(|| Error::input(&path, None, "no header line")))
}

fn first_line(start: &[u8]) -> &[u8] {
    let mut lines = start
        .trim_ascii_start()
        .split(|byte| matches!(byte, b'\n' | b'\r'));
    lines.next().unwrap_or_default()
}

enum Problem {
    Fatal(Error),
    Header(String),
}

fn header(rows: &mut Rows) -> std::result::Result<Vec<String>, Problem> {
    let mut row = rows.next_row().map_err(Problem::Fatal)?;
    let first = rows.field(0).unwrap_or_default();
    if row == Some(Row::Whole) && rows.len() <= 2 && first.starts_with(b"sep=") {
        row = rows.next_row().map_err(Problem::Fatal)?;
    }
    match row {
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
