//! The parts of names in a column that holds names.

use crate::lexicon::Lexicon;
use crate::redact::words::words;

/// The parts of a name in a column: "HOLT, Jane Mary", "Jane Holt (formerly Reyes)".
pub(in crate::redact) fn of_column(lexicon: &Lexicon, value: &str) -> Vec<Vec<String>> {
    let names = &lexicon.redaction.names;
    if names
        .no_value
        .contains(value.trim().to_lowercase().as_str())
    {
        return Vec::new();
    }
    value
        .split([';', '/', '|', '\n', '&'])
        .map(|part| {
            words(part)
                .into_iter()
                .filter(|w| {
                    let key = w.key.as_str();
                    let other = names.titles.contains(key)
                        || names.short_titles.contains(key)
                        || names.particles.contains(key)
                        || names.linking.contains(key)
                        || names.no_value.contains(key)
                        || matches!(key, "and" | "formerly" | "or");
                    w.plain && key.chars().count() > 1 && !other
                })
                .map(|w| w.key)
                .collect()
        })
        .filter(|parts: &Vec<String>| !parts.is_empty())
        .collect()
}
