//! Reads incident dates as people and systems write them. Day first, as in Britain; a date that
//! cannot be read is kept as written and placed nowhere.

use jiff::civil::Date;

/// The calendar date at the beginning of `text`, whatever time follows it.
///
/// ```
/// use throughline::date::parse_date;
/// assert_eq!(parse_date("03/05/2024 19:40").map(|d| d.to_string()).as_deref(), Some("2024-05-03"));
/// assert_eq!(parse_date("3rd May 2024").map(|d| d.to_string()).as_deref(), Some("2024-05-03"));
/// assert_eq!(parse_date("last Christmas"), None);
/// ```
pub fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let mut parts = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        // "2024-05-03T19:40": the time hangs on to the day.
        .map(|part| match part.split_once(['T', 't']) {
            Some((day, rest))
                if day.len() == 2
                    && numeric(day)
                    && rest.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                day
            }
            _ => part,
        })
        .map(str::to_owned);
    let mut first = parts.next()?;
    if !first.starts_with(|c: char| c.is_ascii_digit()) && month(&first).is_none() {
        // A weekday: "Fri 3 May 2024".
        first = parts.next()?;
    }
    if numeric(&first) && first.len() == 8 {
        return date(&first[..4], &first[4..6], &first[6..]);
    }
    let second = parts.next()?;
    let third = parts.next()?;
    if numeric(&first) && first.len() == 4 {
        return date(&first, &second, &third);
    }
    if month(&first).is_some() && !numeric(&first) {
        return date(&third, &first, &second);
    }
    date(&third, &second, &first).or_else(|| date(&third, &first, &second))
}

fn numeric(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn month(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    if numeric(text) {
        return text.parse().ok();
    }
    let head: String = text
        .chars()
        .take(3)
        .collect::<String>()
        .to_ascii_lowercase();
    NAMES
        .iter()
        .position(|name| *name == head)
        .and_then(|index| i8::try_from(index + 1).ok())
}

fn date(year: &str, month_text: &str, day: &str) -> Option<Date> {
    let digits = day.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: i16 = year.parse().ok()?;
    let year = match (year.len(), number) {
        (4, year) => year,
        // Two digits: this century, but for years that lie ahead of any record.
        (2, year) if year < 70 => 2000 + year,
        (2, year) => 1900 + year,
        _ => return None,
    };
    Date::new(year, month(month_text)?, digits.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_usual_forms() {
        let cases = [
            ("2024-05-03", "2024-05-03"),
            ("2024-05-03T19:40:00Z", "2024-05-03"),
            ("2015-06-29 09:34:00.0000000", "2015-06-29"),
            ("3/5/24", "2024-05-03"),
            ("03.05.2024", "2024-05-03"),
            ("Fri 3 May 2024", "2024-05-03"),
            ("May 3, 2024", "2024-05-03"),
            ("20240503", "2024-05-03"),
            ("7/31/2024", "2024-07-31"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                parse_date(text).map(|d| d.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for text in ["", "n/a", "2024", "99/99/2024", "yesterday", "é"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
