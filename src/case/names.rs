//! Proposes links between cases in which the same name stands. It merges nothing: two people may
//! share a name, and one may be written in two ways. Asked for with `--link-names`, off otherwise.

use std::path::Path;

use crate::error::Result;
use crate::spill::{Sorter, Storage, text_key, unpack};

/// Cases in which one name stands at most; a name in more tells of nobody in particular.
const MOST: usize = 20;

/// Bytes of names held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 8 << 20;

/// Gathers full names by case.
#[derive(Debug)]
pub struct NameIndex {
    /// By name in lower case, then by case: an incident and the name as it is written there.
    names: Sorter,
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
    /// No name yet; what does not fit into memory waits in `folder`.
    pub fn new(storage: &Storage, folder: &Path) -> Self {
        Self {
            names: Sorter::new(storage, folder, "names", HELD_BYTES),
        }
    }

    /// Notes a name in an incident.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub fn note(&mut self, name: &str, case: &str, incident: &str) -> Result<()> {
        let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        let mut key = Vec::new();
        text_key(&mut key, &words.join(" "));
        let same = key.len();
        text_key(&mut key, case);
        self.names.push_packed(&key, &(same, case, incident, name))
    }

    /// Hands on the names that stand in several cases, but not in too many.
    ///
    /// # Errors
    /// If what was kept cannot be read, or whatever `sink` returns.
    pub fn proposals(self, sink: &mut dyn FnMut(Proposal) -> Result<()>) -> Result<()> {
        let names = self.names.finish()?;
        let mut rows = names.read()?;
        let (mut name, mut cases): (Vec<u8>, Vec<InCase>) = Default::default();
        while let Some((key, value)) = rows.next()? {
            let (same, case, incident, written): (usize, String, String, String) = unpack(value)?;
            if key[..same] != name {
                proposal(std::mem::take(&mut cases), sink)?;
                name.clear();
                name.extend_from_slice(&key[..same]);
            }
            let own = (incident, written);
            // One case more than are named tells that there are too many.
            let full = cases.len() > MOST;
            match cases.last_mut() {
                Some(last) if last.case == case => {
                    if own < last.first {
                        last.first = own;
                    }
                }
                _ if full => {}
                _ => cases.push(InCase { case, first: own }),
            }
        }
        proposal(cases, sink)
    }
}

/// A name in a case.
#[derive(Debug)]
struct InCase {
    case: String,
    /// The first incident in the order of letters, and the name as it is written there.
    first: (String, String),
}

fn proposal(cases: Vec<InCase>, sink: &mut dyn FnMut(Proposal) -> Result<()>) -> Result<()> {
    if !(2..=MOST).contains(&cases.len()) {
        return Ok(());
    }
    sink(Proposal {
        name: cases[0].first.1.clone(),
        incidents: cases.iter().map(|own| own.first.0.clone()).collect(),
        cases: cases.into_iter().map(|own| own.case).collect(),
    })
}
