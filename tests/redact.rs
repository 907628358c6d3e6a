//! Redaction: what is masked, what is not, and that offsets still lead to the source.

use serde::Deserialize;
use throughline::redact::{Redactor, run_identifier_examples};

use crate::support::built_in;

#[derive(Deserialize)]
struct Lines {
    identifier: String,
    name: String,
    case: String,
    clean: String,
}

fn lines() -> Lines {
    toml::from_str(include_str!("data/redact.toml")).expect("a sound file")
}

/// A line without its marks, and what they mark: kind, start and end in bytes.
fn unmarked(line: &str) -> (String, Vec<(String, usize, usize)>) {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), line);
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (inside, after) = after.split_once('>').expect("a closed mark");
        let (kind, words) = inside.split_once(':').expect("a kind");
        marks.push((kind.to_owned(), text.len(), text.len() + words.len()));
        text.push_str(words);
        rest = after;
    }
    text.push_str(rest);
    (text, marks)
}

#[derive(Default)]
struct Score {
    wanted: usize,
    masked: usize,
    /// Masks that touch nothing to be masked.
    false_masks: usize,
    masks: usize,
    failures: Vec<String>,
}

impl Score {
    /// Counts a line. What is marked counts as masked if every letter of it is.
    fn line(&mut self, number: usize, line: &str) {
        let (text, marks) = unmarked(line);
        let mut redactor = Redactor::new(built_in()).expect("a lexicon that can mask");
        let case = format!("case {number}");
        redactor.learn_text(&case, &text);
        let masked = redactor.mask_text(&case, &text);
        let spans: Vec<_> = masked.masked().collect();
        let covered = |at: usize| spans.iter().any(|s| s.start <= at && at < s.end);
        let before = self.masked + self.false_masks;
        for (_, start, end) in &marks {
            self.wanted += 1;
            let whole = text[*start..*end].char_indices();
            let mut letters = whole.filter(|(_, c)| c.is_alphanumeric());
            self.masked += usize::from(letters.all(|(at, _)| covered(start + at)));
        }
        self.masks += spans.len();
        let stray = |s: &&throughline::span::Span| {
            !marks
                .iter()
                .any(|(_, start, end)| s.start < *end && *start < s.end)
        };
        self.false_masks += spans.iter().filter(stray).count();
        if self.masked + self.false_masks != before + marks.len() {
            self.failures.push(format!("{line}  →  {}", masked.text));
        }
    }

    fn of(lines: &str) -> Self {
        let mut score = Self::default();
        for (number, line) in lines.trim().lines().enumerate() {
            score.line(number, line);
        }
        score
    }

    fn recall(&self) -> f64 {
        self.masked as f64 / self.wanted as f64
    }

    fn tell(&self, name: &str) {
        eprintln!(
            "{name}: {} of {} masked ({:.3}), {} of {} masks false",
            self.masked,
            self.wanted,
            self.recall(),
            self.false_masks,
            self.masks
        );
        for failure in &self.failures {
            eprintln!("    {failure}");
        }
    }
}

#[test]
fn masks_what_points_at_a_person_and_little_else() {
    let lines = lines();
    let identifiers = Score::of(&lines.identifier);
    let names = Score::of(&lines.name);
    let later = Score::of(&lines.case);
    let clean = Score::of(&lines.clean);
    identifiers.tell("identifiers");
    names.tell("introduced names");
    later.tell("later mentions");
    clean.tell("lines with nothing to mask");
    assert!(identifiers.recall() >= 0.98);
    assert!(names.recall() >= 0.95);
    assert!(later.recall() >= 0.95);
    let false_masks = identifiers.false_masks + names.false_masks + later.false_masks;
    assert!(
        false_masks <= 3,
        "{false_masks} false masks beside true ones"
    );
    assert!(clean.masks <= 1, "{} false masks", clean.masks);
}

#[test]
fn the_examples_of_identifiers_hold() {
    let failures = run_identifier_examples(built_in());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
