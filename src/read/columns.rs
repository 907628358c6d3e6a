//! Which columns hold the narrative, the case reference, the incident reference and the date.
//!
//! Columns are named by the user or guessed from the header. A guess takes one column for each
//! part, the best-ranked name; where two columns would do equally well it is refused, because a
//! wrong guess scans the wrong text or joins the wrong incidents into a case.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::ReadOptions;
use super::column_names::{
    AREA, CASE, DATE, GRADE, ID, OUTCOME, REPORTED, TEXT, TEXT_ENDINGS, fold, last_word,
};
use crate::error::{Error, Result};

/// The columns that were used, as the header names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ColumnsUsed {
    /// Narrative columns in the order in which they are scanned.
    pub text: Vec<String>,
    /// Column of case references.
    pub case: Option<String>,
    /// Column of incident references.
    pub id: Option<String>,
    /// Column of incident dates.
    pub date: Option<String>,
    /// Columns of people's names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Column of the dates of reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reported: Option<String>,
    /// Column of risk grades.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Column of outcomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Column of areas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// Coded columns that were asked for and are there, as they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub coded: Vec<String>,
}

/// A column of the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// Position in the header, from 0.
    pub(super) index: usize,
    /// Name as the header has it.
    pub(super) name: Arc<str>,
}

/// The columns to be read.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) text: Vec<Column>,
    pub(super) case: Option<Column>,
    pub(super) id: Option<Column>,
    pub(super) date: Option<Column>,
    pub(super) names: Vec<Column>,
    pub(super) reported: Option<Column>,
    pub(super) grade: Option<Column>,
    pub(super) outcome: Option<Column>,
    pub(super) area: Option<Column>,
    pub(super) links: Vec<Option<Column>>,
    pub(super) coded: Vec<Option<Column>>,
    /// Names of the coded columns that are there, as they were asked for.
    coded_names: Vec<String>,
    /// Name of a column that would have been taken for the narrative, had none been named.
    pub(super) other_text: Option<String>,
}

impl Columns {
    /// Finds the columns in the header of the input at `path`.
    pub(super) fn resolve(path: &Path, header: &[String], options: &ReadOptions) -> Result<Self> {
        let chosen = options.encoding.as_deref().filter(|name| *name != "auto");
        let doubt = match chosen {
            Some(encoding) => format!(" (is --encoding {encoding} right?)"),
            None => " (is the first line a header?)".to_owned(),
        };
        Self::resolve_doubting(path, header, options, doubt)
    }

    /// Finds the columns among the keys of JSON objects.
    pub(super) fn of_keys(path: &Path, keys: &[String], options: &ReadOptions) -> Result<Self> {
        let doubt = " (lists and objects within a record are not looked into)".to_owned();
        Self::resolve_doubting(path, keys, options, doubt)
    }

