//! The tables that tell of whole cases: chronology, course of conduct, inconsistencies, coverage.

use super::{Cell, TableColumn};
use crate::case::chronology::ChronologyRow;
use crate::case::conduct::Element;
use crate::case::coverage::Unread;
use crate::case::inconsistency::Inconsistency;
use crate::case::names::{NOTE, Proposal};

const fn text(name: &'static str) -> TableColumn {
    TableColumn::text(name)
}

const fn list(name: &'static str) -> TableColumn {
    TableColumn::list(name)
}

const fn date(name: &'static str) -> TableColumn {
    TableColumn::date(name)
}

const fn number(name: &'static str) -> TableColumn {
    TableColumn::int(name)
}

fn int(number: u64) -> Cell<'static> {
    Cell::Int(number.try_into().unwrap_or(i64::MAX))
}

impl ChronologyRow {
    /// Columns of `chronology`.
    pub const COLUMNS: &'static [TableColumn] = &[
        text("case_id"),
        number("position"),
        text("incident_id"),
        date("incident_date"),
        text("placed_on"),
        date("reported_on"),
        list("happened"),
        list("happened_guess"),
        text("reporter"),
        list("categories"),
        text("tier"),
        text("children"),
        list("grade"),
        list("outcome"),
        text("key_quote"),
        text("origin"),
    ];

    /// The cells of the row.
    pub fn cells<'r>(&'r self, case_id: &'r str, position: usize) -> Vec<Cell<'r>> {
        vec![
            case_id.into(),
            int(position as u64),
            (&self.incident_id).into(),
            (&self.incident_date).into(),
            (&self.placed_on).into(),
            (&self.reported_on).into(),
            Cell::List(&self.happened),
            Cell::List(&self.happened_guess),
            (&self.reporter).into(),
            Cell::List(&self.categories),
            (&self.tier).into(),
            (&self.children).into(),
            Cell::List(&self.grade),
            Cell::List(&self.outcome),
            (&self.key_quote).into(),
            (&self.origin).into(),
        ]
    }
}

impl Element {
    /// Columns of `course_of_conduct`.
    pub const COLUMNS: &'static [TableColumn] = &[
        text("case_id"),
        text("element"),
        text("part"),
        text("finding"),
        text("incident_id"),
        date("incident_date"),
        text("what"),
        text("quote"),
    ];

    /// A row for each quote, or one that says that none was found.
    pub fn rows<'r>(&'r self, case_id: &'r str) -> Vec<Vec<Cell<'r>>> {
        let head = || -> Vec<Cell<'r>> {
            vec![
                case_id.into(),
                (&self.element).into(),
                (&self.part).into(),
                (&self.finding).into(),
            ]
        };
        if self.quotes.is_empty() {
            let mut row = head();
            row.resize(Self::COLUMNS.len(), Cell::Text(""));
            return vec![row];
        }
        let rows = self.quotes.iter().map(|q| {
            let own = [&q.incident_id, &q.incident_date, &q.what, &q.quote];
            head().into_iter().chain(own.map(Cell::from)).collect()
        });
        rows.collect()
    }
}

impl Inconsistency {
    /// Columns of `inconsistencies`.
    pub const COLUMNS: &'static [TableColumn] = &[
        text("case_id"),
        text("incident_id"),
        date("incident_date"),
        text("kind"),
        text("finding"),
        text("quote"),
        text("against_incident_id"),
        text("against_quote"),
    ];

    /// The cells of the row.
    pub fn cells<'r>(&'r self, case_id: &'r str) -> Vec<Cell<'r>> {
        vec![
            case_id.into(),
            (&self.incident_id).into(),
            (&self.incident_date).into(),
            self.kind.into(),
            (&self.finding).into(),
            (&self.quote).into(),
            (&self.against_incident_id).into(),
            (&self.against_quote).into(),
        ]
    }
}

impl Unread {
    /// Columns of `coverage`.
    pub const COLUMNS: &'static [TableColumn] = &[
        text("source"),
        number("record"),
        text("case_id"),
        text("incident_id"),
        text("field"),
        number("characters"),
        text("gap"),
        text("note"),
    ];

    /// The cells of the row.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            (&self.source).into(),
            int(self.record),
            (&self.case_id).into(),
            (&self.incident_id).into(),
            (&self.field).into(),
            int(self.characters as u64),
            self.gap.as_str().into(),
            (&self.note).into(),
        ]
    }
}

impl Proposal {
    /// Columns of `link_proposals`.
    pub const COLUMNS: &'static [TableColumn] =
        &[text("name"), list("cases"), list("incidents"), text("note")];

    /// The cells of the row.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            (&self.name).into(),
            Cell::List(&self.cases),
            Cell::List(&self.incidents),
            NOTE.into(),
        ]
    }
}
