//! Splits CSV and TSV into rows, with bounded memory and without losing rows to a bad quote.
//!
//! The `csv` crate reads well-formed input the same way (a property test holds them together),
//! but it cannot say that a quote was never closed, nor stop at a limit: one stray `"` would
//! swallow the rest of a file into a single field. Here a row in doubt is reported with the line
//! where its quote opened, and reading resumes at the next line that looks like a row.

use memchr::{memchr, memchr_iter, memchr3};

use super::recover;
use super::source::Source;
use crate::error::Result;

/// A reader of rows. The fields of the current row stay available until the next call.
pub(super) struct Rows {
    source: Source,
    delimiter: u8,
    limit: usize,
    width: usize,
    /// Line of the first unread byte, from 1.
    line: u64,
    /// Line on which the current row began.
    row_line: u64,
    /// Byte of the input at which it began, where that is known.
    row_offset: Option<u64>,
    /// Whether a field of the current row is quoted.
    quoted: bool,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// What [`Rows::next_row`] came upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// A row; its fields can be taken.
    Whole,
    /// A row that cannot be trusted, and why. The fields before the doubtful one can be taken.
    Doubtful(String),
}

/// Where the scanner stands within a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Unquoted,
    Quoted,
    /// Just after a quote within a quoted field: its end, or the first half of `""`.
    Quote,
    /// Just after a carriage return that ends the row.
    CarriageReturn,
}

/// The quoted field being read.
#[derive(Clone, Copy, Default)]
struct Opened {
    /// Offset of its quote from the start of the row.
    at: usize,
    line: u64,
    /// Whether a line ended inside it.
    spans_lines: bool,
}

/// Why a row is in doubt.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Doubt {
    /// Text follows the quote that should have ended a field of several lines.
    Stray,
    /// The input ended within a quoted field.
    Unclosed,
    /// The row is longer than the limit.
    TooLong,
}

impl Rows {
    /// Reads rows from `source`; a row of more than `limit` bytes is doubtful.
    pub(super) fn new(source: Source, delimiter: u8, limit: usize) -> Self {
        let (bytes, ends) = (Vec::new(), Vec::new());
        Self {
            source,
            delimiter,
            limit,
            width: 0,
            line: 1,
            row_line: 1,
            row_offset: None,
            quoted: false,
            bytes,
            ends,
        }
    }