    /// `doubt` is what else may be wrong where nothing looks like the narrative.
    fn resolve_doubting(
        path: &Path,
        header: &[String],
        options: &ReadOptions,
        doubt: String,
    ) -> Result<Self> {
        let header = Header {
            path,
            names: header,
            folded: header.iter().map(|n| fold(n)).collect(),
            doubt,
        };
        let named = |name: &Option<String>, option| {
            name.as_deref()
                .map(|name| header.named(name, option))
                .transpose()
        };
        let mut text: Vec<Column> = Vec::new();
        for name in &options.text_columns {
            let column = header.named(name, "--text-column")?;
            if !text.contains(&column) {
                text.push(column);
            }
        }
        let case = named(&options.case_column, "--case-column")?;
        let id = named(&options.id_column, "--id-column")?;
        let date = named(&options.date_column, "--date-column")?;
        let mut names: Vec<Column> = Vec::new();
        for name in &options.name_columns {
            names.push(header.named(name, "--name-columns")?);
        }
        let reported = named(&options.reported_column, "--reported-column")?;
        let grade = named(&options.grade_column, "--grade-column")?;
        let outcome = named(&options.outcome_column, "--outcome-column")?;
        let area = named(&options.area_column, "--area-column")?;
        // An input that lacks a column to link by, or a coded one, may stand beside one that has it.
        let lists = |names: &[String], option| {
            let find = |name: &String| match header.has(name) {
                true => header.named(name, option).map(Some),
                false => Ok(None),
            };
            names.iter().map(find).collect::<Result<Vec<_>>>()
        };
        let links = lists(&options.link_columns, "--link-by")?;
        let coded = lists(&options.coded_columns, "--coded-column")?;

        // A column that the user has given a part is not guessed to have another one too.
        let taken: Vec<usize> = text
            .iter()
            .chain(&case)
            .chain(&id)
            .chain(&date)
            .chain(&names)
            .chain([&reported, &grade, &outcome, &area].into_iter().flatten())
            .map(|column| column.index)
            .collect();
        let guess = |named: Option<Column>, names, option| match named {
            Some(column) => Ok(Some(column)),
            None => header.guess(names, option, &taken),
        };
        let mut other_text = None;
        if text.is_empty() {
            text.push(header.guess_text(&taken)?);
        } else {
            let guess = header.guess_text(&taken).ok();
            other_text = guess.map(|column| column.name.to_string());
        }
        let case = guess(case, CASE, "--case-column")?;
        let id = guess(id, ID, "--id-column")?;
        let date = guess(date, DATE, "--date-column")?;
        // What is only shown beside a case is guessed last, and left out where the guess is in doubt.
        let mut used = taken.clone();
        used.extend(
            text.iter()
                .chain([&case, &id, &date].into_iter().flatten())
                .chain(coded.iter().flatten())
                .map(|column| column.index),
        );
        let mut aside = |named: Option<Column>, names| {
            let column = named.or_else(|| header.guess(names, "", &used).ok().flatten());
            used.extend(column.iter().map(|column| column.index));
            column
        };
        let reported = aside(reported, REPORTED);
        let grade = aside(grade, GRADE);
        let outcome = aside(outcome, OUTCOME);
        let area = aside(area, AREA);
        Ok(Self {
            text,
            case,
            id,
            date,
            names,
            reported,
            grade,
            outcome,
            area,
            links,
            coded_names: options
                .coded_columns
                .iter()
                .zip(&coded)
                .filter(|(_, column)| column.is_some())
                .map(|(name, _)| name.clone())
                .collect(),
            coded,
            other_text,
        })
    }

    /// Every column to be read; one that has two parts is listed twice.
    pub(super) fn all(&self) -> impl Iterator<Item = &Column> {
        self.required()
            .chain(
                [&self.reported, &self.grade, &self.outcome, &self.area]
                    .into_iter()
                    .flatten(),
            )
            .chain(self.links.iter().chain(&self.coded).flatten())
    }

    /// The columns without which a record cannot be placed.
    pub(super) fn required(&self) -> impl Iterator<Item = &Column> {
        self.text
            .iter()
            .chain(&self.case)
            .chain(&self.id)
            .chain(&self.date)
            .chain(&self.names)
    }

    /// Whether the date is the day of the report, by the name of its column.
    pub(super) fn date_is_report(&self) -> bool {
        let date = self.date.as_ref().map(|column| fold(&column.name));
        date.is_some_and(|name| REPORTED.split_whitespace().any(|known| known == name))
    }

    /// The names, for the manifest.
    pub(super) fn used(&self) -> ColumnsUsed {
        let name = |column: &Option<Column>| column.as_ref().map(|column| column.name.to_string());
        ColumnsUsed {
            text: self
                .text
                .iter()
                .map(|column| column.name.to_string())
                .collect(),
            case: name(&self.case),
            id: name(&self.id),
            date: name(&self.date),
            names: self.names.iter().map(|c| c.name.to_string()).collect(),
            reported: name(&self.reported),
            grade: name(&self.grade),
            outcome: name(&self.outcome),
            area: name(&self.area),
            coded: self.coded_names.clone(),
        }
    }
}

/// A header under enquiry.
struct Header<'h> {
    path: &'h Path,
    names: &'h [String],
    folded: Vec<String>,
    /// What else may be wrong where no column fits.
    doubt: String,
}

