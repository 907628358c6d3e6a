//! Parquet: one record a row. Nulls are empty; numbers and dates will do for references and dates.
//!
//! Only the columns that are needed are decoded, a slice of rows at a time. One of the two modules
//! that know polars.

use std::borrow::Cow;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use polars::prelude::{
    AnyValue, ArrowDataType, DataFrame, ParquetReader, PolarsError, SerReader, Series, TimeUnit,
};

use super::columns::{Column, Columns};
use super::raw::Raw;
use super::repair::Repair;
use super::tally::{Place, Tally};
use super::{Done, ReadOptions, Value};
use crate::error::{Error, Result};

/// Rows decoded at a time. A slice never spans row groups.
const SLICE: usize = 50_000;

/// Reads all rows of `raw`.
pub(super) fn read(mut raw: Raw, options: &ReadOptions, tally: &mut Tally<'_>) -> Result<Done> {
    let path = raw.path().to_owned();
    let path = path.as_path();
    let file = seekable(&mut raw)?;
    let broken = |error| into_error(path, &error);
    let again = || {
        file.try_clone()
            .map_err(|e| Error::io("cannot read", path, e))
    };

    let mut reader = ParquetReader::new(again()?);
    let schema = reader.schema().map_err(broken)?;
    let metadata = reader.get_metadata().map_err(broken)?.clone();
    let names: Vec<String> = schema.iter_names().map(|name| name.to_string()).collect();
    let columns = Columns::resolve(path, &names, options)?;
    tally.begin(&columns, &names);
    let repair = Repair::new(options);
    // What is only shown beside a case may hold what it likes: its value is left out.
    for column in columns.required() {
        let kind = schema.get(column.name.as_ref()).map(|field| &field.dtype);
        let is_text = columns.text.contains(column);
        if let Some(kind) = kind.filter(|kind| !is_usable(kind, is_text)) {
            let message = format!("column {:?} holds {kind:?}, not text", column.name);
            return Err(Error::input(path, None, message));
        }
    }
    let mut needed: Vec<usize> = columns.all().map(|column| column.index).collect();
    needed.sort_unstable();
    needed.dedup();

    let mut start = 0;
    for group in &metadata.row_groups {
        let end = start + group.num_rows();
        while start < end {
            let rows = SLICE.min(end - start);
            let mut reader = ParquetReader::new(again()?);
            reader.set_metadata(metadata.clone());
            let frame = reader
                .with_slice(Some((start, rows)))
                .with_projection(Some(needed.clone()))
                .finish()
                .map_err(broken)?;
            take_frame(&frame, &needed, &columns, options.limit(), &repair, tally)?;
            start += rows;
        }
    }
    let mut done = Done::of_raw(raw, columns.used())?;
    done.replaced = repair.replaced();
    Ok(done)
}

/// The file itself, for reading at any place; what is packed or comes through a pipe is copied to an
/// unnamed temporary file first.
fn seekable(raw: &mut Raw) -> Result<File> {
    let path = raw.path().to_owned();
    let unreadable = |e| Error::io("cannot read", &path, e);
    if raw.compression().is_none() && path.as_os_str() != "-" {
        return File::open(&path).map_err(unreadable);
    }
    let mut file = tempfile::tempfile().map_err(unreadable)?;
    let (mut chunk, mut ended) = raw.take_head();
    loop {
        file.write_all(&chunk).map_err(unreadable)?;
        chunk.clear();
        if ended {
            return Ok(file);
        }
        ended = raw.read_chunk(&mut chunk)? == 0;
    }
}

fn take_frame(
    frame: &DataFrame,
    needed: &[usize],
    columns: &Columns,
    limit: usize,
    repair: &Repair,
    tally: &mut Tally<'_>,
) -> Result<()> {
    // By position in the file, since that is how columns are known here.
    let series: Vec<&Series> = frame
        .columns()
        .iter()
        .map(|column| column.as_materialized_series())
        .collect();
    for row in 0..frame.height() {
        // There are no lines in this format; the row number finds the record again.
        let line = tally.records + 1;
        tally.take(columns, Place::line(line), |column: &Column| {
            let place = needed.binary_search(&column.index);
            let series = place.ok().and_then(|place| series.get(place));
            let value = series
                .and_then(|series| series.get(row).ok())
                .unwrap_or(AnyValue::Null);
            match as_text(value, &column.name, repair)? {
                Some(text) if text.len() > limit => Err(format!("record over {limit} bytes")),
                Some(text) => repair.whole(text, &column.name).map(Some),
                None => Ok(None),
            }
        })?;
    }
    Ok(())
}

