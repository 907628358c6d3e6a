//! The columns of each table and the cells of its rows, in the order that the interface fixes.

use super::{Cell, TableColumn};
use crate::narrative::Rejected;
use crate::report::rows::{CaseRow, CheckRow, MentionRow};

macro_rules! columns {
    ($($kind:ident $name:ident),+ $(,)?) => {
        &[$(TableColumn::$kind(stringify!($name))),+]
    };
}

impl MentionRow {
    /// Columns of `evidence`. The reviewer's columns are left empty, to be filled in.
    pub const EVIDENCE_COLUMNS: &'static [TableColumn] = columns![
        text case_id, text incident_id, date incident_date, text field, text category, text group,
        text rule_id, int tier, text polarity, text certainty, text temporality, text experiencer,
        text agent, text source, text quote, text sentence, int start, int end,
        text reviewer_decision, text reviewer_notes, list tags, list cues,
    ];

    /// Columns of `suppressed`.
    pub const SUPPRESSED_COLUMNS: &'static [TableColumn] = columns![
        text case_id, text incident_id, date incident_date, text field, text category, text group,
        text rule_id, int tier, text polarity, text certainty, text temporality, text experiencer,
        text agent, text source, text quote, text sentence, int start, int end,
        text reason, list tags, list cues,
    ];

    /// The cells of the row: of `suppressed` if it has a reason, else of `evidence`.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let axes = &self.assertion;
        let mut cells: Vec<Cell> = vec![
            (&self.case_id).into(),
            (&self.incident_id).into(),
            (&self.incident_date).into(),
            (&self.field).into(),
            (&self.category).into(),
            self.group.as_str().into(),
            (&self.rule_id).into(),
            Cell::Int(self.tier.into()),
            axes.polarity.as_str().into(),
            axes.certainty.as_str().into(),
            axes.temporality.as_str().into(),
            axes.experiencer.as_str().into(),
            axes.agent.as_str().into(),
            axes.source.as_str().into(),
            (&self.quote).into(),
            (&self.sentence).into(),
            int(self.start),
            int(self.end),
        ];
        match &self.reason {
            Some(reason) => cells.push(reason.into()),
            None => cells.extend([Cell::Text(""), Cell::Text("")]),
        }
        cells.extend([Cell::List(&self.tags), Cell::List(&self.cues)]);
        cells
    }
}

impl CaseRow {
    /// Columns of `cases`. The reviewer's columns are left empty.
    pub const COLUMNS: &'static [TableColumn] = columns![
        text case_id, int tier, list reasons, int incidents, date first_date, date last_date,
        list abuse_categories, list suicide_categories, int mentions, text key_quote, list gaps,
        text reviewer_decision, text reviewer, date reviewed_on, text reviewer_notes,
        list pattern,
    ];

    /// The cells of the row.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        let mut cells = vec![
            Cell::from(&self.case_id),
            Cell::Int(self.tier.into()),
            Cell::List(&self.reasons),
            int(self.incidents),
            Cell::from(&self.first_date),
            Cell::from(&self.last_date),
            Cell::List(&self.abuse_categories),
            Cell::List(&self.suicide_categories),
            int(self.mentions),
            Cell::from(&self.key_quote),
            Cell::List(&self.gaps),
        ];
        cells.resize(Self::COLUMNS.len() - 1, Cell::Text(""));
        cells.push(Cell::List(&self.pattern));
        cells
    }
}

impl CheckRow {
    /// Columns of `checks`.
    pub const COLUMNS: &'static [TableColumn] = columns![
        text case_id, text incident_id, text check, text status, text quote, text why,
        date incident_date, text field, int start, int end, text trigger, text rule_id, list legal,
    ];

    /// The cells of the row.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::from(&self.case_id),
            Cell::from(&self.incident_id),
            Cell::from(&self.check),
            self.status.into(),
            Cell::from(&self.quote),
            Cell::from(&self.why),
            Cell::from(&self.incident_date),
            Cell::from(&self.field),
            int(self.start),
            int(self.end),
            Cell::from(&self.trigger),
            Cell::from(&self.rule_id),
            Cell::List(&self.legal),
        ]
    }
}

impl Rejected {
    /// Columns of `rejected`.
    pub const COLUMNS: &'static [TableColumn] =
        columns![text source, int record, int line, text incident_id, text reason];

    /// The cells of the row.
    pub fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::from(&self.source),
            Cell::Int(self.record.try_into().unwrap_or(i64::MAX)),
            Cell::Int(self.line.try_into().unwrap_or(i64::MAX)),
            Cell::from(&self.incident_id),
            Cell::from(&self.reason),
        ]
    }
}

fn int(number: usize) -> Cell<'static> {
    Cell::Int(number.try_into().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fit_their_columns() {
        let mut mention = MentionRow {
            case_id: "C1".into(),
            incident_id: "I1".into(),
            incident_date: String::new(),
            field: "text".into(),
            category: "isolation".into(),
            group: crate::assertion::Group::Abuse,
            rule_id: "isolation.phone".into(),
            tier: 2,
            assertion: crate::assertion::Assertion::default(),
            quote: "takes her phone".into(),
            sentence: "He takes her phone.".into(),
            start: 3,
            end: 18,
            reason: None,
            tags: Vec::new(),
            cues: vec!["agent=suspect: \"he\"".into()],
        };
        assert!(fit(&mention.cells(), MentionRow::EVIDENCE_COLUMNS));
        mention.reason = Some("negated".into());
        assert!(fit(&mention.cells(), MentionRow::SUPPRESSED_COLUMNS));
        assert_eq!(MentionRow::SUPPRESSED_COLUMNS[18].name, "reason");
        assert_eq!(mention.cells()[18], Cell::Text("negated"));
        assert_eq!(CaseRow::COLUMNS[10].name, "gaps");
    }

    fn fit(cells: &[Cell], columns: &[TableColumn]) -> bool {
        let mut pairs = cells.iter().zip(columns);
        cells.len() == columns.len() && pairs.all(|(cell, column)| cell.fits(column.kind))
    }
}
