//! Writes what a review tells as CSV, for a spreadsheet.

use std::path::Path;

use super::{Decisions, Outcome, Review, Tally, Target};
use crate::error::{Error, Result};
use crate::report::OutputFormat;
use crate::report::tables::{Cell, TableColumn, TableWriter};

const fn text(name: &'static str) -> TableColumn {
    TableColumn::text(name)
}

const fn int(name: &'static str) -> TableColumn {
    TableColumn::int(name)
}

const PRECISION: &[TableColumn] = &[
    text("kind"),
    text("id"),
    int("accepted"),
    int("dismissed"),
    int("differing"),
    int("unsure"),
    int("open"),
    int("n"),
    text("precision"),
    text("low"),
    text("high"),
];

const AGREEMENT: &[TableColumn] = &[
    text("unit"),
    text("reviewer_1"),
    text("reviewer_2"),
    int("n"),
    int("same"),
    text("by_chance"),
    text("kappa"),
    text("low"),
    text("high"),
];

const DISAGREEMENTS: &[TableColumn] = &[
    text("unit"),
    text("case_id"),
    text("incident_id"),
    text("field"),
    text("start"),
    text("end"),
    text("category"),
    text("rule_id"),
    text("quote"),
    text("decisions"),
    text("notes"),
];

const PROPOSALS: &[TableColumn] = &[
    text("proposal"),
    text("rule_id"),
    int("false_positives"),
    int("n"),
    text("precision"),
    text("low"),
    text("high"),
    text("reasons"),
    text("shared"),
    text("sentence"),
];

const FALSE_POSITIVES: &[TableColumn] = &[
    text("rule_id"),
    text("category"),
    text("case_id"),
    text("incident_id"),
    text("field"),
    int("start"),
    int("end"),
    text("quote"),
    text("sentence"),
    text("decisions"),
    text("notes"),
];

