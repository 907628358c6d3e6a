//! Which variants a word or a class may anchor, with what tells most quickly that they cannot match.
//!
//! Variants that need the same things beside their anchor are one group, so that what is tested for each
//! word grows with the things that are asked for, not with the rules that ask for them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::presence::Row;
use super::program::{Variant, Within};
use super::signature::Signatures;

/// Bits that a group asks for: with them it says as much as is worth the memory that it takes.
pub(crate) const NEEDS: usize = 4;

/// The rarest bits of [`super::presence::Presence`] that a unit must hold beside the anchor of a variant, the
/// rarest first; [`Signatures::ALWAYS`] where there is none.
pub(crate) type Needs = [u32; NEEDS];

/// What a variant needs beside its anchor.
pub(crate) fn needs(variant: &Variant) -> Needs {
    let mut needs = [Signatures::ALWAYS; NEEDS];
    // What may match over two units, the bits of one do not tell.
    if variant.within != Within::Passage {
        // The first is the bit of the anchor, which is there.
        let beside = variant.required.iter().skip(1);
        for (need, bit) in needs.iter_mut().zip(beside) {
            *need = *bit;
        }
    }
    needs
}

/// Variants that need the same.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Group {
    needs: Needs,
    /// The next group with another first need.
    next: u32,
    /// Its first variant; those of the next group follow.
    first: u32,
}

/// Variants by a key that can anchor them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Postings {
    /// The first group of each key, and how many there are.
    bounds: Vec<u32>,
    /// The groups, and one behind the last.
    groups: Vec<Group>,
    variants: Vec<u32>,
}

impl Postings {
    /// Builds the lists of `keys` keys, from keys with what a variant needs and its index.
    pub fn build(keys: usize, mut anchors: Vec<(u32, Needs, u32)>) -> Self {
        anchors.sort_unstable();
        anchors.dedup();
        let mut bounds = vec![0; keys + 1];
        let mut groups: Vec<Group> = Vec::new();
        for run in anchors.chunk_by(|a, b| a.0 == b.0) {
            let mut same_first = groups.len();
            for (at, anchor) in run.iter().enumerate() {
                let needs = anchor.1;
                if at > 0 && run[at - 1].1 == needs {
                    continue;
                }
                if at > 0 && run[at - 1].1[0] != needs[0] {
                    let next = groups.len() as u32;
                    groups[same_first..].iter_mut().for_each(|g| g.next = next);
                    same_first = groups.len();
                }
                groups.push(Group {
                    needs,
                    next: 0,
                    first: 0,
                });
            }
            let next = groups.len() as u32;
            groups[same_first..].iter_mut().for_each(|g| g.next = next);
            bounds[run[0].0 as usize + 1] = next;
        }
        for key in 1..bounds.len() {
            bounds[key] = bounds[key].max(bounds[key - 1]);
        }
        let runs = anchors.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        let mut first = 0;
        for (group, run) in groups.iter_mut().zip(runs) {
            group.first = first;
            first += run.len() as u32;
        }
        groups.push(Group {
            needs: [Signatures::ALWAYS; NEEDS],
            next: 0,
            first,
        });
        Self {
            bounds,
            groups,
            variants: anchors.into_iter().map(|(_, _, variant)| variant).collect(),
        }
    }

    /// The groups of a key.
    #[inline]
    pub fn groups(&self, key: u32) -> Range<u32> {
        self.bounds
            .get(key as usize + 1)
            .map_or(0..0, |end| self.bounds[key as usize]..*end)
    }

    /// Hands on each variant of some groups for which a unit holds what it needs.
    #[inline]
    pub fn each(&self, groups: Range<u32>, row: Row<'_>, mut hand: impl FnMut(u32)) {
        let mut at = groups.start as usize;
        while at < groups.end as usize {
            let group = &self.groups[at];
            if !row.has(group.needs[0]) {
                at = group.next as usize;
                continue;
            }
            at += 1;
            if group.needs[1..].iter().all(|need| row.has(*need)) {
                let end = self.groups[at].first as usize;
                for variant in &self.variants[group.first as usize..end] {
                    hand(*variant);
                }
            }
        }
    }
}
