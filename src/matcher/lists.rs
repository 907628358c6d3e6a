//! Many short lists in one piece of memory.

use serde::{Deserialize, Serialize};

/// Lists by key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lists<T> {
    bounds: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            bounds: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<T: Ord> Lists<T> {
    /// Builds `keys` lists from `(key, item)` pairs.
    pub fn build(keys: usize, mut pairs: Vec<(u32, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut bounds = vec![0; keys + 1];
        for (key, _) in &pairs {
            bounds[*key as usize + 1] += 1;
        }
        for index in 1..bounds.len() {
            bounds[index] += bounds[index - 1];
        }
        Self {
            bounds,
            items: pairs.into_iter().map(|(_, item)| item).collect(),
        }
    }
}

impl<T: Copy> Lists<T> {
    /// The lists as they come, by their number.
    pub fn of_lists<'a>(lists: impl Iterator<Item = &'a [T]>) -> Self
    where
        T: 'a,
    {
        let (mut bounds, mut items) = (vec![0], Vec::new());
        for list in lists {
            items.extend_from_slice(list);
            bounds.push(items.len() as u32);
        }
        Self { bounds, items }
    }
}

impl<T> Lists<T> {
    /// The list of a key.
    #[inline]
    pub fn of(&self, key: u32) -> &[T] {
        &self.items[self.bounds[key as usize] as usize..self.bounds[key as usize + 1] as usize]
    }

    /// How many keys there are.
    pub fn keys(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }
}

/// Bits in one block of 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Block {
    /// Which block.
    pub index: u32,
    /// Its bits: one at least.
    pub bits: u64,
}

/// The blocks that hold `bits`, which come in order.
pub(crate) fn blocks(bits: impl Iterator<Item = u32>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for bit in bits {
        let (index, own) = (bit / 64, 1 << (bit % 64));
        match blocks.last_mut() {
            Some(last) if last.index == index => last.bits |= own,
            _ => blocks.push(Block { index, bits: own }),
        }
    }
    blocks
}

/// For each of `keys` the bits of the sets that it is in, as blocks in order. The sets come in the order of their
/// bits; two may have the same bit.
pub(crate) fn transposed<'s>(
    keys: usize,
    sets: impl Iterator<Item = (u32, &'s [u32])> + Clone,
) -> Lists<Block> {
    const NONE: u32 = u32::MAX;
    let mut last = vec![NONE; keys];
    let mut bounds = vec![0_u32; keys + 1];
    for (bit, members) in sets.clone() {
        for key in members {
            let key = *key as usize;
            bounds[key + 1] += u32::from(last[key] != bit / 64);
            last[key] = bit / 64;
        }
    }
    for index in 1..bounds.len() {
        bounds[index] += bounds[index - 1];
    }
    let empty = Block {
        index: NONE,
        bits: 0,
    };
    let mut items = vec![empty; bounds[keys] as usize];
    // How many blocks of each key are filled.
    let mut filled = vec![0_u32; keys];
    for (bit, members) in sets {
        let (index, own) = (bit / 64, 1 << (bit % 64));
        for key in members {
            let key = *key as usize;
            let next = bounds[key] + filled[key];
            match filled[key].checked_sub(1).map(|_| next as usize - 1) {
                Some(at) if items[at].index == index => items[at].bits |= own,
                _ => {
                    items[next as usize] = Block { index, bits: own };
                    filled[key] += 1;
                }
            }
        }
    }
    Lists { bounds, items }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_bits_of_its_sets() {
        let sets: [(u32, &[u32]); 5] = [
            (3, &[0, 2]),
            (3, &[1]),
            (63, &[2]),
            (64, &[2, 0]),
            (700, &[0]),
        ];
        let lists = transposed(4, sets.into_iter());
        for key in 0..4 {
            let own = sets.iter().filter(|(_, keys)| keys.contains(&key));
            assert_eq!(lists.of(key), blocks(own.map(|(bit, _)| *bit)), "{key}");
        }
    }
}
