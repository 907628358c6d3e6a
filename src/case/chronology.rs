//! One row an incident, in date order: who reported, what was told, how it was graded and ended.
//!
//! What the text does not say stays empty. A date is shown as written; the days that were made of
//! it stand in a column of their own, and a day that was counted back from words such as "two weeks
//! ago" is marked as a guess.

use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan as _};
use serde::Serialize;

use super::{CaseRecord, quoted};
use crate::assertion::Voice;
use crate::assess::mention_tier;
use crate::date::{parse_when, written};
use crate::lexicon::{Lexicon, SignalKind};

/// An incident in the chronology of its case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChronologyRow {
    /// Incident reference.
    pub incident_id: String,
    /// The date as written.
    pub incident_date: String,
    /// The day, or the first and last of the days, that the date gives; empty if it gives none.
    pub placed_on: String,
    /// When it was reported, as written; empty where the input does not tell that apart.
    pub reported_on: String,
    /// Words of the text that may put what it tells before that day, as they stand.
    pub happened: Vec<String>,
    /// Days counted back from those words, marked as guesses.
    pub happened_guess: Vec<String>,
    /// Who reported it, with the words that say so.
    pub reporter: String,
    /// Ids of the categories found, in lexicon order.
    pub categories: Vec<String>,
    /// The lowest tier of its mentions; empty without any.
    pub tier: String,
    /// Children told of, with the words.
    pub children: String,
    /// Risk grade, from its column or from the text.
    pub grade: Vec<String>,
    /// Outcome, from its column or from the text.
    pub outcome: Vec<String>,
    /// The quote to read first.
    pub key_quote: String,
    /// Input and record.
    pub origin: String,
}

/// The chronology of a sorted case.
pub fn chronology(lexicon: &Lexicon, case: &CaseRecord) -> Vec<ChronologyRow> {
    (0..case.incidents.len())
        .map(|at| row(lexicon, case, at))
        .collect()
}

fn row(lexicon: &Lexicon, case: &CaseRecord, at: usize) -> ChronologyRow {
    let incident = &case.incidents[at];
    let mut told: Vec<usize> = case.mentions_of(at).map(|m| m.category).collect();
    told.sort_unstable();
    told.dedup();
    let worded = |kind| {
        let mut list: Vec<String> = Vec::new();
        for signal in case.signals(lexicon, at, kind) {
            let value = &lexicon.signals[signal.signal].value;
            // One quote for each value: the first.
            if !list
                .iter()
                .any(|item| item.starts_with(&format!("{value} (")))
            {
                list.push(format!("{value} ({})", quoted(&signal.quote)));
            }
        }
        list
    };
    let column = |value: &Option<String>| {
        value
            .iter()
            .map(|v| format!("{v} (column)"))
            .collect::<Vec<_>>()
    };
    let base = parse_when(&incident.reported)
        .map(|w| w.from)
        .or(incident.day);
    let earlier: Vec<_> = case.signals(lexicon, at, SignalKind::Earlier).collect();
    let guesses = earlier.iter().filter_map(|signal| {
        let day = count_back(&lexicon.signals[signal.signal].value, &signal.quote, base?)?;
        Some(format!("about {} (guess)", written(day)))
    });
    let mut happened_guess: Vec<String> = guesses.collect();
    happened_guess.dedup();
    let tiers = case.mentions_of(at).map(|m| mention_tier(lexicon, case, m));
    ChronologyRow {
        incident_id: incident.id.clone(),
        incident_date: incident.date.clone(),
        placed_on: match incident.when {
            Some(when) if incident.placed_by_report => format!("by {} (reported then)", when.to),
            Some(when) if when.from == when.to => when.from.to_string(),
            Some(when) => format!("{} to {}", when.from, when.to),
            None => String::new(),
        },
        reported_on: match (&incident.reported, incident.date_is_report) {
            (reported, false) => reported.clone(),
            (reported, true) if !reported.is_empty() => reported.clone(),
            (_, true) => incident.date.clone(),
        },
        happened: earlier.iter().map(|s| s.quote.clone()).collect(),
        happened_guess,
        reporter: reporter(lexicon, case, at),
        categories: told
            .iter()
            .map(|c| lexicon.categories[*c].id.clone())
            .collect(),
        tier: tiers.min().map_or_else(String::new, |t| t.to_string()),
        children: children(lexicon, case, at),
        grade: [column(&incident.grade), worded(SignalKind::Grade)].concat(),
        outcome: [column(&incident.outcome), worded(SignalKind::Outcome)].concat(),
        key_quote: case
            .key_mention(lexicon, Some(at))
            .map_or_else(String::new, |m| m.quote.clone()),
        origin: incident.origin.clone(),
    }
}

