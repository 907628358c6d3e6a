//! Reads incident dates as people and systems write them. Day first, as in Britain; a date that
//! cannot be read is kept as written and placed nowhere.

use jiff::civil::{Date, Time};

/// The days among which a date lies, and the time of day if it was written.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct When {
    /// The first of the days.
    pub from: Date,
    /// The time of day.
    pub time: Option<Time>,
    /// The last of the days; the same as the first for a full date.
    pub to: Date,
}

/// The days that `text` gives: a full date, two of them, a month or a year.
///
/// ```
/// use throughline::date::parse_when;
/// let days = |text| parse_when(text).map(|w| format!("{} {}", w.from, w.to)).unwrap_or_default();
/// assert_eq!(days("May 2024"), "2024-05-01 2024-05-31");
/// assert_eq!(days("03/05/2024 19:40"), "2024-05-03 2024-05-03");
/// assert_eq!(days("between 3 May 2024 and 5 May 2024"), "2024-05-03 2024-05-05");
/// assert_eq!(days("last Christmas"), "");
/// ```
pub fn parse_when(text: &str) -> Option<When> {
    let lower = text.trim().to_lowercase();
    let range = lower.trim_start_matches("between ").replace('–', "-");
    for mark in [" to ", " and ", " - ", " until "] {
        if let Some((first, last)) = range.split_once(mark)
            && let (Some(first), Some(last)) = (parse_date(first), parse_date(last))
            && first <= last
        {
            return Some(When {
                from: first,
                time: None,
                to: last,
            });
        }
    }
    if let Some(day) = parse_date(text) {
        return Some(When {
            from: day,
            time: time_of_day(text),
            to: day,
        });
    }
    month_or_year(&lower)
}

/// A date as it is written in a sentence: `3 May 2024`.
pub fn written(day: Date) -> String {
    let month = MONTHS[usize::from(day.month().unsigned_abs()) - 1];
    format!(
        "{} {}{} {}",
        day.day(),
        month[..1].to_uppercase(),
        &month[1..],
        day.year()
    )
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// `May 2024`, `05/2024`, `early 2023`, `Jan or Feb 2024`, `Christmas 2023`.
fn month_or_year(lower: &str) -> Option<When> {
    let mut years = Vec::new();
    let mut months = Vec::new();
    let mut numbers = Vec::new();
    for part in lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty())
    {
        match part.parse::<i16>() {
            Ok(year) if part.len() == 4 && (1900..2100).contains(&year) => years.push(year),
            Ok(number) => numbers.push(number),
            Err(_) if matches!(part, "xmas" | "christmas") => months.push(12),
            Err(_) => months.extend(
                (1..)
                    .zip(MONTHS)
                    .filter(|(_, name)| is_month(part, name))
                    .map(|(n, _)| n),
            ),
        }
    }
    let year = match years[..] {
        [year] => year,
        _ => return None,
    };
    match (&months[..], &numbers[..]) {
        ([], []) => {}
        // "05/2024" and "2024-05".
        ([], [number]) if (1..=12).contains(number) && lower.len() <= 7 => {
            months.push(*number as i8);
        }
        // "3-5 May 2024": some day of it.
        ([_, ..], days) if days.iter().all(|day| (1..=31).contains(day)) => {}
        _ => return None,
    }
    let (first, last) = match (months.iter().min(), months.iter().max()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => (1, 12),
    };
    let from = Date::new(year, first, 1).ok()?;
    let to = Date::new(year, last, 1).ok()?.last_of_month();
    Some(When {
        from,
        time: None,
        to,
    })
}

fn is_month(part: &str, name: &str) -> bool {
    part == name || part == &name[..3] || part == "sept" && name == "september"
}

/// The first `19:40` or `19:40:05` in the text.
fn time_of_day(text: &str) -> Option<Time> {
    let at = text.find(':')?;
    let digits = |part: &str| part.parse::<i8>().ok();
    let hour = text[..at].rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let minute = text[at + 1..].split(|c: char| !c.is_ascii_digit()).next()?;
    Time::new(digits(hour)?, digits(minute)?, 0, 0).ok()
}

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
        for (text, from, to) in [
            ("2023", "2023-01-01", "2023-12-31"),
            ("c. 2023", "2023-01-01", "2023-12-31"),
            ("May 2024", "2024-05-01", "2024-05-31"),
            ("early Feb 2024", "2024-02-01", "2024-02-29"),
            ("05/2024", "2024-05-01", "2024-05-31"),
            ("2024-05", "2024-05-01", "2024-05-31"),
            ("Jan or March 2024", "2024-01-01", "2024-03-31"),
            ("3-5 May 2024", "2024-05-01", "2024-05-31"),
            ("01/05/2024 to 03/05/2024", "2024-05-01", "2024-05-03"),
            ("Xmas 2023", "2023-12-01", "2023-12-31"),
        ] {
            let when = parse_when(text).map(|w| (w.from.to_string(), w.to.to_string()));
            assert_eq!(when, Some((from.to_owned(), to.to_owned())), "{text}");
        }
        for text in [
            "99/99/2024",
            "n/k",
            "last year",
            "May",
            "12 or 13 2024",
            "2023 or 2024",
        ] {
            assert_eq!(parse_when(text), None, "{text}");
        }
        let time = |text| parse_when(text).and_then(|w| w.time).map(|t| t.to_string());
        assert_eq!(time("2024-05-03T19:40:00Z").as_deref(), Some("19:40:00"));
        assert_eq!(time("3 May 2024"), None);
        assert_eq!(written(Date::constant(2024, 5, 3)), "3 May 2024");
        for text in ["", "n/a", "2024", "99/99/2024", "yesterday", "é"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
