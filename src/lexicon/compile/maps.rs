//! Resolves the maps from published behaviours to rules.

use std::collections::BTreeMap;

use super::{Files, Problems};
use crate::lexicon::{Behaviour, BehaviourMap, Rule};

/// The maps with their rules by index; a name that no rule bears is a problem.
pub(super) fn maps(
    files: &Files<'_>,
    categories: &BTreeMap<String, usize>,
    rules: &[Rule],
    problems: &mut Problems<'_>,
) -> Vec<BehaviourMap> {
    let mut maps = Vec::new();
    for (path, file) in files {
        for map in file.map.iter().map(toml::Spanned::get_ref) {
            let mut behaviours = Vec::new();
            for entry in &map.entries {
                let mut covered = Vec::new();
                for name in &entry.rules {
                    let found = named(name.get_ref(), categories, rules);
                    if found.is_empty() {
                        let message = format!("no category or rule is called `{}`", name.get_ref());
                        problems.add(path, name.span(), message);
                    }
                    covered.extend(found);
                }
                covered.sort_unstable();
                covered.dedup();
                behaviours.push(Behaviour {
                    name: entry.name.clone(),
                    rules: covered,
                });
            }
            maps.push(BehaviourMap {
                id: map.id.clone(),
                title: map.title.clone(),
                source: map.source.clone(),
                behaviours,
            });
        }
    }
    maps
}

/// The rules of a category, of an id, or whose ids begin with what stands before a `*`.
fn named(name: &str, categories: &BTreeMap<String, usize>, rules: &[Rule]) -> Vec<usize> {
    let category = categories.get(name);
    let beginning = name.strip_suffix('*');
    rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| {
            category == Some(&rule.category)
                || rule.id == name
                || beginning.is_some_and(|beginning| rule.id.starts_with(beginning))
        })
        .map(|(index, _)| index)
        .collect()
}
