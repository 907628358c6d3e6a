//! What changed between two runs: cases and evidence gained, lost and altered, the rules responsible,
//! and whether program, lexicon, input or options differ.

mod html;
mod tables;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use self::html::write_html;
pub use self::tables::write_tables;
use crate::error::Result;
use crate::past_run::{AXES, CheckKey, PastManifest, PastMention, PastRun, Place};

/// Options that change how a run is written, not what it finds.
const OF_WRITING: &[&str] = &["format", "raw_csv", "report_cases"];

/// What changed from one run to another.
#[derive(Clone, Debug, Serialize)]
pub struct Comparison {
    /// Name of the first run.
    pub a: String,
    /// Name of the second run.
    pub b: String,
    /// What differs between the runs apart from their findings.
    pub causes: Vec<Cause>,
    /// Cases gained, lost or of another tier.
    pub cases: Vec<CaseChange>,
    /// Cases flagged in both with the same tier.
    pub cases_same: usize,
    /// Evidence gained, lost, told by other words or another rule, or altered in an axis.
    pub mentions: Vec<MentionChange>,
    /// Evidence that is the same in both.
    pub mentions_same: usize,
    /// By rule id; rules without any change are left out.
    pub rules: BTreeMap<String, RuleChange>,
    /// Response checks that came out otherwise; empty if a run has none.
    pub checks: Vec<CheckChange>,
    /// Response checks that came out the same.
    pub checks_same: usize,
}

/// One thing that the runs have in common or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// `program`, `lexicon`, `input`, or the name of an option.
    pub what: String,
    /// Whether it differs.
    pub changed: bool,
    /// What it was and is, in words.
    pub told: String,
}

/// How a case changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseKind {
    /// Flagged in the second run alone.
    Gained,
    /// Flagged in the first run alone.
    Lost,
    /// To be read sooner in the second run.
    Sooner,
    /// To be read later in the second run.
    Later,
}

impl CaseKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Gained, Self::Lost, Self::Sooner, Self::Later];

    /// As tables show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Sooner => "sooner",
            Self::Later => "later",
        }
    }
}

/// A case that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseChange {
    /// Case reference.
    pub case_id: String,
    /// How.
    pub kind: CaseKind,
    /// Its tier in the first run.
    pub tier_a: Option<u8>,
    /// Its tier in the second run.
    pub tier_b: Option<u8>,
    /// The rules whose evidence in this case changed, each with how.
    pub rules: Vec<String>,
}

/// How a mention changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MentionKind {
    /// In the second run alone.
    Gained,
    /// In the first run alone.
    Lost,
    /// The same category in overlapping words, by another rule or in other words.
    Replaced,
    /// The same words and rule with another tier or axis.
    Altered,
}

impl MentionKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Gained, Self::Lost, Self::Replaced, Self::Altered];

    /// As tables show it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gained => "gained",
            Self::Lost => "lost",
            Self::Replaced => "replaced",
            Self::Altered => "altered",
        }
    }
}

/// A mention that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MentionChange {
    /// How.
    pub kind: MentionKind,
    /// Where it stands in the first run, or in the second if it is gained.
    pub place: Place,
    /// Its rule in the second run, where it was replaced.
    pub rule_b: String,
    /// Its words in the first run.
    pub quote_a: String,
    /// Its words in the second run.
    pub quote_b: String,
    /// Why, as far as the runs tell: the reason for which it is or was set aside, or what was altered.
    pub why: String,
}

/// A response check that came out otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckChange {
    /// Case reference.
    pub case_id: String,
    /// Incident reference; empty for the case as a whole.
    pub incident_id: String,
    /// Id of the check.
    pub check: String,
    /// Its statuses in the first run; empty if it was not asked.
    pub before: String,
    /// Its statuses in the second run.
    pub after: String,
}

/// How the evidence of a rule changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// Its mentions in the first run.
    pub in_a: u64,
    /// Its mentions in the second run.
    pub in_b: u64,
    /// Mentions gained, lost, replaced (counted for both rules) and altered.
    pub gained: u64,
    /// Mentions lost.
    pub lost: u64,
    /// Mentions replaced, by it or with it.
    pub replaced: u64,
    /// Mentions altered.
    pub altered: u64,
    /// Cases gained or read sooner in which its evidence changed.
    pub cases_up: u64,
    /// Cases lost or read later in which its evidence changed.
    pub cases_down: u64,
}

