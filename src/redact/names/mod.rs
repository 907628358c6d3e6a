//! Finds personal names by how a text brings them in: a title, a role, brackets, a first name.
//!
//! A word that is no name by itself ("Will", "Brown") is one only where it is introduced, or where a
//! first name or a surname stands beside it. In a text in capitals those tell nothing, and only first
//! names and words that are in no word list are taken for names.
//!
//! `introduced.rs` asks what brings a name in, `alone.rs` which words are names without, `extent.rs`
//! how far a name goes, `company.rs` who is named beside others, `letters.rs` how letters and transcripts
//! name people, `lower.rs` what is a name where nothing has a capital, `kinds.rs` what a word is, `layout.rs` how it stands in its text; `mentions.rs`
//! finds again what is known by then, `column.rs` reads columns of names.

mod alone;
mod column;
mod company;
mod extent;
mod introduced;
mod kinds;
mod layout;
mod letters;
mod lower;
mod mentions;

pub(super) use self::column::of_column;

use super::words::{Word, Written};
use crate::lexicon::{Lexicon, NameWords};
use crate::span::Span;

/// Most words of one name.
const LONGEST: usize = 5;

/// A name in a text.
#[derive(Debug)]
pub(super) struct Name {
    /// Its words that tell a person: no initials, no particles.
    pub words: Vec<usize>,
    /// All its words.
    pub all: std::ops::Range<usize>,
}

/// What stands before a word that may be a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Mr, Mrs: whatever follows is a name.
    Title,
    /// Another title, or a role.
    Role,
    /// A role with something in between that makes it less sure: a comma, "is".
    Loose,
    /// A word of the same name.
    Name,
}

/// Finds the names of one text.
pub(super) struct NameFinder<'a> {
    lexicon: &'a Lexicon,
    names: &'a NameWords,
    text: &'a str,
    words: &'a [Word],
    /// The whole text is written in capitals.
    shouted: bool,
}

impl<'a> NameFinder<'a> {
    pub fn new(lexicon: &'a Lexicon, text: &'a str, words: &'a [Word]) -> Self {
        let small = text.bytes().filter(u8::is_ascii_lowercase).count();
        let capital = text.bytes().filter(u8::is_ascii_uppercase).count();
        Self {
            lexicon,
            names: &lexicon.redaction.names,
            text,
            words,
            shouted: capital > 3 * small,
        }
    }

    /// The names that the text itself shows to be names; `taken` is masked already.
    pub fn names(&self, taken: &[Span]) -> Vec<Name> {
        let mut found: Vec<Name> = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            let free = |at: usize| !covers(taken, self.words[at].span);
            let name = if free(at) {
                let listed = || self.in_list(at, found.last());
                self.name_at(at).or_else(listed)
            } else {
                None
            };
            match name {
                Some(all) if all.clone().all(free) => {
                    at = all.end;
                    let words = all.clone().filter(|at| self.tells(*at)).collect();
                    found.push(Name { words, all });
                }
                _ => at += 1,
            }
        }
        found.retain(|name| !name.words.is_empty());
        found
    }

    fn name_at(&self, at: usize) -> Option<std::ops::Range<usize>> {
        self.after_title(at)
            .or_else(|| self.after_naming(at))
            .or_else(|| self.surname_first(at))
            .or_else(|| self.after_role(at))
            .or_else(|| self.in_letter(at))
            .or_else(|| self.in_statement(at))
            .or_else(|| self.in_transcript(at))
            .or_else(|| self.after_relation(at))
            .or_else(|| self.before_role(at))
            .or_else(|| self.by_first_name(at))
            .or_else(|| self.by_strangeness(at))
            .or_else(|| self.by_ownership(at))
            .or_else(|| self.joined_to(at))
    }

    /// Whether a word of a name tells who it is.
    fn tells(&self, at: usize) -> bool {
        let word = &self.words[at];
        word.plain
            && word.written != Written::Initial
            && word.key.chars().count() > 1
            && !(self.names.particles.contains(&word.key) && word.written == Written::Lower)
            && !self.is_title(at)
    }
}

/// Whether one of the spans, which are sorted and do not overlap, shares a byte with `span`.
fn covers(sorted: &[Span], span: Span) -> bool {
    let before = sorted.partition_point(|own| own.start < span.end);
    before > 0 && sorted[before - 1].overlaps(span)
}
