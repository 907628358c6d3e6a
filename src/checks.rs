//! Response checks: what the text of a case says was done, says was not done, or does not mention.
//!
//! What is looked for stands in `lexicons/checks/`; this module only knows how to apply it. Silence
//! is never a failure: a check runs only where its trigger is in the text, and what it then says is
//! a prompt. Records are partial, and an action may be written down in another system.

use std::collections::BTreeSet;

use crate::assertion::{Polarity, Temporality};
use crate::case::CaseRecord;
use crate::lexicon::{Legal, Lexicon, Saying, Trigger};
use crate::mention::Mention;
use crate::span::{CharOffsets, Span};

/// What one place of a narrative says about a check.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Statement {
    /// Index of the check.
    pub check: usize,
    /// Index of the rule that found it.
    pub rule: usize,
    /// What it says, its context read.
    pub saying: Saying,
    /// Index of its incident in the case.
    pub incident: usize,
    /// Name of the text field.
    pub field: String,
    /// Where it stands among the fields of the incident, for order.
    pub place: usize,
    /// Start in the field, in Unicode scalar values.
    pub start: usize,
    /// End in the field, in Unicode scalar values.
    pub end: usize,
    /// The words, with the cue that turned them round.
    pub quote: String,
}

/// The outcome of a check in an incident or case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The text says that it was done.
    Done,
    /// The text says that it was not done.
    StatedNotDone,
    /// Its trigger is in the text, and nothing is said about it.
    NoMentionFound,
}

impl Status {
    /// The value as it stands in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::StatedNotDone => "stated_not_done",
            Self::NoMentionFound => "no_mention_found",
        }
    }
}

/// A row of the table `checks`, before it is written.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Index of the check.
    pub check: usize,
    /// Index of the incident; `None` where silence is judged over the whole case.
    pub incident: Option<usize>,
    /// The outcome.
    pub status: Status,
    /// What says so; for silence, the words that plan the action, if any do.
    pub statement: Option<Statement>,
    /// The words that raise the check, for silence.
    pub trigger: String,
}

/// What a field of a record says about checks, ready to be added to a case.
pub fn statements(
    lexicon: &Lexicon,
    field: (usize, &str),
    text: &str,
    incident: usize,
    found: &[Mention],
) -> Vec<Statement> {
    let mut offsets = CharOffsets::new(text);
    let mut out = Vec::new();
    // What is done although the words say no: "asked about suicide: none". The same words do not say
    // besides that it was not done.
    let answered: Vec<(usize, Span)> = found
        .iter()
        .filter_map(|mention| match lexicon.rules[mention.rule].check {
            Some((check, Saying::Done)) => {
                let inherent = lexicon.rules[mention.rule].inherent;
                let heard = heard(Saying::Done, inherent, text, mention);
                let said = inherent && heard == Some(Saying::Done);
                said.then_some((check, mention.span))
            }
            _ => None,
        })
        .collect();
    for mention in found {
        let Some((check, saying)) = lexicon.rules[mention.rule].check else {
            continue;
        };
        let inherent = lexicon.rules[mention.rule].inherent;
        let Some(heard) = heard(saying, inherent, text, mention) else {
            continue;
        };
        let same_words =
            |(other, span): &(usize, Span)| *other == check && span.overlaps(mention.span);
        if saying == Saying::Done && heard == Saying::NotDone && answered.iter().any(same_words) {
            continue;
        }
        let saying = heard;
        let span = with_cues(mention);
        out.push(Statement {
            check,
            rule: mention.rule,
            saying,
            incident,
            field: field.1.to_owned(),
            // Later fields come after earlier ones.
            place: (field.0 << 40) + span.start,
            start: offsets.at(span.start),
            end: offsets.at(span.end),
            quote: span.of(text).to_owned(),
        });
    }
    out
}

/// What a rule's words come to in their context; `None` if they say nothing.
pub(crate) fn heard(
    saying: Saying,
    inherent: bool,
    text: &str,
    mention: &Mention,
) -> Option<Saying> {
    let no = mention.assertion.polarity == Polarity::Negated;
    let set_aside = mention.suppressed.is_some() && !no;
    // A "no" to a question that was asked is an answer: the asking was done.
    let negated = no && !inherent && !answered_elsewhere(text, mention);
    let open = matches!(
        mention.assertion.temporality,
        Temporality::Hypothetical | Temporality::Planned
    );
    match saying {
        _ if set_aside => None,
        Saying::Done if open => Some(Saying::Planned),
        Saying::Done if negated => Some(Saying::NotDone),
        Saying::NotDone if mention.assertion.temporality == Temporality::Hypothetical => None,
        Saying::Trigger if open || negated => None,
        Saying::Planned if negated => Some(Saying::NotDone),
        other => Some(other),
    }
}