impl Comparison {
    /// Compares two runs.
    ///
    /// # Errors
    /// If a table cannot be read.
    pub fn of(a: &PastRun, b: &PastRun) -> Result<Self> {
        let (mut mentions, mentions_same) = mention_changes(&a.evidence, &b.evidence);
        tell_why(&mut mentions, &a.suppressed()?, &b.suppressed()?);
        let (cases, cases_same) = case_changes(a, b, &mentions);
        let (checks, checks_same) = check_changes(a, b)?;
        Ok(Self {
            a: a.name(),
            b: b.name(),
            causes: causes(&a.manifest, &b.manifest),
            rules: rule_changes(a, b, &mentions, &cases),
            cases,
            cases_same,
            mentions,
            mentions_same,
            checks,
            checks_same,
        })
    }

    /// How many cases changed in this way.
    pub fn count_cases(&self, kind: CaseKind) -> usize {
        self.cases.iter().filter(|c| c.kind == kind).count()
    }

    /// How many mentions changed in this way.
    pub fn count_mentions(&self, kind: MentionKind) -> usize {
        self.mentions.iter().filter(|m| m.kind == kind).count()
    }
}

fn causes(a: &PastManifest, b: &PastManifest) -> Vec<Cause> {
    let cause = |what: &str, changed, told| Cause {
        what: what.to_owned(),
        changed,
        told,
    };
    let from_to = |a: &str, b: &str| match a == b {
        true => a.to_owned(),
        false => format!("{a} → {b}"),
    };
    let mut list = vec![cause(
        "program",
        a.version != b.version,
        from_to(&a.version, &b.version),
    )];
    let lexicon = |m: &PastManifest| {
        let short: String = m.lexicon.sha256.chars().take(12).collect();
        format!("{}, {} rules, {short}…", m.lexicon.version, m.lexicon.rules)
    };
    list.push(cause(
        "lexicon",
        a.lexicon.sha256 != b.lexicon.sha256,
        from_to(&lexicon(a), &lexicon(b)),
    ));
    let only = |x: &PastManifest, y: &PastManifest| -> Vec<String> {
        let mut others: Vec<&str> = y.inputs.iter().map(|i| i.sha256.as_str()).collect();
        let mut list = Vec::new();
        for input in &x.inputs {
            match others.iter().position(|sha| *sha == input.sha256) {
                Some(at) => drop(others.swap_remove(at)),
                None => list.push(format!("{} ({} records)", input.source, input.records)),
            }
        }
        list
    };
    let (only_a, only_b) = (only(a, b), only(b, a));
    let told = match (only_a.is_empty(), only_b.is_empty()) {
        (true, true) => match a.inputs.len() {
            1 => "1 file".to_owned(),
            n => format!("{n} files"),
        },
        _ => {
            let name = |list: &[String]| match list {
                [] => "none".to_owned(),
                list => list.join(", "),
            };
            format!(
                "only in the first: {}; only in the second: {}",
                name(&only_a),
                name(&only_b)
            )
        }
    };
    let told = match a
        .inputs
        .iter()
        .chain(&b.inputs)
        .any(|i| i.columns.id.is_none())
    {
        true if !(only_a.is_empty() && only_b.is_empty()) => format!(
            "{told}; records without a reference are known by their number, so what is put in before \
             them moves them"
        ),
        _ => told,
    };
    list.push(cause(
        "input",
        !(only_a.is_empty() && only_b.is_empty()),
        told,
    ));
    let mut options: Vec<&String> = a.options.keys().chain(b.options.keys()).collect();
    options.sort_unstable();
    options.dedup();
    for name in options {
        let (before, after) = (a.options.get(name), b.options.get(name));
        if before == after || OF_WRITING.contains(&name.as_str()) {
            continue;
        }
        list.push(cause(name, true, from_to(&shown(before), &shown(after))));
    }
    list
}

