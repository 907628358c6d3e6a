//! A comparison as CSV. The names differ from those of a run's tables, which must not be overwritten.

use std::path::Path;

use super::Comparison;
use crate::error::{Error, Result};
use crate::report::OutputFormat;
use crate::report::tables::{Cell, TableColumn, TableWriter};

const fn text(name: &'static str) -> TableColumn {
    TableColumn::text(name)
}

const fn int(name: &'static str) -> TableColumn {
    TableColumn::int(name)
}

/// Writes `changed_cases.csv`, `changed_evidence.csv`, `changed_rules.csv` and
/// `changed_checks.csv` into `folder`.
///
/// # Errors
/// If a file cannot be written.
pub fn write_tables(folder: &Path, comparison: &Comparison) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io("cannot write", folder, e))?;
    let create = |name, columns: &[_]| {
        TableWriter::create(folder, name, columns, &[OutputFormat::Csv], false)
    };
    let count = |n: u64| Cell::Int(n.try_into().unwrap_or(i64::MAX));

    let columns = [
        text("change"),
        text("case_id"),
        text("tier_a"),
        text("tier_b"),
        text("rules"),
    ];
    let mut table = create("changed_cases", &columns)?;
    let tier = |tier: Option<u8>| tier.map_or_else(String::new, |t| t.to_string());
    for case in &comparison.cases {
        table.write_row(&[
            case.kind.as_str().into(),
            (&case.case_id).into(),
            (&tier(case.tier_a)).into(),
            (&tier(case.tier_b)).into(),
            Cell::List(&case.rules),
        ])?;
    }
    table.finish()?;

    let columns = [
        text("change"),
        text("case_id"),
        text("incident_id"),
        text("field"),
        int("start"),
        int("end"),
        text("category"),
        text("rule_a"),
        text("rule_b"),
        text("quote_a"),
        text("quote_b"),
        text("why"),
    ];
    let mut table = create("changed_evidence", &columns)?;
    for m in &comparison.mentions {
        let rule_a = match m.kind {
            super::MentionKind::Gained => "",
            _ => &m.place.rule_id,
        };
        table.write_row(&[
            m.kind.as_str().into(),
            (&m.place.case_id).into(),
            (&m.place.incident_id).into(),
            (&m.place.field).into(),
            count(m.place.start as u64),
            count(m.place.end as u64),
            (&m.place.category).into(),
            rule_a.into(),
            (&m.rule_b).into(),
            (&m.quote_a).into(),
            (&m.quote_b).into(),
            (&m.why).into(),
        ])?;
    }
    table.finish()?;

    let columns = [
        text("rule_id"),
        int("in_a"),
        int("in_b"),
        int("gained"),
        int("lost"),
        int("replaced"),
        int("altered"),
        int("cases_up"),
        int("cases_down"),
    ];
    let mut table = create("changed_rules", &columns)?;
    for (id, rule) in &comparison.rules {
        let mut row = vec![Cell::from(id)];
        let counts = [
            rule.in_a,
            rule.in_b,
            rule.gained,
            rule.lost,
            rule.replaced,
            rule.altered,
            rule.cases_up,
            rule.cases_down,
        ];
        row.extend(counts.map(count));
        table.write_row(&row)?;
    }
    table.finish()?;

    let columns = [
        text("case_id"),
        text("incident_id"),
        text("check"),
        text("status_a"),
        text("status_b"),
    ];
    let mut table = create("changed_checks", &columns)?;
    for c in &comparison.checks {
        let cells = [&c.case_id, &c.incident_id, &c.check, &c.before, &c.after];
        table.write_row(&cells.map(Cell::from))?;
    }
    table.finish()?;
    Ok(())
}
