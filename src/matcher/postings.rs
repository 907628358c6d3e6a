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

/// Groups with the same first need: most words of a text are done with by these alone.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Head {
    need: u32,
    /// Its first group; those of the next head follow.
    group: u32,
}

/// Variants that need the same.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Group {
    /// The needs behind the first.
    needs: [u32; NEEDS - 1],
    /// Its first variant; those of the next group follow.
    variant: u32,
}

/// Variants by a key that can anchor them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Postings {
    /// The first head of each key, and how many there are.
    bounds: Vec<u32>,
    /// The heads, and one behind the last.
    heads: Vec<Head>,
    /// The groups, and one behind the last.
    groups: Vec<Group>,
    variants: Vec<u32>,
}

impl Postings {
    /// Builds the lists of `keys` keys, from keys with what a variant needs and its index.
    pub fn build(keys: usize, mut anchors: Vec<(u32, Needs, u32)>) -> Self {
        anchors.sort_unstable();
        anchors.dedup();
        let mut built = Self {
            bounds: vec![0; keys + 1],
            ..Self::default()
        };
        let mut last: Option<(u32, Needs)> = None;
        for (at, (key, needs, _)) in anchors.iter().enumerate() {
            let (need, rest) = (needs[0], [needs[1], needs[2], needs[3]]);
            let same_head = last.is_some_and(|(k, n)| (k, n[0]) == (*key, need));
            if !same_head {
                let group = built.groups.len() as u32;
                built.heads.push(Head { need, group });
                built.bounds[*key as usize + 1] = built.heads.len() as u32;
            }
            if last != Some((*key, *needs)) {
                built.groups.push(Group {
                    needs: rest,
                    variant: at as u32,
                });
            }
            last = Some((*key, *needs));
        }
        for key in 1..built.bounds.len() {
            built.bounds[key] = built.bounds[key].max(built.bounds[key - 1]);
        }
        built.heads.push(Head {
            need: Signatures::ALWAYS,
            group: built.groups.len() as u32,
        });
        built.groups.push(Group {
            needs: [Signatures::ALWAYS; NEEDS - 1],
            variant: anchors.len() as u32,
        });
        built.variants = anchors.into_iter().map(|(_, _, variant)| variant).collect();
        built
    }

    /// The heads of a key.
    #[inline]
    pub fn heads(&self, key: u32) -> Range<u32> {
        self.bounds
            .get(key as usize + 1)
            .map_or(0..0, |end| self.bounds[key as usize]..*end)
    }

    /// Hands on each variant under some heads for which a unit holds what it needs.
    #[inline]
    pub fn each(&self, heads: Range<u32>, row: Row<'_>, mut hand: impl FnMut(u32)) {
        if heads.is_empty() {
            return;
        }
        // One behind the last of each tells where it ends.
        for pair in self.heads[heads.start as usize..=heads.end as usize].windows(2) {
            if !row.has(pair[0].need) {
                continue;
            }
            let groups = &self.groups[pair[0].group as usize..=pair[1].group as usize];
            for pair in groups.windows(2) {
                if pair[0].needs.iter().all(|need| row.has(*need)) {
                    let variants = pair[0].variant as usize..pair[1].variant as usize;
                    self.variants[variants].iter().copied().for_each(&mut hand);
                }
            }
        }
    }
}
