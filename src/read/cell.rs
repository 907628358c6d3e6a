//! The value of a cell of a workbook as the text that an analyst sees.

use std::borrow::Cow;

use calamine::{Data, ExcelDateTime};

/// The text of a cell.
pub(super) fn text(data: &Data) -> Cow<'_, str> {
    match data {
        Data::Empty => Cow::Borrowed(""),
        Data::String(text) => plain(text),
        Data::Int(number) => Cow::Owned(number.to_string()),
        // `Display` writes no `.0` and no exponent, so that a reference stays one.
        Data::Float(number) => Cow::Owned(number.to_string()),
        Data::Bool(true) => Cow::Borrowed("TRUE"),
        Data::Bool(false) => Cow::Borrowed("FALSE"),
        Data::DateTime(moment) => Cow::Owned(moment_text(moment)),
        Data::DateTimeIso(iso) => Cow::Borrowed(iso.strip_suffix("T00:00:00").unwrap_or(iso)),
        Data::DurationIso(iso) => match clock(iso) {
            Some(clock) => Cow::Owned(clock),
            None => Cow::Borrowed(iso),
        },
        Data::Error(error) => Cow::Owned(error.to_string()),
    }
}

/// Text with what Excel writes for control characters turned back: `_x000D_`.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6);
        let closed = rest.as_bytes().get(at + 6) == Some(&b'_');
        let digits = code.filter(|c| closed && c.bytes().all(|b| b.is_ascii_hexdigit()));
        let found = digits
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match found {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    if !value.is_finite() || value < 0.0 {
        return value.to_string();
    }
    if moment.is_duration() {
        let seconds = (value * 86_400.0).round() as u64;
        let (minutes, second) = (seconds / 60, seconds % 60);
        return format!("{}:{:02}:{second:02}", minutes / 60, minutes % 60);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match (value < 1.0, (hour, minute, second)) {
        (true, _) => time,
        (false, (0, 0, 0)) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {time}"),
    }
}

/// `PT19H40M00S` as `19:40:00`.
fn clock(iso: &str) -> Option<String> {
    let (hours, rest) = iso.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let whole = seconds.split(['.', ',']).next()?;
    let number = |part: &str| part.parse::<u32>().ok();
    Some(format!(
        "{:02}:{:02}:{:02}",
        number(hours)?,
        number(minutes)?,
        number(whole)?
    ))
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn cells_read_as_they_are_shown() {
        let moment = |value| {
            Data::DateTime(ExcelDateTime::new(
                value,
                ExcelDateTimeType::DateTime,
                false,
            ))
        };
        for (data, shown) in [
            (Data::Float(20_240_001_234.0), "20240001234"),
            (Data::Float(0.5), "0.5"),
            (Data::Float(1e21), "1000000000000000000000"),
            (Data::Bool(true), "TRUE"),
            (moment(45_415.0), "2024-05-03"),
            (moment(45_415.819_444_444_4), "2024-05-03 19:40:00"),
            (moment(0.819_444_444_4), "19:40:00"),
            (moment(-1.0), "-1"),
            (
                Data::DateTimeIso("2024-05-03T00:00:00".into()),
                "2024-05-03",
            ),
            (Data::DurationIso("PT19H40M05.5S".into()), "19:40:05"),
            (
                Data::String("a_x000D_\nb_xZZ_ _x00".into()),
                "a\r\nb_xZZ_ _x00",
            ),
        ] {
            assert_eq!(text(&data), shown);
        }
    }
}
