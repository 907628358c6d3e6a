//! The one offset type. Every quote in every output comes from a [`Span`].

use serde::{Deserialize, Serialize};

use crate::narrative::Field;

/// A half-open byte range in one field of a record, as decoded.
///
/// Both ends lie on character boundaries of the text they were taken from. Convert to offsets in
/// Unicode scalar values with [`CharOffsets`] only where a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// Makes a span; `start` must not be past `end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} runs backwards");
        Self { start, end }
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether the span covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The text that the span covers.
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }

    /// Whether `other` lies inside this span (or equals it).
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the spans share at least one byte.
    pub fn overlaps(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Converts byte offsets of one text to offsets in Unicode scalar values.
///
/// Offsets are cheapest asked for in rising order: the counter walks forward from the last one
/// and starts again only when an offset lies before it.
#[derive(Debug)]
pub struct CharOffsets<'t> {
    text: &'t str,
    ascii: bool,
    byte: usize,
    chars: usize,
    source: Option<&'t SourceMap>,
}

/// Leads from a masked text back to its source: after each mask, by how many characters it is off.
///
/// Both ends of a mask have a place in the source; what lies inside one has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceMap {
    /// End of each mask in the masked text, in characters, and the length of the source up to
    /// there less that of the masked text.
    shifts: Vec<(usize, i64)>,
}

impl SourceMap {
    /// Adds a mask behind the last one: where it ends in the masked text and in the source, in
    /// characters.
    pub fn push(&mut self, masked_end: usize, source_end: usize) {
        self.shifts
            .push((masked_end, source_end as i64 - masked_end as i64));
    }

    /// The place in the source of a place in the masked text, in characters.
    pub fn source(&self, at: usize) -> usize {
        let behind = self.shifts.partition_point(|(end, _)| *end <= at);
        let shift = behind.checked_sub(1).map_or(0, |last| self.shifts[last].1);
        at.saturating_add_signed(shift as isize)
    }
}

impl<'t> CharOffsets<'t> {
    /// Prepares a converter for the text of a field: its offsets are those in the source, even
    /// where the text is masked.
    pub fn of_field(field: &'t Field) -> Self {
        Self {
            source: field.source.as_deref(),
            ..Self::new(&field.text)
        }
    }

    /// Prepares a converter for `text`.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            ascii: text.is_ascii(),
            byte: 0,
            chars: 0,
            source: None,
        }
    }

    /// The number of Unicode scalar values before `byte`, which must be a character boundary.
    pub fn at(&mut self, byte: usize) -> usize {
        let chars = self.chars_before(byte);
        self.source.map_or(chars, |map| map.source(chars))
    }

    fn chars_before(&mut self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        if byte < self.byte {
            self.byte = 0;
            self.chars = 0;
        }
        self.chars += self.text[self.byte..byte].chars().count();
        self.byte = byte;
        self.chars
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_scalar_values_in_any_order() {
        let text = "aé“b”c";
        let mut offsets = CharOffsets::new(text);
        let bytes: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        for (chars, byte) in bytes.iter().enumerate().rev() {
            assert_eq!(offsets.at(*byte), chars);
        }
        assert_eq!(offsets.at(text.len()), 6);
    }
}
