//! Columns of ticks and codes, as they are put beside what the text says.

use crate::error::{Error, Result};
use crate::lexicon::Lexicon;

/// What a coded column says of an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Tick {
    /// Ticked, yes, or the code stands in it.
    Yes,
    /// Not ticked, no, or other codes stand in it.
    No,
    /// Nothing stands in it.
    Empty,
    /// Something that is neither yes nor no, or the input has no such column.
    Unknown,
}

/// A coded column with the categories that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodedColumn {
    /// Its name in the header.
    pub column: String,
    /// The code that must stand in the cell; without one the cell is a tick.
    pub code: Option<String>,
    /// Indices of the categories.
    pub categories: Vec<usize>,
}

/// Words that tick a box. A cell of anything else but the words of [`NO`] is neither.
const YES: &[&str] = &[
    "y", "yes", "true", "t", "1", "x", "✓", "✔", "☑", "ticked", "tick", "on",
];
const NO: &[&str] = &[
    "n", "no", "false", "f", "0", "☐", "unticked", "off", "none", "nil",
];

impl CodedColumn {
    /// Reads `NAME=category[,category]` (a tick) or `NAME:CODE=category[,category]` (a code in a
    /// cell that may hold several).
    ///
    /// # Errors
    /// If there is no `=`, or a category is not known.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Result<Self> {
        let Some((name, list)) = text.rsplit_once('=') else {
            return Err(Error::usage(format!(
                "--coded-column {text:?} is not NAME=CATEGORY or NAME:CODE=CATEGORY"
            )));
        };
        let mut categories = Vec::new();
        for id in list.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            match lexicon.category(id) {
                Some(category) => categories.push(category),
                None => {
                    return Err(Error::usage(format!(
                        "--coded-column: no category is called {id:?} (throughline lexicon list names them)"
                    )));
                }
            }
        }
        if categories.is_empty() || name.trim().is_empty() {
            return Err(Error::usage(format!(
                "--coded-column {text:?} needs a column and a category"
            )));
        }
        let (column, code) = match name.split_once(':') {
            Some((column, code)) => (column, Some(code.trim().to_owned())),
            None => (name, None),
        };
        Ok(Self {
            column: column.trim().to_owned(),
            code,
            categories,
        })
    }

    /// The column as a sentence names it.
    pub fn title(&self) -> String {
        match &self.code {
            Some(code) => format!("the code \"{code}\" in column \"{}\"", self.column),
            None => format!("column \"{}\"", self.column),
        }
    }

    /// What a cell says.
    pub fn tick(&self, cell: Option<&str>) -> Tick {
        let cell = cell.unwrap_or_default().trim().to_lowercase();
        if cell.is_empty() {
            return Tick::Empty;
        }
        let is = |list: &[&str]| list.contains(&cell.as_str());
        match &self.code {
            Some(code) => {
                let code = code.to_lowercase();
                let mut codes = cell.split([';', ',', '|', '/', '\n']).map(str::trim);
                if codes.any(|c| c == code) {
                    Tick::Yes
                } else {
                    Tick::No
                }
            }
            None if is(YES) => Tick::Yes,
            None if is(NO) => Tick::No,
            None => Tick::Unknown,
        }
    }
}
