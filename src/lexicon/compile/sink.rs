//! What patterns are compiled with, and where the problems of a file go.

use std::collections::BTreeMap;

use toml::Spanned;

use super::classes::ClassTable;
use super::patterns::{Place, compile_pattern};
use super::{Problems, category_list};
use crate::assertion::Group;
use crate::lexicon::Category;
use crate::matcher::{Variant, Within};

/// The categories that a file may name.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub categories: &'a [Category],
    pub by_id: &'a BTreeMap<String, usize>,
}

/// One file being compiled: its path, the classes that its patterns name, and its problems.
pub(super) struct Sink<'a, 's> {
    pub path: &'a str,
    pub table: &'a mut ClassTable,
    pub problems: &'a mut Problems<'s>,
}

impl Sink<'_, '_> {
    /// The variants of one pattern of a rule, a cue or a question; none, with a problem, if it is not valid.
    pub fn pattern(
        &mut self,
        pattern: &Spanned<String>,
        owner: u32,
        within: Within,
        at: Place,
    ) -> Vec<Variant> {
        match compile_pattern(pattern.get_ref(), owner, within, at, self.table) {
            Ok(compiled) => compiled,
            Err(error) => {
                self.problems
                    .add_inside(self.path, pattern, error.at, error.message);
                Vec::new()
            }
        }
    }

    /// The variants of a list of patterns that are looked for within a sentence.
    pub fn patterns(&mut self, list: &[Spanned<String>], owner: u32, at: Place) -> Vec<Variant> {
        list.iter()
            .flat_map(|pattern| self.pattern(pattern, owner, Within::Unit, at))
            .collect()
    }

    /// The categories that a list of ids and groups names.
    pub fn categories(&mut self, list: &[Spanned<String>], known: Known<'_>) -> Vec<usize> {
        let groups: Vec<(Group, usize)> = known
            .categories
            .iter()
            .enumerate()
            .map(|(id, c)| (c.group, id))
            .collect();
        category_list(self.path, list, &groups, known.by_id, self.problems)
    }
}
