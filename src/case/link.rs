//! Joins records into cases by what they share: a case reference, a person's number, an address.
//!
//! Records are nodes; two that hold the same value of the same key are joined, and so, in a chain,
//! are all that hang together. An empty value never joins. Nothing is compared loosely: values are
//! the same if they are letter for letter, but for case and blanks.
//!
//! Values and references are sorted on the disk; memory holds a few numbers of each record, and the
//! names of the cases into which some are joined.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::spill::{Sorted, Sorter, Storage, text_key, unpack};

/// Bytes of values, and of references, held in memory; the rest waits on the disk.
const HELD_BYTES: usize = 8 << 20;

/// Stands for no number.
const NONE: u32 = u32::MAX;

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
    storage: Storage,
    folder: std::path::PathBuf,
    /// By key and value, the records that hold it.
    values: Sorter,
    /// By number, what a record is called: see [`Node`].
    records: Sorter,
    /// The number of each record, by input and by its number there.
    numbers: Vec<Vec<u32>>,
    added: u32,
}

/// What a case may be called after, of one record.
#[derive(Debug, Serialize, Deserialize)]
struct Node<'n> {
    case: Option<&'n str>,
    incident: &'n str,
    /// A number made of its reference and values.
    digest: u64,
}

/// What records were joined into, and by what.
#[derive(Debug, Default)]
pub struct Links {
    /// The case of each record that was joined, by input and by its number there.
    cases: Vec<Vec<u32>>,
    names: Names,
    /// For the manifest.
    pub counts: LinkCounts,
}

/// The names of cases, one behind the other.
#[derive(Debug, Default)]
struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// Adds a name; returns its number.
    fn add(&mut self, name: &str) -> Result<u32> {
        let number = number(self.ends.len())?;
        self.text.push_str(name);
        self.ends.push(self.text.len());
        Ok(number)
    }

    fn get(&self, number: u32) -> Option<&str> {
        let number = usize::try_from(number).ok()?;
        let end = *self.ends.get(number)?;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.text.get(start..end)
    }
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
    /// Nothing joined yet; what does not fit into memory waits in `folder`.
    pub fn new(keys: LinkKeys, storage: &Storage, folder: &Path) -> Self {
        Self {
            keys,
            storage: storage.clone(),
            folder: folder.to_owned(),
            values: Sorter::new(storage, folder, "values", HELD_BYTES),
            records: Sorter::new(storage, folder, "references", HELD_BYTES),
            numbers: Vec::new(),
            added: 0,
        }
    }

    /// Adds a record with the values of its columns, in the order of [`LinkKeys::columns`].
    ///
    /// # Errors
    /// If it cannot be kept.
    pub fn add(
        &mut self,
        (input, record): (usize, u64),
        case: Option<&str>,
        incident: &str,
        values: &[Option<String>],
    ) -> Result<()> {
        let node = number(self.added as usize)?;
        self.added += 1;
        let place = number(usize::try_from(record).unwrap_or(usize::MAX))? as usize;
        if self.numbers.len() <= input {
            self.numbers.resize(input + 1, Vec::new());
        }
        let numbers = &mut self.numbers[input];
        if numbers.len() <= place {
            numbers.resize(place + 1, NONE);
        }
        numbers[place] = node;
        let mut hasher = DefaultHasher::new();
        (incident, values).hash(&mut hasher);
        let own = Node {
            case,
            incident,
            digest: hasher.finish(),
        };
        self.records.push_packed(&node.to_be_bytes(), &own)?;
        let mut join = |key: usize, value: &str| {
            let mut bytes = number(key)?.to_be_bytes().to_vec();
            bytes.extend(value.bytes());
            self.values.push(&bytes, &node.to_be_bytes())
        };
        // The case reference is a key of its own, which needs no asking.
        if let Some(case) = case {
            join(self.keys.keys.len(), case)?;
        }
        for (key, asked) in self.keys.keys.iter().enumerate() {
            for column in &asked.columns {
                let value = values.get(*column).and_then(Option::as_deref);
                if let Some(value) = value.map(folded).filter(|value| !value.is_empty()) {
                    join(key, &value)?;
                }
            }
        }
        Ok(())
    }

    /// The cases. A case bears the first, in the order of letters, of the case references in it;
    /// without one, the first of the incident references, marked as linked.
    ///
    /// # Errors
    /// If what was kept cannot be read.
    pub fn finish(self) -> Result<Links> {
        let keys: Vec<String> = self.keys.keys.iter().map(|key| key.name.clone()).collect();
        let (mut union, by_key) = joined(&self.values.finish()?, self.added, keys.len())?;
        let mut counts = LinkCounts {
            records: self.added as usize,
            ..LinkCounts::default()
        };
        let sorter = |name| Sorter::new(&self.storage, &self.folder, name, HELD_BYTES);
        let (groups, mut given) = grouped(&self.records.finish()?, &mut union, sorter("groups"))?;
        let named = named(&groups, sorter("joined"), &mut union, &mut counts)?;
        for (key, by) in keys.into_iter().zip(&by_key) {
            let own = by
                .iter()
                .zip(&union.parent)
                .filter(|(by, root)| **by && union.kind[**root as usize] == Kind::Joined);
            counts.by_column.insert(key, own.count());
        }
        // In the order of their first references, so that the order of the input changes no name.
        let mut names = Names::default();
        let mut rows = named.read()?;
        let mut case_of = vec![NONE; union.parent.len()];
        while let Some((_, group)) = rows.next()? {
            let (root, first, references): (u32, String, Vec<String>) = unpack(group)?;
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
            case_of[root as usize] = names.add(&id)?;
            if references.len() > 1 {
                counts.references_joined.insert(id, references);
            }
        }
        let mut cases = self.numbers;
        for number in cases.iter_mut().flatten().filter(|number| **number != NONE) {
            *number = case_of[union.parent[*number as usize] as usize];
        }
        Ok(Links {
            cases,
            names,
            counts,
        })
    }
}