/// Whether values of this type can be read; the narrative must be text.
fn is_usable(kind: &ArrowDataType, is_text: bool) -> bool {
    use ArrowDataType as A;
    match kind {
        A::Utf8 | A::LargeUtf8 | A::Utf8View | A::Null => true,
        A::Binary | A::LargeBinary | A::BinaryView => true,
        A::Dictionary(_, values, _) => is_usable(values, is_text),
        A::Int8 | A::Int16 | A::Int32 | A::Int64 => !is_text,
        A::UInt8 | A::UInt16 | A::UInt32 | A::UInt64 => !is_text,
        A::Float32 | A::Float64 | A::Date32 | A::Date64 | A::Timestamp(..) => !is_text,
        _ => false,
    }
}

fn as_text<'v>(value: AnyValue<'v>, name: &str, repair: &Repair) -> Value<'v> {
    let text = match value {
        AnyValue::Null => return Ok(None),
        AnyValue::String(text) => return Ok(Some(Cow::Borrowed(text))),
        // Text written without its logical type.
        AnyValue::Binary(bytes) => return repair.text(bytes, name),
        // References in a column with gaps come as floats; they print without `.0`.
        AnyValue::Float32(number) => number.to_string(),
        AnyValue::Float64(number) => number.to_string(),
        AnyValue::Date(days) => date(days).ok_or_else(|| unreadable(name))?,
        AnyValue::Datetime(count, unit, zone) => {
            let zone = zone.map(|zone| zone.to_string());
            datetime(count, unit, zone.as_deref()).ok_or_else(|| unreadable(name))?
        }
        value => match value.get_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        },
    };
    Ok(Some(Cow::Owned(text)))
}

fn unreadable(name: &str) -> String {
    format!("date out of range in field {name:?}")
}

/// Days since 1970 as `YYYY-MM-DD`.
fn date(days: i32) -> Option<String> {
    let epoch = Date::constant(1970, 1, 1);
    let date = epoch
        .checked_add(SignedDuration::from_hours(i64::from(days) * 24))
        .ok()?;
    Some(date.to_string())
}

/// A moment as `YYYY-MM-DD`, with the time of day unless that is midnight: where only dates are
/// known, columns of moments hold midnights.
fn datetime(count: i64, unit: TimeUnit, zone: Option<&str>) -> Option<String> {
    let since = match unit {
        TimeUnit::Nanoseconds => SignedDuration::from_nanos(count),
        TimeUnit::Microseconds => SignedDuration::from_micros(count),
        TimeUnit::Milliseconds => SignedDuration::from_millis(count),
    };
    let moment = Timestamp::from_duration(since).ok()?;
    let local: DateTime = match zone {
        None => jiff::tz::Offset::UTC.to_datetime(moment),
        Some(zone) => match jiff::tz::TimeZone::get(zone) {
            Ok(zone) => zone.to_datetime(moment),
            Err(_) => jiff::tz::Offset::UTC.to_datetime(moment),
        },
    };
    Some(match local.time() == Time::midnight() {
        true => local.date().to_string(),
        false => local.to_string(),
    })
}