/// Whether all that says no is an answer with words between it and the statement: "handed in by N"
/// answers nothing.
fn answered_elsewhere(text: &str, mention: &Mention) -> bool {
    let effect = crate::lexicon::Effect::Polarity(Polarity::Negated);
    let mut cues = mention.cues.iter().filter(|cue| cue.effect == effect);
    cues.all(|cue| {
        let between = text
            .get(mention.span.end..cue.span.start)
            .unwrap_or_default();
        cue.by == "answer to the question" && between.contains(char::is_alphanumeric)
    })
}

/// The words matched together with the cues that turned them round, if those stand close by.
fn with_cues(mention: &Mention) -> Span {
    const FAR: usize = 60;
    let mut span = mention.span;
    let turning = mention.cues.iter().filter(|cue| {
        cue.effect == crate::lexicon::Effect::Polarity(Polarity::Negated)
            && cue.span.start >= mention.sentence.start
            && cue.span.end <= mention.sentence.end.max(mention.span.end)
    });
    for cue in turning {
        let joined = Span::new(span.start.min(cue.span.start), span.end.max(cue.span.end));
        if joined.len() <= span.len() + cue.span.len() + FAR {
            span = joined;
        }
    }
    span
}

/// Runs every check on a case whose incidents are sorted: by incident, then by check; what concerns
/// the whole case comes last.
pub fn run_checks(lexicon: &Lexicon, case: &CaseRecord) -> Vec<Finding> {
    let mut findings = Vec::new();
    for incident in 0..case.incidents.len() {
        for check in 0..lexicon.checks.len() {
            incident_findings(lexicon, case, incident, check, &mut findings);
        }
    }
    for (index, check) in lexicon.checks.iter().enumerate() {
        let said = case
            .statements
            .iter()
            .any(|s| s.check == index && matches!(s.saying, Saying::Done | Saying::NotDone));
        if !check.whole_case || said {
            continue;
        }
        let everywhere: BTreeSet<usize> = (0..case.incidents.len()).collect();
        if let Some(trigger) = triggered(lexicon, case, index, &everywhere) {
            findings.push(silence(case, index, None, &everywhere, trigger));
        }
    }
    findings
}

fn incident_findings(
    lexicon: &Lexicon,
    case: &CaseRecord,
    incident: usize,
    check: usize,
    findings: &mut Vec<Finding>,
) {
    let own = |saying: Saying| {
        let fits =
            |s: &&Statement| s.check == check && s.incident == incident && s.saying == saying;
        // The fullest statement tells most; the first of equals.
        case.statements
            .iter()
            .filter(fits)
            .max_by_key(|s| (s.quote.len(), std::cmp::Reverse(s.place)))
    };
    let own_check = &lexicon.checks[check];
    // The words for it may mean something else where nothing raises it: care for another injury.
    if own_check.if_triggered
        && triggered(lexicon, case, check, &same_incident(case, incident)).is_none()
    {
        return;
    }
    let mut said = false;
    for (saying, status) in [
        (Saying::Done, Status::Done),
        (Saying::NotDone, Status::StatedNotDone),
    ] {
        if let Some(statement) = own(saying) {
            said = true;
            findings.push(Finding {
                check,
                incident: Some(incident),
                status,
                statement: Some(statement.clone()),
                trigger: String::new(),
            });
        }
    }
    if said || own_check.whole_case {
        return;
    }
    let records = same_incident(case, incident);
    let elsewhere = case.statements.iter().any(|s| {
        s.check == check
            && records.contains(&s.incident)
            && matches!(s.saying, Saying::Done | Saying::NotDone)
    });
    // Of several records of one incident only the first is prompted about.
    if elsewhere || records.first() != Some(&incident) {
        return;
    }
    if let Some(trigger) = triggered(lexicon, case, check, &records) {
        findings.push(silence(case, check, Some(incident), &records, trigger));
    }
}

fn silence(
    case: &CaseRecord,
    check: usize,
    incident: Option<usize>,
    records: &BTreeSet<usize>,
    trigger: String,
) -> Finding {
    let planned = case
        .statements
        .iter()
        .find(|s| s.check == check && s.saying == Saying::Planned && records.contains(&s.incident));
    Finding {
        check,
        incident,
        status: Status::NoMentionFound,
        statement: planned.cloned(),
        trigger,
    }
}

