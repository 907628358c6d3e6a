//! What a page of the HTML report shows of a run and of its cases.

use super::cases::{Entry, legal_lines};
use super::rows::{
    ReportCase, ReportCategory, ReportCheck, ReportCounts, ReportData, ReportField, ReportIncident,
    ReportMention,
};
use super::run::RunOptions;
use super::spool::{Kept, KeptField};
use crate::assertion::Group;
use crate::case::CaseRecord;
use crate::checks::{Finding, Status};
use crate::error::Result;
use crate::lexicon::Lexicon;
use crate::read::InputInfo;

/// What a page of the report says of the run as a whole.
#[derive(Clone, Debug)]
pub(super) struct Told {
    /// Cases and mentions by category.
    categories: Vec<(u64, u64)>,
    /// Cases by tier.
    tiers: [u64; 3],
}

impl Told {
    pub fn new(lexicon: &Lexicon) -> Self {
        Self {
            categories: vec![(0, 0); lexicon.categories.len()],
            tiers: [0; 3],
        }
    }

    /// Counts a case.
    pub fn add(&mut self, entry: &Entry) {
        let mut own = vec![0; self.categories.len()];
        for mention in &entry.case.mentions {
            own[mention.category] += 1;
        }
        for (told, mentions) in self.categories.iter_mut().zip(own) {
            told.0 += u64::from(mentions > 0);
            told.1 += mentions;
        }
        self.tiers[usize::from(tier_of_entry(entry).clamp(1, 3)) - 1] += 1;
    }

    /// Cases and mentions of each category, in lexicon order.
    pub fn categories(&self) -> &[(u64, u64)] {
        &self.categories
    }

    /// A page that shows `cases`.
    pub fn page(
        &self,
        lexicon: &Lexicon,
        options: &RunOptions,
        inputs: &[InputInfo],
        counts: ReportCounts,
        cases: Vec<ReportCase>,
    ) -> ReportData {
        let categories = lexicon.categories.iter().zip(&self.categories);
        ReportData {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lexicon_version: lexicon.version.clone(),
            lexicon_fingerprint: lexicon.fingerprint.clone(),
            inputs: inputs.iter().map(|i| i.source.clone()).collect(),
            counts,
            categories: categories
                .map(|(c, (cases, mentions))| ReportCategory {
                    id: c.id.clone(),
                    title: c.title.clone(),
                    group: c.group,
                    definition: c.definition.clone(),
                    cases: *cases,
                    mentions: *mentions,
                })
                .collect(),
            tiers: self.tiers,
            cases,
            conduct_law: lexicon.conduct.law.clone(),
            links: options.links.clone(),
            ..ReportData::default()
        }
    }
}

pub(super) fn tier_of_entry(entry: &Entry) -> u8 {
    entry.assessment.as_ref().map_or(3, |own| own.tier)
}

pub(super) fn report_case(
    lexicon: &Lexicon,
    options: &RunOptions,
    entry: &Entry,
    kept: &mut Kept,
) -> Result<ReportCase> {
    let case = &entry.case;
    let assessment = entry.assessment.clone().unwrap_or_default();
    let (first_date, last_date) = case.dates();
    let mut incidents = Vec::new();
    for incident in &case.incidents {
        let fields = match incident.kept {
            Some(place) => kept
                .fields(place)?
                .into_iter()
                .map(|f| report_field(lexicon, f))
                .collect(),
            None => Vec::new(),
        };
        incidents.push(ReportIncident {
            id: incident.id.clone(),
            date: incident.date.clone(),
            iso_date: incident.day.map_or_else(String::new, |day| day.to_string()),
            origin: incident.origin.clone(),
            fields,
        });
    }
    Ok(ReportCase {
        id: case.id.clone(),
        tier: assessment.tier,
        reasons: assessment.reasons,
        prompts: assessment.prompts,
        checks: report_checks(lexicon, options, case, &entry.findings),
        first_date,
        last_date,
        key_quote: case
            .key_mention(lexicon, None)
            .map_or_else(String::new, |m| m.quote.clone()),
        areas: case.areas(),
        incidents,
        pattern: entry.pattern.clone(),
        chronology: entry.chronology.clone(),
        conduct: entry.conduct.clone(),
        inconsistencies: entry.inconsistencies.clone(),
    })
}

fn report_field(lexicon: &Lexicon, field: KeptField) -> ReportField {
    let mut units = Utf16Offsets {
        text: &field.text,
        byte: 0,
        units: 0,
    };
    let mentions = field
        .mentions
        .into_iter()
        .map(|m| ReportMention {
            start: units.at(m.start),
            end: units.at(m.end),
            place: m.place,
            category: lexicon.categories[m.category].id.clone(),
            rule: lexicon.rules[m.rule].id.clone(),
            tier: lexicon.rules[m.rule].tier,
            heavy: lexicon.rules[m.rule].tier == 1
                || lexicon.categories[m.category].group == Group::Suicide,
            axes: m.assertion.as_strs(),
            cues: m.cues,
            suppressed: m.suppressed,
        })
        .collect();
    ReportField {
        name: field.name,
        text: field.text.clone(),
        mentions,
    }
}

fn report_checks(
    lexicon: &Lexicon,
    options: &RunOptions,
    case: &CaseRecord,
    findings: &[Finding],
) -> Vec<ReportCheck> {
    // What was stated as not done first, then silence, then what was done.
    let mut order: Vec<&Finding> = findings.iter().collect();
    order.sort_by_key(|f| {
        let rank = match f.status {
            Status::StatedNotDone => 0,
            Status::NoMentionFound => 1,
            Status::Done => 2,
        };
        (rank, f.check, f.incident)
    });
    let report = |finding: &Finding| ReportCheck {
        check: lexicon.checks[finding.check].id.clone(),
        title: lexicon.checks[finding.check].title.clone(),
        status: finding.status.as_str(),
        incident: finding.incident.map_or(0, |index| index + 1),
        quote: finding.quote().to_owned(),
        trigger: finding.trigger.clone(),
        why: finding.why(lexicon),
        legal: legal_lines(lexicon, options, case, finding),
    };
    order.into_iter().map(report).collect()
}

/// Converts byte offsets to UTF-16 code units, cheapest in rising order.
struct Utf16Offsets<'t> {
    text: &'t str,
    byte: usize,
    units: usize,
}

impl Utf16Offsets<'_> {
    fn at(&mut self, byte: usize) -> usize {
        if byte < self.byte {
            self.byte = 0;
            self.units = 0;
        }
        self.units += self.text[self.byte..byte].encode_utf16().count();
        self.byte = byte;
        self.units
    }
}

/// The counts of one case, for a page that holds nothing else.
pub(super) fn case_counts(entry: &Entry, shown: &[ReportCase]) -> ReportCounts {
    let incidents = entry.case.incidents.len() as u64;
    let shown = shown
        .iter()
        .flat_map(|case| &case.incidents)
        .flat_map(|incident| &incident.fields)
        .flat_map(|field| &field.mentions);
    let mut checks = [0; 3];
    for finding in &entry.findings {
        checks[finding.status as usize] += 1;
    }
    ReportCounts {
        read: incidents,
        scanned: incidents,
        evidence: entry.case.mentions.len() as u64,
        suppressed: shown.filter(|m| m.suppressed.is_some()).count() as u64,
        cases: 1,
        flagged: 1,
        checks,
        ..ReportCounts::default()
    }
}