/// Writes `precision.csv`, `agreement.csv`, `disagreements.csv`, `proposals.csv` and
/// `false_positives.csv` into `folder`, which is made if missing.
///
/// # Errors
/// If a file cannot be written.
pub fn write_tables(folder: &Path, review: &Review<'_>) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|e| Error::io("cannot write", folder, e))?;
    let create =
        |name, columns| TableWriter::create(folder, name, columns, &[OutputFormat::Csv], false);
    let precision = &review.precision;
    let mut table = create("precision", PRECISION)?;
    let kinds = [
        ("rule", rows(&precision.rules)),
        ("category", rows(&precision.categories)),
        ("tier", rows(&precision.tiers)),
        ("case tier", rows(&precision.cases)),
        ("record", vec![("all".to_owned(), precision.records)]),
        ("mention", vec![("all".to_owned(), precision.mentions)]),
    ];
    for (kind, list) in &kinds {
        for (id, tally) in list {
            precision_row(&mut table, kind, id, *tally)?;
        }
    }
    table.finish()?;

    let mut table = create("agreement", AGREEMENT)?;
    for a in &review.agreements {
        let interval = a.interval();
        table.write_row(&[
            a.unit.into(),
            (&a.first).into(),
            (&a.second).into(),
            count(a.n()),
            count(a.same()),
            (&figure(a.by_chance())).into(),
            (&figure(a.kappa())).into(),
            (&figure(interval.map(|i| i.0))).into(),
            (&figure(interval.map(|i| i.1))).into(),
        ])?;
    }
    table.finish()?;

    let mut table = create("disagreements", DISAGREEMENTS)?;
    for target in review.decisions.differing() {
        let (decisions, notes) = said(&review.decisions, target);
        let row = match target {
            Target::Case(index) => {
                let case = &review.run.cases[index];
                let mut row = vec![Cell::Text("case"), (&case.case_id).into()];
                row.resize(9, Cell::Text(""));
                row.extend([Cell::from(&decisions), Cell::from(&notes)]);
                table.write_row(&row)
            }
            Target::Mention(index) => {
                let mention = &review.run.evidence[index];
                let place = &mention.place;
                table.write_row(&[
                    "mention".into(),
                    (&place.case_id).into(),
                    (&place.incident_id).into(),
                    (&place.field).into(),
                    (&place.start.to_string()).into(),
                    (&place.end.to_string()).into(),
                    (&place.category).into(),
                    (&place.rule_id).into(),
                    (&mention.quote).into(),
                    (&decisions).into(),
                    (&notes).into(),
                ])
            }
        };
        row?;
    }
    table.finish()?;

    let mut table = create("proposals", PROPOSALS)?;
    for p in &review.proposals {
        let interval = p.tally.interval();
        let reasons: Vec<String> = p
            .reasons
            .iter()
            .map(|(reason, n)| format!("{reason} ({n})"))
            .collect();
        let sentence = match p.action {
            super::Action::MuteSentence => {
                review.run.evidence[p.false_positives[0]].sentence.as_str()
            }
            _ => "",
        };
        table.write_row(&[
            p.action.as_str().into(),
            (&p.rule_id).into(),
            count(p.false_positives.len() as u64),
            count(p.tally.n()),
            (&figure(p.tally.precision())).into(),
            (&figure(interval.map(|i| i.0))).into(),
            (&figure(interval.map(|i| i.1))).into(),
            Cell::List(&reasons),
            Cell::List(&p.shared),
            sentence.into(),
        ])?;
    }
    table.finish()?;

    let mut table = create("false_positives", FALSE_POSITIVES)?;
    let mut wrong: Vec<usize> = (0..review.run.evidence.len())
        .filter(|i| review.decisions.outcome(Target::Mention(*i)) == Some(Outcome::Dismissed))
        .collect();
    wrong.sort_by_key(|i| (&review.run.evidence[*i].place.rule_id, *i));
    for index in wrong {
        let mention = &review.run.evidence[index];
        let place = &mention.place;
        let (decisions, notes) = said(&review.decisions, Target::Mention(index));
        table.write_row(&[
            (&place.rule_id).into(),
            (&place.category).into(),
            (&place.case_id).into(),
            (&place.incident_id).into(),
            (&place.field).into(),
            count(place.start as u64),
            count(place.end as u64),
            (&mention.quote).into(),
            (&mention.sentence).into(),
            (&decisions).into(),
            (&notes).into(),
        ])?;
    }
    table.finish()?;
    Ok(())
}

fn rows<K: ToString>(map: &std::collections::BTreeMap<K, Tally>) -> Vec<(String, Tally)> {
    map.iter().map(|(id, t)| (id.to_string(), *t)).collect()
}

fn precision_row(table: &mut TableWriter, kind: &str, id: &str, tally: Tally) -> Result<()> {
    let interval = tally.interval();
    table.write_row(&[
        kind.into(),
        id.into(),
        count(tally.accepted),
        count(tally.dismissed),
        count(tally.differing),
        count(tally.unsure),
        count(tally.open),
        count(tally.n()),
        (&figure(tally.precision())).into(),
        (&figure(interval.map(|i| i.0))).into(),
        (&figure(interval.map(|i| i.1))).into(),
    ])
}

/// Who said what, and what they wrote beside it.
fn said(decisions: &Decisions, target: Target) -> (String, String) {
    let by = decisions.by_target.get(&target);
    let by = || by.into_iter().flatten();
    let verdicts: Vec<String> = by()
        .map(|(who, d)| format!("{who}: {}", d.verdict.as_str()))
        .collect();
    let notes: Vec<String> = by()
        .flat_map(|(who, d)| {
            [&d.reason, &d.comment]
                .into_iter()
                .filter(|note| !note.is_empty())
                .map(move |note| format!("{who}: {note}"))
        })
        .collect();
    (verdicts.join("; "), notes.join("; "))
}

fn count(number: u64) -> Cell<'static> {
    Cell::Int(number.try_into().unwrap_or(i64::MAX))
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(String::new, |value| format!("{value:.3}"))
}