/// The records of a case that bear the same incident reference: entries of one log.
fn same_incident(case: &CaseRecord, incident: usize) -> BTreeSet<usize> {
    let id = &case.incidents[incident].id;
    (0..case.incidents.len())
        .filter(|other| *other == incident || case.incidents[*other].id == *id)
        .collect()
}

/// The words that raise a check in some records of a case.
fn triggered(
    lexicon: &Lexicon,
    case: &CaseRecord,
    check: usize,
    records: &BTreeSet<usize>,
) -> Option<String> {
    let met = |trigger: &Trigger| {
        let ruled_out = case.statements.iter().any(|s| {
            s.saying == Saying::Trigger
                && records.contains(&s.incident)
                && trigger.unless.contains(&s.check)
        });
        if ruled_out {
            return None;
        }
        let words = match trigger.rule {
            None => None,
            Some(rule) => Some(
                case.statements
                    .iter()
                    .find(|s| s.rule == rule && records.contains(&s.incident))?,
            ),
        };
        // What an earlier relationship did asks nothing of those who came to this incident.
        let evidence = || {
            case.mentions.iter().filter(|m| {
                trigger.categories.contains(&m.category)
                    && records.contains(&m.incident)
                    && m.assertion.temporality != Temporality::Historical
            })
        };
        let kinds: BTreeSet<usize> = evidence().map(|m| m.category).collect();
        if !trigger.categories.is_empty() && kinds.len() < trigger.at_least {
            return None;
        }
        let incidents: BTreeSet<&str> = case
            .mentions
            .iter()
            .map(|m| case.incidents[m.incident].id.as_str())
            .collect();
        if incidents.len() < trigger.incidents {
            return None;
        }
        match words {
            Some(statement) => Some(statement.quote.clone()),
            None => evidence().next().map(|m| m.quote.clone()),
        }
    };
    lexicon.checks[check].triggers.iter().find_map(met)
}

/// The legal tests to show beside a check in an incident of that day. Without a day, all of them.
pub fn legal_tests<'l>(
    lexicon: &'l Lexicon,
    check: usize,
    jurisdiction: &str,
    day: Option<jiff::civil::Date>,
) -> Vec<&'l Legal> {
    let in_force = |legal: &&Legal| {
        day.is_none_or(|day| {
            legal.from.is_none_or(|from| from <= day)
                && legal.until.is_none_or(|until| day <= until)
        })
    };
    lexicon
        .legal
        .iter()
        .filter(|legal| legal.checks.contains(&check) && legal.jurisdiction == jurisdiction)
        .filter(in_force)
        .collect()
}

impl Legal {
    /// The test in one line, with where and since when it holds, and what is not confirmed about it.
    pub fn line(&self) -> String {
        let mut held: Vec<String> = Vec::new();
        held.extend(self.area.clone());
        match (self.from, self.until) {
            (Some(from), Some(until)) => held.push(format!("{from} to {until}")),
            (Some(from), None) => held.push(format!("from {from}")),
            (None, Some(until)) => held.push(format!("until {until}")),
            (None, None) => {}
        }
        let held = if held.is_empty() {
            String::new()
        } else {
            format!(" ({})", held.join(", "))
        };
        let open = self
            .unconfirmed
            .as_ref()
            .map_or_else(String::new, |what| format!(" Not confirmed: {what}"));
        format!("{}{held}{open} [{}]", self.text, self.source)
    }
}

impl Finding {
    /// Why it matters; for silence, the prompt first.
    pub fn why(&self, lexicon: &Lexicon) -> String {
        let check = &lexicon.checks[self.check];
        match (self.status, &self.statement) {
            (Status::NoMentionFound, Some(planned)) => format!(
                "The text plans this (\"{}\") and does not say that it was done. {} {}",
                one_line(&planned.quote),
                check.prompt,
                check.why
            ),
            (Status::NoMentionFound, None) => format!("{} {}", check.prompt, check.why),
            _ => check.why.clone(),
        }
    }

    /// The words to quote.
    pub fn quote(&self) -> &str {
        self.statement.as_ref().map_or("", |s| &s.quote)
    }
}

/// What a reader may still want to ask after in a case, as `check: status`, each once.
pub fn gaps(lexicon: &Lexicon, findings: &[Finding]) -> Vec<String> {
    let open: BTreeSet<(Status, usize)> = findings
        .iter()
        .filter(|f| f.status != Status::Done)
        .map(|f| (f.status, f.check))
        .collect();
    open.into_iter()
        .map(|(status, check)| format!("{}: {}", lexicon.checks[check].id, status.as_str()))
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