fn into_error(path: &Path, error: &PolarsError) -> Error {
    match error {
        PolarsError::IO { error, .. } => Error::io(
            "cannot read",
            path,
            std::io::Error::new(error.kind(), error.to_string()),
        ),
        _ => {
            let message = error.to_string();
            let first = message.lines().next().unwrap_or_default();
            Error::input(path, None, format!("cannot read this as Parquet: {first}"))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use polars::prelude::{Column as Series_, DataType, IntoColumn, NamedFrom, ParquetWriter};

    use super::*;
    use crate::narrative::{ReadItem, Record};
    use crate::read::{InputInfo, read_input};

    fn file(columns: Vec<Series_>) -> tempfile::NamedTempFile {
        let file = tempfile::Builder::new()
            .suffix(".parquet")
            .tempfile()
            .unwrap();
        let mut frame = DataFrame::new_infer_height(columns).unwrap();
        ParquetWriter::new(file.reopen().unwrap())
            .with_row_group_size(Some(2))
            .finish(&mut frame)
            .unwrap();
        file
    }

    fn column<T, P: ?Sized>(name: &str, values: T) -> Series_
    where
        Series: NamedFrom<T, P>,
    {
        <Series as NamedFrom<T, P>>::new(name.into(), values).into_column()
    }

    fn read_all(path: &Path, options: &ReadOptions) -> Result<(Vec<Record>, InputInfo)> {
        let mut records = Vec::new();
        let info = read_input(path, options, &mut |item| {
            if let ReadItem::Record(record) = item {
                records.push(record);
            }
            Ok(())
        })?;
        Ok((records, info))
    }

    #[test]
    fn rows_come_back_across_row_groups() {
        let days = column("date", vec![Some(0), None, Some(19_724), Some(1), Some(2)]);
        let moments = column("at", vec![0_i64, 1_704_103_200_000, 0, 0, 0]);
        let file = file(vec![
            column("id", vec![1_i64, 2, 3, 4, 5]),
            column("case_id", vec![Some(7.0), None, Some(7.5), None, None]),
            days.cast(&DataType::Date).unwrap(),
            moments
                .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
                .unwrap(),
            column(
                "text",
                vec![
                    Some("one"),
                    Some("zwei “”"),
                    None,
                    Some("four"),
                    Some("five"),
                ],
            ),
        ]);
        let (records, info) = read_all(file.path(), &ReadOptions::default()).unwrap();
        assert_eq!(
            (info.records, info.rejected, info.format),
            (5, 0, "parquet")
        );
        let texts: Vec<&str> = records.iter().map(|r| r.fields[0].text.as_str()).collect();
        assert_eq!(texts, ["one", "zwei “”", "", "four", "five"]);
        let ids: Vec<_> = records
            .iter()
            .map(|r| r.incident_id.as_deref().unwrap())
            .collect();
        assert_eq!(ids, ["1", "2", "3", "4", "5"]);
        let cases: Vec<_> = records.iter().map(|r| r.case_id.as_deref()).collect();
        assert_eq!(cases, [Some("7"), None, Some("7.5"), None, None]);
        let dates: Vec<_> = records.iter().map(|r| r.incident_date.as_deref()).collect();
        assert_eq!(dates[..3], [Some("1970-01-01"), None, Some("2024-01-02")]);

        let options = ReadOptions {
            date_column: Some("at".into()),
            ..ReadOptions::default()
        };
        let (records, _) = read_all(file.path(), &options).unwrap();
        assert_eq!(records[0].incident_date.as_deref(), Some("1970-01-01"));
        assert_eq!(
            records[1].incident_date.as_deref(),
            Some("2024-01-01T10:00:00")
        );
    }

    #[test]
    fn the_narrative_must_be_text_and_the_file_parquet() {
        let numbers = file(vec![column("text", vec![1_i64])]);
        let error = read_all(numbers.path(), &ReadOptions::default()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("column \"text\" holds Int64, not text"),
            "{error}"
        );
        std::fs::write(numbers.path(), "id,text\n1,no Parquet at all\n").unwrap();
        let error = read_all(numbers.path(), &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("cannot read"), "{error}");
    }

    #[test]
    fn moments_are_shown_in_their_zone() {
        let at = |zone| datetime(1_720_000_000, TimeUnit::Milliseconds, zone).unwrap();
        assert_eq!(at(None), "1970-01-20T21:46:40");
        assert_eq!(at(Some("Europe/London")), "1970-01-20T22:46:40");
        assert_eq!(at(Some("No/Where")), "1970-01-20T21:46:40");
    }

    #[test]
    fn an_over_long_text_costs_its_record() {
        let file = file(vec![column("text", vec!["short", "much too long"])]);
        let options = ReadOptions {
            max_record_bytes: 8,
            ..ReadOptions::default()
        };
        let (records, info) = read_all(file.path(), &options).unwrap();
        assert_eq!((records.len(), info.rejected), (1, 1));
    }
}
