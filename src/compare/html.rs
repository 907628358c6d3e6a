//! A comparison as one page: no script, no network, nothing allowed but its own style sheet.
//!
//! Quotes are hostile input, as in the report of a run: the template escapes every value, and what is
//! invisible or turns the reading direction is shown as its code point.

use std::collections::BTreeMap;
use std::io;

use minijinja::Environment;
use minijinja::value::Serde;
use serde::Serialize;

use super::{
    CaseChange, CaseKind, Cause, CheckChange, Comparison, MentionChange, MentionKind, RuleChange,
};
use crate::report::html::{csp_hash, unix_lines, visible};

const PAGE: &str = include_str!("compare.html");
const STYLE: &str = include_str!("compare.css");

/// Cases, mentions and checks that the page shows at most; the tables hold all.
const SHOWN: usize = 2000;

#[derive(Serialize)]
struct Page<'c> {
    csp: String,
    style: &'c str,
    a: &'c str,
    b: &'c str,
    causes: &'c [Cause],
    case_counts: Vec<(&'static str, usize)>,
    cases_same: usize,
    mention_counts: Vec<(&'static str, usize)>,
    mentions_same: usize,
    rules: Vec<(&'c String, RuleChange)>,
    cases: Vec<Case<'c>>,
    others: Vec<&'c MentionChange>,
    checks: &'c [CheckChange],
    checks_same: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Case<'c> {
    #[serde(flatten)]
    change: &'c CaseChange,
    mentions: Vec<&'c MentionChange>,
}

/// Writes the page.
///
/// # Errors
/// Whatever `out` returns.
pub fn write_html(out: &mut dyn io::Write, comparison: &Comparison) -> io::Result<()> {
    let style = unix_lines(STYLE);
    let mut by_case: BTreeMap<&str, Vec<&MentionChange>> = BTreeMap::new();
    for mention in &comparison.mentions {
        by_case
            .entry(&mention.place.case_id)
            .or_default()
            .push(mention);
    }
    let cases: Vec<Case> = comparison
        .cases
        .iter()
        .take(SHOWN)
        .map(|change| Case {
            change,
            mentions: by_case.remove(change.case_id.as_str()).unwrap_or_default(),
        })
        .collect();
    for change in comparison.cases.iter().skip(SHOWN) {
        by_case.remove(change.case_id.as_str());
    }
    let mut others: Vec<&MentionChange> = by_case.into_values().flatten().collect();
    let left_out = comparison.cases.len() - cases.len() + others.len().saturating_sub(SHOWN);
    others.truncate(SHOWN);
    let checks = &comparison.checks[..comparison.checks.len().min(SHOWN)];
    let left_out = left_out + comparison.checks.len() - checks.len();
    // The rules that changed most stand first.
    let mut rules: Vec<(&String, RuleChange)> =
        comparison.rules.iter().map(|(id, r)| (id, *r)).collect();
    rules.sort_by_key(|(id, r)| {
        let changed = r.gained + r.lost + r.replaced + r.altered;
        (std::cmp::Reverse(changed), *id)
    });
    let page = Page {
        csp: format!(
            "default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'",
            csp_hash(&style)
        ),
        style: &style,
        a: &comparison.a,
        b: &comparison.b,
        causes: &comparison.causes,
        case_counts: CaseKind::ALL
            .map(|kind| (kind.as_str(), comparison.count_cases(kind)))
            .to_vec(),
        cases_same: comparison.cases_same,
        mention_counts: MentionKind::ALL
            .map(|kind| (kind.as_str(), comparison.count_mentions(kind)))
            .to_vec(),
        mentions_same: comparison.mentions_same,
        rules,
        cases,
        others,
        checks,
        checks_same: comparison.checks_same,
        left_out,
    };
    let mut templates = Environment::new();
    templates.add_filter("visible", |text: &str| visible(text));
    let text = templates
        .render_named_str("compare.html", &unix_lines(PAGE), Serde(page))
        .map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}