/// Who reported: what the text says outright or, failing that, in whose words its mentions stand.
fn reporter(lexicon: &Lexicon, case: &CaseRecord, at: usize) -> String {
    if let Some(signal) = case.signals(lexicon, at, SignalKind::Reporter).next() {
        let value = &lexicon.signals[signal.signal].value;
        return format!("{value} ({})", quoted(&signal.quote));
    }
    let voices = [
        Voice::Caller,
        Voice::Victim,
        Voice::ThirdParty,
        Voice::Suspect,
        Voice::Officer,
    ];
    let spoken = |voice: Voice| case.mentions_of(at).find(|m| m.assertion.source == voice);
    let first = voices.into_iter().find(|voice| spoken(*voice).is_some());
    first.map_or_else(String::new, |voice| {
        format!("not stated; told by {}", voice.as_str().replace('_', " "))
    })
}

fn children(lexicon: &Lexicon, case: &CaseRecord, at: usize) -> String {
    let told = case
        .mentions_of(at)
        .find(|m| lexicon.conduct.children.contains(&m.category));
    if let Some(mention) = told {
        return format!("told of ({})", quoted(&mention.quote));
    }
    let signal = case.signals(lexicon, at, SignalKind::Children).next();
    signal.map_or_else(String::new, |signal| {
        format!(
            "{} ({})",
            lexicon.signals[signal.signal].value,
            quoted(&signal.quote)
        )
    })
}

/// The day that words count back to: `days`, `weeks`, `months` with the number in the quote, or a
/// number of their own (`days:1`), or `weekday`, the last such day before `base`.
fn count_back(value: &str, quote: &str, base: Date) -> Option<Date> {
    if value == "weekday" {
        let wanted = quote
            .split(|c: char| !c.is_alphabetic())
            .find_map(weekday)?;
        return (1..=7)
            .filter_map(|days: i64| base.checked_sub(days.days()).ok())
            .find(|day| day.weekday() == wanted);
    }
    let (unit, number) = match value.split_once(':') {
        Some((unit, number)) => (unit, number.parse().ok()?),
        None => (value, number_in(quote)?),
    };
    let span = match unit {
        "days" => number.days(),
        "weeks" => Span::new().weeks(number),
        "months" => number.months(),
        _ => return None,
    };
    base.checked_sub(span).ok()
}

/// The first number in words or digits; "3/52" counts as 3.
fn number_in(quote: &str) -> Option<i64> {
    const WORDS: [&str; 12] = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let lower = quote.to_lowercase();
    let mut parts = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|p| !p.is_empty());
    parts.find_map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        match digits.parse() {
            Ok(number) => (1..400).contains(&number).then_some(number),
            Err(_) if matches!(part, "a" | "an") => Some(1),
            Err(_) if part == "couple" => Some(2),
            Err(_) => (1..)
                .zip(WORDS)
                .find(|(_, word)| *word == part)
                .map(|(n, _)| n),
        }
    })
}

fn weekday(word: &str) -> Option<Weekday> {
    let head = word.get(..3)?.to_lowercase();
    Some(match head.as_str() {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_count_back_to_a_day() {
        let base = Date::constant(2024, 5, 3); // a Friday
        for (value, quote, day) in [
            ("days:1", "last night", "2024-05-02"),
            ("weeks", "two weeks ago", "2024-04-19"),
            ("weeks", "3/52 ago", "2024-04-12"),
            ("months", "a month ago", "2024-04-03"),
            ("weekday", "on Saturday", "2024-04-27"),
            ("weekday", "last Friday", "2024-04-26"),
        ] {
            let found = count_back(value, quote, base).map(|d| d.to_string());
            assert_eq!(found.as_deref(), Some(day), "{quote}");
        }
        assert_eq!(count_back("weeks", "some weeks ago", base), None);
        assert_eq!(count_back("", "recently", base), None);
    }
}
