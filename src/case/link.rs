//! Joins records into cases by what they share: a case reference, a person's number, an address.
//!
//! Records are nodes; two that hold the same value of the same key are joined, and so, in a chain,
//! are all that hang together. An empty value never joins. Nothing is compared loosely: values are
//! the same if they are letter for letter, but for case and blanks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// One key to link by: columns whose values are compared with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkKey {
    /// The columns, by their place in [`LinkKeys::columns`].
    pub columns: Vec<usize>,
    /// The key as it was asked for: `victim_id` or `victim_id+suspect_id`.
    pub name: String,
}

/// What `--link-by` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkKeys {
    /// Every column, each once.
    pub columns: Vec<String>,
    /// The keys.
    pub keys: Vec<LinkKey>,
}

impl LinkKeys {
    /// Reads keys; `+` stands between columns that share one key.
    ///
    /// ```
    /// use throughline::case::link::LinkKeys;
    /// let keys = LinkKeys::parse(&["victim_id+suspect_id".into(), "address".into()]);
    /// assert_eq!(keys.columns, ["victim_id", "suspect_id", "address"]);
    /// assert_eq!(keys.keys[0].columns, [0, 1]);
    /// ```
    pub fn parse(list: &[String]) -> Self {
        let mut all = Self::default();
        for name in list {
            let mut columns = Vec::new();
            for column in name.split('+').map(str::trim).filter(|c| !c.is_empty()) {
                let place = all.columns.iter().position(|known| known == column);
                columns.push(place.unwrap_or_else(|| {
                    all.columns.push(column.to_owned());
                    all.columns.len() - 1
                }));
            }
            if !columns.is_empty() {
                let name = name.trim().to_owned();
                all.keys.push(LinkKey { columns, name });
            }
        }
        all
    }
}

/// Gathers records and what they share.
#[derive(Debug)]
pub struct Linker {
    keys: LinkKeys,
    /// Input and number of each record, its case reference and its own.
    records: Vec<Node>,
    /// The first record that held a value, by key and value.
    seen: BTreeMap<(usize, String), usize>,
    parent: Vec<usize>,
    joined_by: Vec<BTreeSet<usize>>,
}

#[derive(Debug)]
struct Node {
    input: usize,
    record: u64,
    case: Option<String>,
    incident: String,
}

/// What records were joined into, and by what.
#[derive(Debug, Default)]
pub struct Links {
    cases: BTreeMap<(usize, u64), String>,
    /// For the manifest.
    pub counts: LinkCounts,
}

/// How much was joined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LinkCounts {
    /// Records read.
    pub records: usize,
    /// Records that share a case with another one only because of a column to link by.
    pub records_joined: usize,
    /// Cases into which they were joined.
    pub cases_joined: usize,
    /// Of the records joined, those that share a value of a key with another one, by key.
    pub by_column: BTreeMap<String, usize>,
    /// Case references that now stand in one case with another reference, by the case.
    pub references_joined: BTreeMap<String, Vec<String>>,
}

impl Linker {
    /// Nothing joined yet.
    pub fn new(keys: LinkKeys) -> Self {
        Self {
            joined_by: vec![BTreeSet::new(); keys.keys.len()],
            keys,
            records: Vec::new(),
            seen: BTreeMap::new(),
            parent: Vec::new(),
        }
    }

    /// Adds a record with the values of its columns, in the order of [`LinkKeys::columns`].
    pub fn add(
        &mut self,
        (input, record): (usize, u64),
        case: Option<&str>,
        incident: String,
        values: &[Option<String>],
    ) {
        let node = self.records.len();
        self.records.push(Node {
            input,
            record,
            case: case.map(str::to_owned),
            incident,
        });
        self.parent.push(node);
        // The case reference is a key of its own, which needs no asking.
        if let Some(case) = case {
            self.join(self.keys.keys.len(), case.to_owned(), node);
        }
        for key in 0..self.keys.keys.len() {
            for column in self.keys.keys[key].columns.clone() {
                let value = values.get(column).and_then(Option::as_deref);
                if let Some(value) = value.map(folded).filter(|value| !value.is_empty()) {
                    self.join(key, value, node);
                }
            }
        }
    }

    fn join(&mut self, key: usize, value: String, node: usize) {
        let first = *self.seen.entry((key, value)).or_insert(node);
        if first == node {
            return;
        }
        if let Some(joined) = self.joined_by.get_mut(key) {
            joined.extend([first, node]);
        }
        let (a, b) = (self.root(first), self.root(node));
        self.parent[a.max(b)] = a.min(b);
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parent[node] != node {
            self.parent[node] = self.parent[self.parent[node]];
            node = self.parent[node];
        }
        node
    }

    /// The cases. A case bears the first, in the order of letters, of the case references in it;
    /// without one, the first of the incident references, marked as linked.
    pub fn finish(mut self) -> Links {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for node in 0..self.records.len() {
            groups.entry(self.root(node)).or_default().push(node);
        }
        let mut counts = LinkCounts {
            records: self.records.len(),
            ..LinkCounts::default()
        };
        let mut cases = BTreeMap::new();
        let mut given: BTreeSet<String> =
            self.records.iter().filter_map(|n| n.case.clone()).collect();
        // In the order of their first references, so that the order of the input changes no name.
        let mut named: Vec<(String, Vec<usize>, Vec<String>)> = Vec::new();
        for nodes in groups.into_values().filter(|nodes| nodes.len() > 1) {
            let references: BTreeSet<&String> = nodes
                .iter()
                .filter_map(|n| self.records[*n].case.as_ref())
                .collect();
            let references: Vec<String> = references.into_iter().cloned().collect();
            let lone = nodes
                .iter()
                .filter(|n| self.records[**n].case.is_none())
                .count();
            if references.len() == 1 && lone == 0 {
                // A case as the input has it.
                continue;
            }
            let first = match references.first() {
                Some(case) => case.clone(),
                None => nodes
                    .iter()
                    .map(|n| self.records[*n].incident.clone())
                    .min()
                    .unwrap_or_default(),
            };
            counts.records_joined += nodes.len();
            counts.cases_joined += 1;
            named.push((first, nodes, references));
        }
        let joined: BTreeSet<usize> = named.iter().flat_map(|n| n.1.iter().copied()).collect();
        for (key, by) in self.keys.keys.iter().zip(&self.joined_by) {
            let own = by.intersection(&joined).count();
            counts.by_column.insert(key.name.clone(), own);
        }
        named.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        for (first, nodes, references) in named {
            let id = if references.is_empty() {
                let mut id = format!("linked {first}");
                for number in 2.. {
                    if given.insert(id.clone()) {
                        break;
                    }
                    id = format!("linked {first} ({number})");
                }
                id
            } else {
                first
            };
            if references.len() > 1 {
                counts.references_joined.insert(id.clone(), references);
            }
            for node in nodes {
                let node = &self.records[node];
                cases.insert((node.input, node.record), id.clone());
            }
        }
        Links { cases, counts }
    }
}

impl Links {
    /// The case that a record was joined into; `None` leaves it where it is.
    pub fn case(&self, input: usize, record: u64) -> Option<&str> {
        self.cases.get(&(input, record)).map(String::as_str)
    }
}

/// A value as it is compared.
fn folded(value: &str) -> String {
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}