impl Header<'_> {
    fn column(&self, index: usize) -> Column {
        Column {
            index,
            name: Arc::from(self.names[index].as_str()),
        }
    }

    fn error(&self, message: String) -> Error {
        Error::input(self.path, None, message)
    }

    /// Whether a column is called so, exactly or in folded form.
    fn has(&self, wanted: &str) -> bool {
        let folded = fold(wanted);
        self.names.iter().any(|name| name == wanted)
            || !folded.is_empty() && self.folded.contains(&folded)
    }

    /// The column that the user named: by its exact name or, failing that, by its folded one.
    fn named(&self, wanted: &str, option: &str) -> Result<Column> {
        let exact: Vec<usize> = positions(self.names.iter().map(|name| name == wanted));
        let folded_name = fold(wanted);
        let found = match exact.len() {
            0 => positions(
                self.folded
                    .iter()
                    .map(|name| *name == folded_name && !name.is_empty()),
            ),
            _ => exact,
        };
        match found[..] {
            [index] => Ok(self.column(index)),
            [] => {
                let hint = match self.nearest(&folded_name) {
                    Some(name) => format!("did you mean {name:?}? "),
                    None => String::new(),
                };
                let columns = shown(self.names.iter());
                Err(self.error(format!(
                    "no column {wanted:?} ({option}); {hint}the columns are {columns}"
                )))
            }
            _ => Err(self.ambiguous(&found, &format!("{option} {wanted:?} fits"))),
        }
    }

    /// The column with the best-ranked of `names`.
    fn guess(&self, names: &str, option: &str, taken: &[usize]) -> Result<Option<Column>> {
        for name in names.split(' ') {
            let fits = self
                .folded
                .iter()
                .enumerate()
                .map(|(i, n)| n == name && !taken.contains(&i));
            match positions(fits)[..] {
                [] => {}
                [index] => return Ok(Some(self.column(index))),
                ref several => {
                    let message = format!("name one with {option}, because the header has");
                    return Err(self.ambiguous(several, &message));
                }
            }
        }
        Ok(None)
    }

    /// The narrative column: by a whole name or, failing that, by the last word of one.
    fn guess_text(&self, taken: &[usize]) -> Result<Column> {
        if let Some(column) = self.guess(TEXT, "--text-column", taken)? {
            return Ok(column);
        }
        let endings: Vec<String> = self.names.iter().map(|name| last_word(name)).collect();
        for ending in TEXT_ENDINGS.split(' ') {
            let fits = endings
                .iter()
                .enumerate()
                .map(|(i, e)| e == ending && !taken.contains(&i));
            match positions(fits)[..] {
                [] => {}
                [index] => return Ok(self.column(index)),
                ref several => {
                    let message = "name one or more with --text-column, because the header has";
                    return Err(self.ambiguous(several, message));
                }
            }
        }
        let columns = shown(self.names.iter());
        Err(self.error(format!(
            "no column looks like the narrative; name it with --text-column{}; the columns are {columns}",
            self.doubt
        )))
    }

    fn ambiguous(&self, indices: &[usize], why: &str) -> Error {
        let list: Vec<String> = indices
            .iter()
            .map(|&index| format!("{} (column {})", shown([&self.names[index]]), index + 1))
            .collect();
        self.error(format!(
            "{why} more than one column that would do: {}",
            list.join(", ")
        ))
    }

    /// The header name most like `wanted`, if any is like it at all.
    fn nearest(&self, wanted: &str) -> Option<&String> {
        let (distance, index) = self
            .folded
            .iter()
            .enumerate()
            .map(|(index, name)| (strsim::levenshtein(wanted, name), index))
            .min()?;
        let close = distance <= (wanted.chars().count() / 3).max(2);
        let within = |name: &String| {
            wanted.len() > 2
                && (name.contains(wanted) || wanted.contains(name.as_str()) && name.len() > 2)
        };
        if close {
            return self.names.get(index);
        }
        self.folded
            .iter()
            .position(within)
            .map(|index| &self.names[index])
    }
}

fn positions(fits: impl Iterator<Item = bool>) -> Vec<usize> {
    fits.enumerate()
        .filter(|(_, fits)| *fits)
        .map(|(index, _)| index)
        .collect()
}

/// Column names for a message. A file without a header has data there, so a long cell is not shown.
fn shown<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    const MOST: usize = 40;
    let mut list: Vec<String> = names
        .into_iter()
        .map(|name| match name.chars().count() {
            length if length > 40 => format!("(a cell of {length} characters)"),
            _ => format!("{name:?}"),
        })
        .collect();
    if list.len() > MOST {
        let more = list.len() - MOST;
        list.truncate(MOST);
        list.push(format!("and {more} more"));
    }
    list.join(", ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failed set-up should stop the test")]
