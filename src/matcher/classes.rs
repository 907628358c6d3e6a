//! Which words and phrases belong to which class.
//!
//! What is kept grows with the members of classes, not with words times classes: each distinct set of classes
//! is a row, of which only blocks of 64 classes with a member are stored. Where they stand close together they
//! are laid out as they come, with what lies between them; what stands apart is found by hashing.

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::lists::{Block, Lists, blocks, transposed};
use super::pairs::PhrasePairs;
use super::signature::{Signatures, StepBits};
use crate::segment::WordId;

/// Number of a class of words and phrases.
pub(crate) type ClassId = u32;

/// A literal phrase that is a member of classes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Phrase {
    /// Its words: two at least.
    pub words: Box<[WordId]>,
    /// Its kind: phrases of the same classes are of one.
    pub kind: u32,
}

/// Which words and phrases belong to which class.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub(crate) struct Classes {
    /// The row of each word: many words belong to the same classes.
    words: Vec<u32>,
    /// The row of each kind of phrase.
    kinds: Vec<u32>,
    /// The first 64 classes of each word.
    first: Vec<u64>,
    /// The first 64 classes of each kind of phrase.
    first_of_kinds: Vec<u64>,
    /// The classes of each row, by blocks of 64.
    rows: Lists<Block>,
    #[serde(skip)]
    laid_out: LaidOut,
    /// Phrases by their first two words.
    pub pairs: PhrasePairs,
    /// What a word or phrase says of the steps that could take it.
    pub signatures: Signatures,
}

/// What of [`Classes`] is written into the program.
#[derive(Deserialize)]
struct Stored {
    words: Vec<u32>,
    kinds: Vec<u32>,
    first: Vec<u64>,
    first_of_kinds: Vec<u64>,
    rows: Lists<Block>,
    pairs: PhrasePairs,
    signatures: Signatures,
}

impl From<Stored> for Classes {
    fn from(stored: Stored) -> Self {
        Self {
            laid_out: LaidOut::of(&stored.rows, &stored.words, &stored.kinds),
            words: stored.words,
            kinds: stored.kinds,
            first: stored.first,
            first_of_kinds: stored.first_of_kinds,
            rows: stored.rows,
            pairs: stored.pairs,
            signatures: stored.signatures,
        }
    }
}

/// The rows as they are asked.
#[derive(Debug, Default)]
struct LaidOut {
    /// The row of each word.
    words: Vec<Window>,
    /// The row of each kind of phrase.
    kinds: Vec<Window>,
    /// The blocks of all windows.
    blocks: Vec<u64>,
    /// The blocks of rows without a window, by row and block: a table of open addressing, never full.
    slots: Vec<Slot>,
}

/// From the first to the last block of a row.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    /// Where its blocks are; of a row whose blocks are few and far apart, its number.
    place: u32,
    first: u32,
    /// How many it has: none if they are far apart.
    blocks: u32,
}

/// A block of a row; empty if it holds no bit.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    row: u32,
    block: u32,
    bits: u64,
}

/// A row is laid out if one of so many of its blocks holds something.
const SPARSEST: usize = 8;

impl LaidOut {
    fn of(rows: &Lists<Block>, words: &[u32], kinds: &[u32]) -> Self {
        let mut own = Self::default();
        let mut apart = Vec::new();
        let mut windows = Vec::with_capacity(rows.keys());
        let reach = |blocks: &[Block]| match blocks {
            [] => (0, 0),
            [first, ..] => (first.index, blocks[blocks.len() - 1].index + 1),
        };
        let is_apart = |blocks: &[Block]| {
            let (first, last) = reach(blocks);
            (last - first) as usize > blocks.len() * SPARSEST
        };
        let all = (0..rows.keys() as u32).map(|row| rows.of(row));
        let laid_out = all.filter(|blocks| !is_apart(blocks)).map(|blocks| {
            let (first, last) = reach(blocks);
            (last - first) as usize
        });
        // All at once: of memory that comes empty from the system, what nothing is written to costs nothing.
        own.blocks = vec![0; laid_out.sum()];
        let mut place = 0;
        for row in 0..rows.keys() as u32 {
            let blocks = rows.of(row);
            let (first, last) = reach(blocks);
            if is_apart(blocks) {
                apart.extend(blocks.iter().map(|block| (row, block)));
                windows.push(Window {
                    place: row,
                    ..Window::default()
                });
                continue;
            }
            for block in blocks {
                own.blocks[place + (block.index - first) as usize] = block.bits;
            }
            windows.push(Window {
                place: place as u32,
                first,
                blocks: last - first,
            });
            place += (last - first) as usize;
        }
        // The first row is empty: it has no window, and nothing apart.
        windows[0] = Window::default();
        let size = (apart.len() * 2 + 2).next_power_of_two();
        own.slots = vec![Slot::default(); size];
        for (row, block) in apart {
            let mut at = hash(row, block.index) & (size - 1);
            while own.slots[at].bits != 0 {
                at = (at + 1) & (size - 1);
            }
            own.slots[at] = Slot {
                row,
                block: block.index,
                bits: block.bits,
            };
        }
        let window = |row: &u32| windows[*row as usize];
        own.words = words.iter().map(window).collect();
        own.kinds = kinds.iter().map(window).collect();
        own
    }

    #[inline]
    fn has(&self, window: Window, class: ClassId) -> bool {
        let block = class / 64;
        let inside = block.wrapping_sub(window.first);
        if inside < window.blocks {
            return self.blocks[(window.place + inside) as usize] >> (class % 64) & 1 == 1;
        }
        window.blocks == 0 && window.place != 0 && self.apart(window.place, class)
    }