/// The value of an option. A list is told by its length if it may hold sentences of narratives.
fn shown(value: Option<&serde_json::Value>) -> String {
    match value {
        None | Some(serde_json::Value::Null) => "none".to_owned(),
        Some(serde_json::Value::Array(list)) => {
            let short = |v: &serde_json::Value| v.as_str().is_some_and(|s| s.len() <= 40);
            match list.is_empty() {
                true => "none".to_owned(),
                false if list.iter().all(short) => {
                    let names: Vec<&str> = list.iter().filter_map(|v| v.as_str()).collect();
                    names.join(", ")
                }
                false => format!("{} entries", list.len()),
            }
        }
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

type Spot<'m> = (&'m str, &'m str, &'m str, &'m str);

fn spot(mention: &PastMention) -> Spot<'_> {
    let p = &mention.place;
    (&p.case_id, &p.incident_id, &p.field, &p.category)
}

fn mention_changes(a: &[PastMention], b: &[PastMention]) -> (Vec<MentionChange>, usize) {
    let mut spots: BTreeMap<Spot<'_>, (Vec<&PastMention>, Vec<&PastMention>)> = BTreeMap::new();
    for mention in a {
        spots.entry(spot(mention)).or_default().0.push(mention);
    }
    for mention in b {
        spots.entry(spot(mention)).or_default().1.push(mention);
    }
    let mut changes = Vec::new();
    let mut same = 0;
    for (before, mut after) in spots.into_values() {
        let mut left = Vec::new();
        for old in before {
            match after.iter().position(|new| new.place == old.place) {
                None => left.push(old),
                Some(at) => {
                    let new = after.remove(at);
                    let why = alterations(old, new);
                    if why.is_empty() {
                        same += 1;
                    } else {
                        changes.push(change(MentionKind::Altered, Some(old), Some(new), why));
                    }
                }
            }
        }
        for old in left {
            let overlap = |new: &&PastMention| {
                old.place.start < new.place.end && new.place.start < old.place.end
            };
            let found = after.iter().position(overlap);
            match found.map(|at| after.remove(at)) {
                None => changes.push(change(MentionKind::Lost, Some(old), None, String::new())),
                Some(new) => {
                    let why = alterations(old, new);
                    changes.push(change(MentionKind::Replaced, Some(old), Some(new), why));
                }
            }
        }
        for new in after {
            changes.push(change(MentionKind::Gained, None, Some(new), String::new()));
        }
    }
    changes.sort_by(|x, y| (&x.place, x.kind).cmp(&(&y.place, y.kind)));
    (changes, same)
}

fn change(
    kind: MentionKind,
    before: Option<&PastMention>,
    after: Option<&PastMention>,
    why: String,
) -> MentionChange {
    let place = before.or(after).map(|m| m.place.clone());
    let quote = |m: Option<&PastMention>| m.map_or_else(String::new, |m| m.quote.clone());
    MentionChange {
        kind,
        place: place.expect("a change has one side at least"),
        rule_b: after.map_or_else(String::new, |m| m.place.rule_id.clone()),
        quote_a: quote(before),
        quote_b: quote(after),
        why,
    }
}

/// Tier and axes that differ.
fn alterations(old: &PastMention, new: &PastMention) -> String {
    let mut list = Vec::new();
    if old.tier != new.tier {
        list.push(format!("tier: {} → {}", old.tier, new.tier));
    }
    for (name, (before, after)) in AXES.iter().zip(old.axes.iter().zip(&new.axes)) {
        if before != after {
            list.push(format!("{name}: {before} → {after}"));
        }
    }
    list.join("; ")
}

/// Says of what was lost or gained for which reason the other run set it aside, if it did.
fn tell_why(changes: &mut [MentionChange], aside_a: &[PastMention], aside_b: &[PastMention]) {
    let index = |list: &[PastMention]| -> BTreeMap<Place, String> {
        let entry = |m: &PastMention| (m.place.clone(), m.reason.clone());
        list.iter().map(entry).collect()
    };
    let (aside_a, aside_b) = (index(aside_a), index(aside_b));
    for change in changes {
        let (words, aside) = match change.kind {
            MentionKind::Lost => ("now set aside", aside_b.get(&change.place)),
            MentionKind::Gained => ("set aside before", aside_a.get(&change.place)),
            MentionKind::Replaced | MentionKind::Altered => continue,
        };
        change.why = match aside {
            Some(reason) => format!("{words}: {reason}"),
            None => "no match in the other run".to_owned(),
        };
    }
}

fn case_changes(a: &PastRun, b: &PastRun, mentions: &[MentionChange]) -> (Vec<CaseChange>, usize) {
    let tiers = |run: &PastRun| -> BTreeMap<String, u8> {
        let tier = |c: &crate::past_run::PastCase| (c.case_id.clone(), c.tier);
        run.cases.iter().map(tier).collect()
    };
    let (before, after) = (tiers(a), tiers(b));
    let mut rules: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for change in mentions {
        let list = rules.entry(&change.place.case_id).or_default();
        let mut add = |kind: MentionKind, rule: &str| {
            let entry = format!("{rule} ({})", kind.as_str());
            if !list.contains(&entry) {
                list.push(entry);
            }
        };
        if change.kind == MentionKind::Replaced && change.place.rule_id != change.rule_b {
            add(MentionKind::Lost, &change.place.rule_id);
            add(MentionKind::Gained, &change.rule_b);
        } else {
            add(change.kind, &change.place.rule_id);
        }
    }
    let mut ids: Vec<&String> = before.keys().chain(after.keys()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut same = 0;
    let mut changes = Vec::new();
    for id in ids {
        let (tier_a, tier_b) = (before.get(id).copied(), after.get(id).copied());
        let kind = match (tier_a, tier_b) {
            (None, _) => CaseKind::Gained,
            (_, None) => CaseKind::Lost,
            (Some(x), Some(y)) if y < x => CaseKind::Sooner,
            (Some(x), Some(y)) if y > x => CaseKind::Later,
            _ => {
                same += 1;
                continue;
            }
        };
        let mut list = rules.get(id.as_str()).cloned().unwrap_or_default();
        list.sort_unstable();
        changes.push(CaseChange {
            case_id: id.clone(),
            kind,
            tier_a,
            tier_b,
            rules: list,
        });
    }
    // What was gained first, and within it what to read first.
    changes.sort_by(|x, y| {
        let key = |c: &CaseChange| (c.kind, c.tier_b.or(c.tier_a));
        key(x).cmp(&key(y)).then_with(|| x.case_id.cmp(&y.case_id))
    });
    (changes, same)
}

fn check_changes(a: &PastRun, b: &PastRun) -> Result<(Vec<CheckChange>, usize)> {
    let (Some(before), Some(after)) = (a.checks()?, b.checks()?) else {
        return Ok((Vec::new(), 0));
    };
    let keys: BTreeSet<&CheckKey> = before.keys().chain(after.keys()).collect();
    let all = keys.len();
    let told = |map: &BTreeMap<CheckKey, BTreeSet<String>>, key| {
        let statuses = map.get(key).into_iter().flatten();
        statuses.cloned().collect::<Vec<_>>().join("; ")
    };
    let changes: Vec<CheckChange> = keys
        .into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| {
            let [case_id, incident_id, check] = key.clone();
            CheckChange {
                case_id,
                incident_id,
                check,
                before: told(&before, key),
                after: told(&after, key),
            }
        })
        .collect();
    let same = all - changes.len();
    Ok((changes, same))
}

fn rule_changes(
    a: &PastRun,
    b: &PastRun,
    mentions: &[MentionChange],
    cases: &[CaseChange],
) -> BTreeMap<String, RuleChange> {
    let mut rules: BTreeMap<String, RuleChange> = BTreeMap::new();
    for change in mentions {
        let own = rules.entry(change.place.rule_id.clone()).or_default();
        match change.kind {
            MentionKind::Gained => own.gained += 1,
            MentionKind::Lost => own.lost += 1,
            MentionKind::Altered => own.altered += 1,
            MentionKind::Replaced => {
                own.replaced += 1;
                if change.rule_b != change.place.rule_id {
                    rules.entry(change.rule_b.clone()).or_default().replaced += 1;
                }
            }
        }
    }
    for case in cases {
        let mut seen: Vec<&str> = case
            .rules
            .iter()
            .map(|r| r.split(' ').next().unwrap_or_default())
            .collect();
        seen.sort_unstable();
        seen.dedup();
        for rule in seen {
            let own = rules.entry(rule.to_owned()).or_default();
            match case.kind {
                CaseKind::Gained | CaseKind::Sooner => own.cases_up += 1,
                CaseKind::Lost | CaseKind::Later => own.cases_down += 1,
            }
        }
    }
    for mention in &a.evidence {
        if let Some(own) = rules.get_mut(&mention.place.rule_id) {
            own.in_a += 1;
        }
    }
    for mention in &b.evidence {
        if let Some(own) = rules.get_mut(&mention.place.rule_id) {
            own.in_b += 1;
        }
    }
    rules
}