mod tests {
    use super::*;

    fn resolve(header: &str, options: &ReadOptions) -> Result<ColumnsUsed> {
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        Columns::resolve(Path::new("in.csv"), &header, options).map(|columns| columns.used())
    }

    fn guessed(header: &str) -> (String, Option<String>, Option<String>, Option<String>) {
        let used = resolve(header, &ReadOptions::default()).unwrap();
        (used.text.join("+"), used.case, used.id, used.date)
    }

    #[test]
    fn guesses_by_header() {
        let some = |name: &str| Some(name.to_owned());
        let rows = [
            ("id,narrative", "narrative", None, some("id"), None),
            (
                "Case ID,Incident ID,Incident Date,Narrative",
                "Narrative",
                some("Case ID"),
                some("Incident ID"),
                some("Incident Date"),
            ),
            (
                "crime_ref,log_no,reported_on,log",
                "log",
                some("crime_ref"),
                some("log_no"),
                some("reported_on"),
            ),
            (
                "URN,Ref,Date,Notes,Summary",
                "Notes",
                some("URN"),
                some("Ref"),
                some("Date"),
            ),
            (
                "case-number,doc_id,officer notes",
                "officer notes",
                some("case-number"),
                some("doc_id"),
                None,
            ),
            ("text", "text", None, None, None),
        ];
        for (header, text, case, id, date) in rows {
            assert_eq!(
                guessed(header),
                (text.to_owned(), case, id, date),
                "{header}"
            );
        }
    }

    #[test]
    fn a_named_column_wins_and_is_not_guessed_again() {
        let options = ReadOptions {
            text_columns: vec!["summary".into(), "Notes".into()],
            case_column: Some("id".into()),
            ..ReadOptions::default()
        };
        let used = resolve("ID,ref,notes,Summary", &options).unwrap();
        assert_eq!(used.text, ["Summary", "notes"]);
        assert_eq!(
            (used.case.as_deref(), used.id.as_deref()),
            (Some("ID"), Some("ref"))
        );
    }

    #[test]
    fn a_missing_column_gets_a_hint_and_the_list() {
        let options = ReadOptions {
            text_columns: vec!["narative".into()],
            ..ReadOptions::default()
        };
        let message = resolve("id,Narrative", &options).unwrap_err().to_string();
        assert_eq!(
            message,
            r#"in.csv: no column "narative" (--text-column); did you mean "Narrative"? the columns are "id", "Narrative""#
        );
        let message = resolve("a,b", &ReadOptions::default())
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("--text-column") && message.contains(r#""a", "b""#),
            "{message}"
        );
    }

    #[test]
    fn a_header_that_is_data_is_not_quoted() {
        let header = "1,She said that he takes her phone away every night";
        let message = resolve(header, &ReadOptions::default())
            .unwrap_err()
            .to_string();
        assert!(
            !message.contains("phone") && message.contains("49 characters"),
            "{message}"
        );
    }

    #[test]
    fn needed_names_must_not_repeat() {
        let options = ReadOptions::default();
        assert!(
            resolve("id,notes,Notes", &options)
                .unwrap_err()
                .to_string()
                .contains("(column 3)")
        );
        assert!(resolve("id,officer notes,victim notes", &options).is_err());
        assert!(resolve("id,x,x,notes", &options).is_ok(), "x is not needed");
        let named = ReadOptions {
            text_columns: vec!["Notes".into()],
            ..options
        };
        assert_eq!(resolve("id,notes,Notes", &named).unwrap().text, ["Notes"]);
    }

    #[test]
    fn a_slip_of_the_pen_is_shown_what_may_be_meant() {
        for (written, hint) in [
            ("narative", Some("narrative")),
            ("Narrativ", Some("narrative")),
            ("zzzzzzzzzz", None),
        ] {
            let options = ReadOptions {
                text_columns: vec![written.to_owned()],
                ..ReadOptions::default()
            };
            let told = resolve("id,narrative,beat", &options)
                .unwrap_err()
                .to_string();
            let meant = told.contains("did you mean");
            assert_eq!(meant, hint.is_some(), "{written}: {told}");
            assert!(hint.is_none_or(|hint| told.contains(hint)), "{told}");
        }
    }
}