    /// Whether a row that is not laid out holds a class.
    #[cold]
    fn apart(&self, row: u32, class: ClassId) -> bool {
        let block = class / 64;
        let mask = self.slots.len() - 1;
        let mut at = hash(row, block) & mask;
        loop {
            let slot = &self.slots[at];
            if slot.bits == 0 || slot.row == row && slot.block == block {
                return slot.bits >> (class % 64) & 1 == 1;
            }
            at = (at + 1) & mask;
        }
    }
}

/// Several classes, to be asked for at once: see [`Classes::any_of`]. All bits where one of them is not
/// among the first 64.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AnyOf(u64);

impl Classes {
    /// Makes the table for `words` ids, from the words of each class, the phrases and the classes of
    /// each kind of phrase.
    pub fn build(
        words: usize,
        members_of: &[Vec<WordId>],
        phrases: &[Phrase],
        kinds: &[Vec<ClassId>],
        bits: &StepBits,
    ) -> Self {
        let classes = members_of.iter().enumerate();
        let classes = classes.map(|(class, members)| (class as u32, members.as_slice()));
        let of_words = transposed(words, classes);
        let mut rows: Vec<Vec<Block>> = Vec::new();
        let mut known: HashMap<Vec<Block>, u32> = HashMap::default();
        let mut row_of = |own: Vec<Block>| {
            *known.entry(own).or_insert_with_key(|own| {
                rows.push(own.clone());
                (rows.len() - 1) as u32
            })
        };
        // The row of those that belong to none of the classes behind the first 64.
        row_of(Vec::new());
        let first = |own: &[Block]| match own.first() {
            Some(block) if block.index == 0 => block.bits,
            _ => 0,
        };
        let behind = |own: &[Block]| own.iter().filter(|b| b.index > 0).copied().collect();
        let all_words = || (0..words as WordId).map(|word| of_words.of(word));
        let of_kinds: Vec<Vec<Block>> = kinds
            .iter()
            .map(|own| blocks(own.iter().copied()))
            .collect();
        let first_of_words = all_words().map(first).collect();
        let first_of_kinds = of_kinds.iter().map(|own| first(own)).collect();
        let word_rows: Vec<u32> = all_words().map(|own| row_of(behind(own))).collect();
        let kind_rows: Vec<u32> = of_kinds.iter().map(|own| row_of(behind(own))).collect();
        let rows = Lists::of_lists(rows.iter().map(Vec::as_slice));
        Self {
            laid_out: LaidOut::of(&rows, &word_rows, &kind_rows),
            words: word_rows,
            kinds: kind_rows,
            first: first_of_words,
            first_of_kinds,
            rows,
            pairs: PhrasePairs::build(phrases),
            signatures: Signatures::build(of_words.keys(), members_of, kinds, bits),
        }
    }

    /// Whether a word belongs to a class.
    #[inline]
    pub fn has(&self, word: WordId, class: ClassId) -> bool {
        if class < 64 {
            return self.first[word as usize] >> class & 1 == 1;
        }
        self.laid_out.has(self.laid_out.words[word as usize], class)
    }

    /// Whether phrases of a kind belong to a class.
    #[inline]
    pub fn kind_has(&self, kind: u32, class: ClassId) -> bool {
        if class < 64 {
            return self.first_of_kinds[kind as usize] >> class & 1 == 1;
        }
        self.laid_out.has(self.laid_out.kinds[kind as usize], class)
    }

    /// Several classes as one question, for [`Classes::may_have`].
    pub fn any_of(&self, classes: &[Option<ClassId>]) -> AnyOf {
        let asked = classes.iter().flatten();
        let bits = asked.map(|class| if *class < 64 { 1 << class } else { u64::MAX });
        AnyOf(bits.fold(0, |all, bit| all | bit))
    }

    /// Whether a word may belong to one of several classes. If not, there is no need to ask for each.
    #[inline]
    pub fn may_have(&self, word: WordId, asked: AnyOf) -> bool {
        asked.0 == u64::MAX || self.first[word as usize] & asked.0 != 0
    }

    /// Whether phrases of a kind may belong to one of several classes.
    #[inline]
    pub fn kind_may_have(&self, kind: u32, asked: AnyOf) -> bool {
        asked.0 == u64::MAX || self.first_of_kinds[kind as usize] & asked.0 != 0
    }

    /// Whether one of many words may belong to one of several classes.
    pub fn any_may_have(&self, mut words: impl Iterator<Item = WordId>, asked: AnyOf) -> bool {
        words.any(|word| self.may_have(word, asked))
    }
}

#[inline]
fn hash(row: u32, block: u32) -> usize {
    let key = u64::from(row) << 32 | u64::from(block);
    let mixed = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ mixed >> 29) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_has_its_members_and_no_other() {
        // Classes near and far from each other, of words that share all of them or none.
        let members_of: Vec<Vec<WordId>> = (0..1000_u32)
            .map(|class| {
                (1..200)
                    .filter(|word| class % (word % 23 + 2) == 0)
                    .collect()
            })
            .collect();
        // The last of them has blocks too far apart for a window.
        let kinds: Vec<Vec<ClassId>> =
            vec![vec![0, 63, 64], vec![999], vec![128, 500], vec![64, 9_000]];
        let bits = StepBits::default();
        let classes = Classes::build(200, &members_of, &[], &kinds, &bits);
        for (class, members) in members_of.iter().enumerate() {
            for word in 0..200 {
                let (own, class) = (members.contains(&word), class as ClassId);
                assert_eq!(classes.has(word, class), own, "{word} {class}");
            }
        }
        for (kind, own) in kinds.iter().enumerate() {
            for class in (0..1000).chain(8_990..9_010) {
                assert_eq!(classes.kind_has(kind as u32, class), own.contains(&class));
            }
        }
        assert!(
            classes.rows.keys() < 40,
            "words of the same classes share a row"
        );
    }
}