/// What is known of a group of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// One record alone.
    Alone,
    /// Several, in one case by their case reference alone.
    Several,
    /// Several that were joined into a case.
    Joined,
}

/// Which records hang together.
#[derive(Debug)]
struct Union {
    parent: Vec<u32>,
    /// By the first record of each group.
    kind: Vec<Kind>,
}

impl Union {
    fn root(&mut self, mut node: u32) -> u32 {
        loop {
            let above = self.parent[node as usize];
            if above == node {
                return node;
            }
            let further = self.parent[above as usize];
            self.parent[node as usize] = further;
            node = further;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

/// Joins the records that share a value; for each key, which of them share one of its values.
fn joined(values: &Sorted, records: u32, keys: usize) -> Result<(Union, Vec<Vec<bool>>)> {
    let mut union = Union {
        parent: (0..records).collect(),
        kind: vec![Kind::Alone; records as usize],
    };
    let mut by_key = vec![vec![false; records as usize]; keys];
    let mut rows = values.read()?;
    let (mut value, mut first) = (Vec::new(), NONE);
    while let Some((key, node)) = rows.next()? {
        let node = of_bytes(node);
        if first == NONE || value != key {
            value.clear();
            value.extend_from_slice(key);
            first = node;
        } else if node != first {
            union.join(first, node);
            if let Some(by) = by_key.get_mut(of_bytes(key) as usize) {
                by[first as usize] = true;
                by[node as usize] = true;
            }
        }
    }
    for node in 0..records {
        let root = union.root(node);
        union.parent[node as usize] = root;
        if root != node {
            union.kind[root as usize] = Kind::Several;
        }
    }
    Ok((union, by_key))
}

/// Puts what records are called with their groups, and gives the case references of the input that
/// could be taken for names of ours.
fn grouped(
    records: &Sorted,
    union: &mut Union,
    mut groups: Sorter,
) -> Result<(Sorted, BTreeSet<String>)> {
    let mut given = BTreeSet::new();
    let mut rows = records.read()?;
    while let Some((node, own)) = rows.next()? {
        let root = union.parent[of_bytes(node) as usize];
        if let Some(case) = unpack::<Node<'_>>(own)?.case
            && case.starts_with("linked ")
            && !given.contains(case)
        {
            given.insert(case.to_owned());
        }
        if union.kind[root as usize] != Kind::Alone {
            groups.push(&root.to_be_bytes(), own)?;
        }
    }
    Ok((groups.finish()?, given))
}

/// The groups that are joined into cases, in the order of the names that they are given.
fn named(
    groups: &Sorted,
    mut named: Sorter,
    union: &mut Union,
    counts: &mut LinkCounts,
) -> Result<Sorted> {
    let mut take = |root: u32, group: Group| {
        if group.references.len() == 1 && group.lone == 0 {
            // A case as the input has it.
            return Ok(());
        }
        counts.records_joined += group.records;
        counts.cases_joined += 1;
        union.kind[root as usize] = Kind::Joined;
        let references: Vec<String> = group.references.into_iter().collect();
        let first = references.first().unwrap_or(&group.incident);
        let mut key = Vec::new();
        text_key(&mut key, first);
        key.extend(group.digest.to_be_bytes());
        named.push_packed(&key, &(root, first, &references))
    };
    let mut rows = groups.read()?;
    let mut group: Option<(u32, Group)> = None;
    while let Some((root, own)) = rows.next()? {
        let (root, own) = (of_bytes(root), unpack(own)?);
        match &mut group {
            Some((same, group)) if *same == root => group.add(&own),
            _ => {
                if let Some((root, group)) = group.take() {
                    take(root, group)?;
                }
                let (_, new) = group.insert((root, Group::default()));
                new.add(&own);
            }
        }
    }
    if let Some((root, group)) = group {
        take(root, group)?;
    }
    named.finish()
}

/// Records that hang together.
#[derive(Debug, Default)]
struct Group {
    records: usize,
    references: BTreeSet<String>,
    /// Records without a case reference.
    lone: usize,
    /// The first incident reference in the order of letters.
    incident: String,
    /// The same in whatever order its records come.
    digest: u64,
}

impl Group {
    fn add(&mut self, node: &Node<'_>) {
        if self.records == 0 || node.incident < self.incident.as_str() {
            node.incident.clone_into(&mut self.incident);
        }
        self.records += 1;
        self.digest = self.digest.wrapping_add(node.digest);
        match node.case {
            None => self.lone += 1,
            Some(case) if self.references.contains(case) => {}
            Some(case) => drop(self.references.insert(case.to_owned())),
        }
    }
}

impl Links {
    /// The case that a record was joined into; `None` leaves it where it is.
    pub fn case(&self, input: usize, record: u64) -> Option<&str> {
        let record = usize::try_from(record).ok()?;
        self.names.get(*self.cases.get(input)?.get(record)?)
    }
}

/// A number of four bytes, the last of which stands for none.
fn number(number: usize) -> Result<u32> {
    let number = u32::try_from(number).ok().filter(|number| *number != NONE);
    number.ok_or_else(|| Error::usage("--link-by: more records than can be joined"))
}

/// The number that begins with these bytes.
fn of_bytes(bytes: &[u8]) -> u32 {
    let first = bytes.first_chunk().copied();
    first.map_or(NONE, u32::from_be_bytes)
}

/// A value as it is compared.
fn folded(value: &str) -> String {
    let words: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}
