//! Proposes links between cases in which the same name stands. It merges nothing: two people may
//! share a name, and one may be written in two ways. Asked for with `--link-names`, off otherwise.

use std::collections::BTreeMap;

/// Cases in which one name stands at most; a name in more tells of nobody in particular.
const MOST: usize = 20;

/// Gathers full names by case.
#[derive(Debug, Default)]
pub struct NameIndex {
    /// By name in lower case: cases, each with its first incident in the order of letters and the
    /// name as it is written there.
    names: BTreeMap<String, BTreeMap<String, (String, String)>>,
}

/// A name that stands in several cases: a proposal, for a person to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The name as it is first written.
    pub name: String,
    /// The cases, in the order of letters.
    pub cases: Vec<String>,
    /// An incident of each, in the same order.
    pub incidents: Vec<String>,
}

/// What stands beside every proposal.
pub const NOTE: &str =
    "proposal only, nothing was joined: people share names, and names are written in several ways";

impl NameIndex {
    /// Notes a name in an incident.
    pub fn note(&mut self, name: &str, case: &str, incident: &str) {
        let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        let own = (incident.to_owned(), name.to_owned());
        let cases = self.names.entry(words.join(" ")).or_default();
        cases
            .entry(case.to_owned())
            .and_modify(|first| {
                if own < *first {
                    first.clone_from(&own);
                }
            })
            .or_insert_with(|| own.clone());
    }

    /// The names that stand in several cases, but not in too many.
    pub fn proposals(self) -> Vec<Proposal> {
        let several = self
            .names
            .into_values()
            .filter(|c| (2..=MOST).contains(&c.len()));
        several
            .map(|cases| Proposal {
                name: cases
                    .values()
                    .next()
                    .map_or_else(String::new, |own| own.1.clone()),
                incidents: cases.values().map(|own| own.0.clone()).collect(),
                cases: cases.into_keys().collect(),
            })
            .collect()
    }
}
