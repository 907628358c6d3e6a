//! Runs the trap sentences of `tests/data/assertion*.toml` with the built-in lexicon.

use serde::Deserialize;
use throughline::assertion::{Certainty, Polarity, Role, Temporality, Voice};
use throughline::lexicon::Lexicon;
use throughline::mention::Mention;
use throughline::scan::Scanner;

#[derive(Deserialize)]
struct File {
    trap: Vec<Trap>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trap {
    name: String,
    class: String,
    text: String,
    category: String,
    expect: Expected,
    polarity: Option<Polarity>,
    certainty: Option<Certainty>,
    temporality: Option<Temporality>,
    experiencer: Option<Role>,
    agent: Option<Role>,
    /// The year of the incident, by which years in the text are read.
    year: Option<i16>,
    source: Option<Voice>,
    /// Words of the cue that must have decided, or its name.
    cue: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Expected {
    /// A mention counts.
    Evidence,
    /// There is a mention, and none counts.
    Suppressed,
    /// None counts, whether one was found or not.
    Absent,
}

impl Trap {
    /// What is wrong with a mention, if anything.
    fn differs(&self, mention: &Mention) -> Option<String> {
        let own = mention.assertion;
        let axis = |name: &str, wanted: Option<&str>, found: &str| {
            wanted
                .filter(|wanted| *wanted != found)
                .map(|wanted| format!("{name} is {found}, not {wanted}"))
        };
        let cue = || {
            let wanted = self.cue.as_deref()?;
            let found: Vec<&str> = mention
                .cues
                .iter()
                .flat_map(|cue| [cue.span.of(&self.text), cue.by.as_str()])
                .collect();
            let there = found
                .iter()
                .any(|cue| cue.to_lowercase().contains(&wanted.to_lowercase()));
            (!there).then(|| format!("no cue \"{wanted}\" among {found:?}"))
        };
        axis(
            "polarity",
            self.polarity.map(Polarity::as_str),
            own.polarity.as_str(),
        )
        .or_else(|| {
            axis(
                "certainty",
                self.certainty.map(Certainty::as_str),
                own.certainty.as_str(),
            )
        })
        .or_else(|| {
            axis(
                "temporality",
                self.temporality.map(Temporality::as_str),
                own.temporality.as_str(),
            )
        })
        .or_else(|| {
            axis(
                "experiencer",
                self.experiencer.map(Role::as_str),
                own.experiencer.as_str(),
            )
        })
        .or_else(|| axis("agent", self.agent.map(Role::as_str), own.agent.as_str()))
        .or_else(|| {
            axis(
                "source",
                self.source.map(Voice::as_str),
                own.source.as_str(),
            )
        })
        .or_else(cue)
    }

    fn run(&self, lexicon: &Lexicon, scanner: &mut Scanner<'_>) -> Result<(), String> {
        let category = lexicon
            .category(&self.category)
            .ok_or_else(|| format!("no category `{}`", self.category))?;
        let mentions = scanner.scan_dated(&self.text, self.year);
        let own: Vec<&Mention> = mentions.iter().filter(|m| m.category == category).collect();
        let evidence: Vec<&Mention> = own
            .iter()
            .copied()
            .filter(|m| m.suppressed.is_none())
            .collect();
        let candidates = match self.expect {
            Expected::Evidence if evidence.is_empty() => {
                let why: Vec<&str> = own.iter().filter_map(|m| m.suppressed.as_deref()).collect();
                return Err(if why.is_empty() {
                    "no mention".into()
                } else {
                    format!("set aside: {}", why.join("; "))
                });
            }
            Expected::Suppressed | Expected::Absent if !evidence.is_empty() => {
                return Err(format!(
                    "is evidence: \"{}\"",
                    evidence[0].span.of(&self.text)
                ));
            }
            Expected::Absent => return Ok(()),
            Expected::Suppressed if own.is_empty() => return Err("no mention".into()),
            Expected::Evidence => evidence,
            Expected::Suppressed => own,
        };
        let wrong: Vec<String> = candidates
            .iter()
            .filter_map(|mention| self.differs(mention))
            .collect();
        if wrong.len() == candidates.len() {
            Err(wrong.join("; "))
        } else {
            Ok(())
        }
    }
}

fn traps() -> Vec<Trap> {
    [
        include_str!("data/assertion.toml"),
        include_str!("data/assertion_blind.toml"),
        include_str!("data/assertion_forms.toml"),
        include_str!("data/assertion_roles.toml"),
        include_str!("data/assertion_scope.toml"),
    ]
    .into_iter()
    .flat_map(|file| {
        toml::from_str::<File>(file)
            .expect("the files of traps are valid")
            .trap
    })
    .collect()
}

#[test]
fn every_trap_is_read_right() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let mut scanner = Scanner::new(&lexicon);
    let failures: Vec<String> = traps()
        .iter()
        .filter_map(|trap| {
            trap.run(&lexicon, &mut scanner)
                .err()
                .map(|why| format!("{}: {why}\n    {}", trap.name, trap.text))
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} traps failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn the_traps_are_many_and_spread_over_classes() {
    let traps = traps();
    assert!(traps.len() >= 600, "{} traps", traps.len());
    let mut names: Vec<&str> = traps.iter().map(|trap| trap.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), traps.len(), "a name is used twice");
    let mut classes: Vec<&str> = traps.iter().map(|trap| trap.class.as_str()).collect();
    classes.sort_unstable();
    classes.dedup();
    assert!(classes.len() >= 14, "{classes:?}");
}

#[test]
fn a_no_that_free_text_contradicts_is_told_on_both_sides() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let mut scanner = Scanner::new(&lexicon);
    let mentions = scanner.scan("DASH done. Q18 N – but he grabbed her by the throat once.");
    let strangled: Vec<&Mention> = mentions
        .iter()
        .filter(|m| lexicon.categories[m.category].id == "strangulation")
        .collect();
    let no = strangled
        .iter()
        .find(|m| m.suppressed.is_some())
        .expect("the answer is kept, set aside");
    assert!(
        no.suppressed
            .as_deref()
            .is_some_and(|why| why.contains("otherwise")),
        "{:?}",
        no.suppressed
    );
    let yes = strangled
        .iter()
        .find(|m| m.suppressed.is_none())
        .expect("the free text counts");
    assert!(
        yes.cues.iter().any(|cue| cue.by.contains("contradicts")),
        "{:?}",
        yes.cues
    );
}