    /// States on which line the input stands.
    pub(super) fn at_line(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    /// States how many fields a row has, which helps to find rows again after a bad quote.
    pub(super) fn set_width(&mut self, width: usize) {
        self.width = width;
    }

    /// Line on which the current row began.
    pub(super) fn row_line(&self) -> u64 {
        self.row_line
    }

    /// Byte of the input at which the current row began, where that is known.
    pub(super) fn row_offset(&self) -> Option<u64> {
        self.row_offset
    }

    /// Line that reading has reached: one past the last line of the current row.
    pub(super) fn next_line(&self) -> u64 {
        self.line
    }

    /// Number of fields of the current row.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field of the current row.
    pub(super) fn field(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }

    /// The input, back again.
    pub(super) fn into_source(self) -> Source {
        self.source
    }

    /// Reads the next row that is not blank; `None` at the end of the input.
    pub(super) fn next_row(&mut self) -> Result<Option<Row>> {
        loop {
            let row = self.split()?;
            let blank = self.ends.len() == 1
                && !self.quoted
                && self.bytes.iter().all(|byte| b" \t\x1A".contains(byte));
            // Where rows have one field, blanks are its value.
            let value = self.width == 1 && !self.bytes.is_empty();
            if row != Some(Row::Whole) || !blank || value {
                return Ok(row);
            }
        }
    }

    fn split(&mut self) -> Result<Option<Row>> {
        self.bytes.clear();
        self.ends.clear();
        self.row_line = self.line;
        self.row_offset = self.source.offset();
        self.quoted = false;
        let mut state = State::FieldStart;
        let mut opened = Opened::default();
        // Bytes of this row that have been looked at; those before are still in the window.
        let mut at = 0;
        let mut dropped: Option<String> = None;
        loop {
            if at > self.limit && dropped.is_none() {
                let quoted = matches!(state, State::Quoted | State::Quote);
                if quoted && let Some(row) = self.recover(Doubt::TooLong, opened, at) {
                    return Ok(Some(row));
                }
                dropped = Some(self.reason(Doubt::TooLong, opened, quoted));
                self.drop_open_field();
            }
            if dropped.is_some() {
                // Nothing of this row is kept any more; only its end is looked for.
                self.source.consume(at);
                at = 0;
            }
            let Some(&byte) = self.source.unread().get(at) else {
                if self.source.fill()? {
                    continue;
                }
                if state == State::Quoted && dropped.is_none() {
                    return Ok(Some(self.give_up(Doubt::Unclosed, opened, at)));
                }
                if at == 0 && dropped.is_none() && state == State::FieldStart {
                    return Ok(None);
                }
                break;
            };
            match state {
                State::FieldStart if byte == b'"' => {
                    opened = Opened {
                        at,
                        line: self.line,
                        spans_lines: false,
                    };
                    self.quoted = true;
                    at += 1;
                    state = State::Quoted;
                }
                State::FieldStart => state = State::Unquoted,
                State::Unquoted => {
                    let rest = &self.source.unread()[at..];
                    let stop = memchr3(self.delimiter, b'\n', b'\r', rest);
                    let plain = &rest[..stop.unwrap_or(rest.len())];
                    if dropped.is_none() {
                        self.bytes.extend_from_slice(plain);
                    }
                    at += plain.len();
                    let Some(stop) = stop else { continue };
                    at += 1;
                    match rest[stop] {
                        b'\n' => {
                            self.line += 1;
                            break;
                        }
                        b'\r' => state = State::CarriageReturn,
                        _ => {
                            if dropped.is_none() {
                                self.ends.push(self.bytes.len());
                            }
                            state = State::FieldStart;
                        }
                    }
                }
                State::CarriageReturn => {
                    at += usize::from(byte == b'\n');
                    break;
                }
                State::Quoted => {
                    let rest = &self.source.unread()[at..];
                    let quote = memchr(b'"', rest);
                    let inside = &rest[..quote.unwrap_or(rest.len())];
                    let breaks = memchr_iter(b'\n', inside).count() as u64;
                    self.line += breaks;
                    opened.spans_lines |= breaks > 0;
                    if dropped.is_none() {
                        self.bytes.extend_from_slice(inside);
                    }
                    at += inside.len();
                    if quote.is_some() {
                        at += 1;
                        state = State::Quote;
                    }
                }
                State::Quote if byte == b'"' => {
                    if dropped.is_none() {
                        self.bytes.push(byte);
                    }
                    at += 1;
                    state = State::Quoted;
                }
                State::Quote if byte == self.delimiter || byte == b'\n' || byte == b'\r' => {
                    state = State::Unquoted;
                }
                State::Quote if opened.spans_lines && dropped.is_none() => {
                    let end = self.line_end(at)?;
                    return Ok(Some(self.give_up(Doubt::Stray, opened, end)));
                }
                // On one line, `"he said "no" to her"` loses no row: read it as `csv` does.
                State::Quote => state = State::Unquoted,
            }
        }
        if state == State::CarriageReturn {
            self.line += 1;
        }
        if at > self.limit && dropped.is_none() {
            dropped = Some(self.reason(Doubt::TooLong, opened, false));
            self.drop_open_field();
        }
        self.source.consume(at);
        match dropped {
            Some(reason) => Ok(Some(Row::Doubtful(reason))),
            None => {
                self.ends.push(self.bytes.len());
                Ok(Some(Row::Whole))
            }
        }
    }

    /// Offset just past the line that holds `at`, or as much of it as the limit allows.
    fn line_end(&mut self, at: usize) -> Result<usize> {
        let mut from = at;
        loop {
            let unread = self.source.unread();
            if let Some(found) = memchr(b'\n', &unread[from..]) {
                return Ok(from + found + 1);
            }
            from = unread.len();
            if from > self.limit || !self.source.fill()? {
                return Ok(from);
            }
        }
    }

    /// Reports the row as doubtful and resumes at the next likely row, or after `end`.
    fn give_up(&mut self, doubt: Doubt, opened: Opened, end: usize) -> Row {
        if let Some(row) = self.recover(doubt, opened, end) {
            return row;
        }
        let reason = self.reason(doubt, opened, true);
        self.drop_open_field();
        self.skip(end);
        Row::Doubtful(reason)
    }

    /// Looks for a row among the lines that the quote swallowed; resumes there if there is one.
    fn recover(&mut self, doubt: Doubt, opened: Opened, end: usize) -> Option<Row> {
        let swallowed = &self.source.unread()[opened.at..end];
        let first = memchr(b'\n', swallowed)? + 1;
        // A long field may be just that, so its lines must mostly look like rows.
        let sure = doubt != Doubt::TooLong && self.width > 2;
        let lines = &swallowed[first..];
        let next = recover::next_row(lines, self.delimiter, self.width, sure)?;
        let reason = self.reason(doubt, opened, true);
        self.drop_open_field();
        self.skip(opened.at + first + next);
        Some(Row::Doubtful(reason))
    }

    /// Consumes `bytes` from the start of the row and sets the line number right.
    fn skip(&mut self, bytes: usize) {
        let breaks = memchr_iter(b'\n', &self.source.unread()[..bytes]).count() as u64;
        self.line = self.row_line + breaks;
        self.source.consume(bytes);
    }

    /// Forgets the field in doubt, so that only whole fields can be taken.
    fn drop_open_field(&mut self) {
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn reason(&self, doubt: Doubt, opened: Opened, quoted: bool) -> String {
        let line = opened.line;
        match doubt {
            Doubt::Stray => format!(
                "text after the end of the quoted field that opened on line {line} (unbalanced quotes?)"
            ),
            Doubt::Unclosed => {
                format!("the quoted field that opened on line {line} is never closed")
            }
            Doubt::TooLong if quoted => format!(
                "record over {} bytes (unclosed quote? a quoted field opened on line {line})",
                self.limit
            ),
            Doubt::TooLong => format!("record over {} bytes", self.limit),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::ReadOptions;
    use crate::read::raw::Raw;

    fn utf8_source(path: &std::path::Path) -> Source {
        let options = ReadOptions {
            encoding: Some("utf-8".into()),
            ..ReadOptions::default()
        };
        Source::new(Raw::open(path).unwrap(), &options).unwrap()
    }

    /// All rows of `text`, each with its line; `None` for a doubtful one.
    fn split(text: &str, width: usize) -> Vec<(u64, Option<Vec<String>>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let source = utf8_source(file.path());
        let mut rows = Rows::new(source, b',', 1 << 20);
        rows.set_width(width);
        let mut all = Vec::new();
        while let Some(row) = rows.next_row().unwrap() {
            let fields = (0..rows.len()).map(|index| rows.field(index).unwrap());
            let fields = fields.map(|field| String::from_utf8(field.to_vec()).unwrap());
            all.push((
                rows.row_line(),
                (row == Row::Whole).then(|| fields.collect()),
            ));
        }
        all
    }

    /// The same by the `csv` crate, which is the oracle for input that is not in doubt.
    fn oracle(text: &str) -> Vec<(u64, Option<Vec<String>>)> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.records().map(|record| record.unwrap());
        records
            .map(|record| {
                let fields = record.iter().map(str::to_owned).collect();
                (record.position().unwrap().line(), Some(fields))
            })
            .collect()
    }

    #[test]
    fn fields_before_the_doubtful_one_can_be_taken() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "I1,C1,\"he left\nher").unwrap();
        let mut rows = Rows::new(utf8_source(file.path()), b',', 100);
        assert!(matches!(rows.next_row().unwrap(), Some(Row::Doubtful(_))));
        assert_eq!(
            (rows.field(0), rows.field(1)),
            (Some(&b"I1"[..]), Some(&b"C1"[..]))
        );
        assert_eq!((rows.field(2), rows.len()), (None, 2));
        assert_eq!(rows.next_row().unwrap(), None);
    }

    #[test]
    fn blank_lines_are_no_rows() {
        let rows = split("a,b\n\n  \r\n\x1A\nc,d", 2);
        assert_eq!(
            rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(),
            [1, 5]
        );
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(text in r#"([a-c]{1,2}|,|"|""|"[a-c\n,]{0,3}"|\n|\r\n|é){0,30}"#) {
            let rows = split(&text, 0);
            if rows.iter().all(|(_, fields)| fields.is_some()) {
                let fields = |rows: Vec<(u64, Option<Vec<String>>)>| -> Vec<_> {
                    rows.into_iter().map(|(_, fields)| fields).collect()
                };
                prop_assert_eq!(fields(rows), fields(oracle(&text)));
            }
        }

        #[test]
        fn what_a_writer_wrote_is_read(
            rows in proptest::collection::vec(
                proptest::collection::vec(r#"([a-c ,"]|\n|\r\n|é){0,6}"#, 3), 1..6
            )
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let read: Vec<_> = split(&text, 3).into_iter().map(|(_, fields)| fields.unwrap()).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn nothing_is_lost_at_a_small_limit(
            text in r#"([a-c]{1,9}|,|"|\n){0,60}"#, width in 0usize..4, limit in 1usize..20
        ) {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &text).unwrap();
            let source = utf8_source(file.path());
            let mut rows = Rows::new(source, b',', limit);
            rows.set_width(width);
            let mut line = 0;
            // Rows come in rising order, and the last line is reached.
            while rows.next_row().unwrap().is_some() {
                prop_assert!(rows.row_line() > line);
                line = rows.row_line();
            }
            let breaks = text.bytes().filter(|b| *b == b'\n').count() as u64;
            prop_assert_eq!(rows.next_line(), breaks + 1);
        }
    }
}
