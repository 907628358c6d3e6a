//! Invented records with marks, from which the weights are learnt.
//!
//! ```text
//! ### cad_log
//! 21:52 F whispering. States [[physical_violence: bf has had her by the hair]] and [[threats+weapons disp: held a
//! knife up]]. [[si_active neg: Denies any thoughts of ending her life]].
//! ```
//!
//! A record begins with `###` and the name of its style. A mark holds one or more categories, then flags: `neg`
//! (stated to be absent), `hyp` (advice, a plan, a fear of what never happened), `disp` (denied by the alleged
//! abuser), `hist` (long past), and whom it is about if not the victim: `perp`, `child`, `other`. Every sentence that
//! shows a category is marked; what is not marked shows none.
//!
//! Categories of response checks are `check.referral.done` and `check.referral.not_done`: what a record says was done, or
//! was not. In a file without any such mark silence says nothing of them.
//!
//! Two further forms are read: batches of sentences of one category (`tests/data/fresh/*.tsv`), which say
//! nothing of other categories, and labelled narratives (`.jsonl`, as for `evaluate`), which mark one sentence a
//! category and leave open whether others show it too.

use std::path::Path;

use crate::assertion::Polarity;
use crate::error::{Error, Result};
use crate::evaluate::read_gold;
use crate::lexicon::{Lexicon, OF_CHECK};
use crate::span::Span;

/// A text with marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkedText {
    /// File and number of the record in it: `cad_01.txt, record 3`.
    pub name: String,
    /// The text without the marks.
    pub text: String,
    /// What is marked.
    pub marks: Vec<Mark>,
    /// What the absence of a mark says.
    pub silence: Silence,
    /// Whether it is marked too what the text says of response checks; if not, silence says nothing of them.
    pub checks: bool,
}

/// One category at one stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Category id.
    pub category: String,
    /// Bytes of the text.
    pub span: Span,
    /// It is told of somebody as a fact or as an account: not negated, not hypothetical.
    pub counts: bool,
}

/// What it says that a sentence bears no mark of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It does not show the category.
    Tells,
    /// It does not show the category, unless another sentence of the text bears the mark.
    TellsUnlessMarkedElsewhere,
    /// Nothing, but for this category.
    TellsOnlyOf(String),
}

/// The examples and counter-examples of the rules of a lexicon, each of which tells of its rule's category alone.
pub fn examples(lexicon: &Lexicon) -> Vec<MarkedText> {
    let mut texts = Vec::new();
    // Those of weighed rules show what was learnt, and must not be learnt from.
    for rule in lexicon.indicator_rules().filter(|rule| !rule.weighed) {
        let category = &lexicon.categories[rule.category].id;
        let mut push = |text: &str, shown: bool| {
            let mark = Mark {
                category: category.clone(),
                span: Span::new(0, text.len()),
                counts: true,
            };
            texts.push(MarkedText {
                name: rule.id.clone(),
                text: text.to_owned(),
                marks: if shown { vec![mark] } else { Vec::new() },
                silence: Silence::TellsOnlyOf(category.clone()),
                checks: false,
            });
        };
        for example in &rule.examples {
            let expect = &example.expect;
            let plain =
                !expect.suppressed && expect.polarity.is_none_or(|p| p == Polarity::Affirmed);
            // Of what is negated or set aside the words alone do not tell.
            if plain {
                push(&example.text, true);
            }
        }
        for (counter, _) in &rule.counter {
            push(counter, false);
        }
    }
    texts
}

/// What was read, or the line that cannot be and why.
type Parsed<T> = std::result::Result<T, (usize, String)>;

/// Flags of a mark.
const FLAGS: [&str; 7] = ["neg", "hyp", "disp", "hist", "perp", "child", "other"];

/// Reads the texts of a file, by the end of its name.
///
/// # Errors
/// If the file cannot be read, or a mark or line is not as it should be.
pub fn read_marked(path: &Path) -> Result<Vec<MarkedText>> {
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let text = || std::fs::read_to_string(path).map_err(|e| Error::io("cannot read", path, e));
    let fail = |(line, message): (usize, String)| Error::input(path, Some(line as u64), message);
    match path.extension().and_then(|e| e.to_str()) {
        Some("txt") => records(&name, &text()?).map_err(fail),
        Some("tsv") => {
            let category = path.file_stem().unwrap_or_default().to_string_lossy();
            sentences(&name, &category, &text()?).map_err(fail)
        }
        Some("jsonl") => {
            let documents = read_gold(path)?;
            Ok(documents.into_iter().map(|d| labelled(&name, d)).collect())
        }
        _ => Err(Error::input(
            path,
            None,
            "no .txt, .tsv or .jsonl file of marked texts",
        )),
    }
}

fn records(name: &str, content: &str) -> Parsed<Vec<MarkedText>> {
    let mut texts: Vec<MarkedText> = Vec::new();
    let mut body = String::new();
    let mut begun = 0;
    let mut close = |body: &mut String, begun: usize| {
        if begun > 0 {
            let (text, marks) = unmark(body.trim()).map_err(|message| (begun, message))?;
            texts.push(MarkedText {
                name: format!("{name}, record {}", texts.len() + 1),
                text,
                marks,
                silence: Silence::Tells,
                checks: false,
            });
        }
        body.clear();
        Ok(())
    };
    for (index, line) in content.lines().enumerate() {
        if line.starts_with("### ") {
            close(&mut body, begun)?;
            begun = index + 1;
        } else if begun == 0 && !line.trim().is_empty() {
            return Err((
                index + 1,
                "text before the first line `### style`".to_owned(),
            ));
        } else {
            body.push_str(line);
            body.push('\n');
        }
    }
    close(&mut body, begun)?;
    let of_check = |mark: &Mark| mark.category.starts_with(OF_CHECK);
    let checks = texts.iter().any(|own| own.marks.iter().any(of_check));
    for own in &mut texts {
        own.checks = checks;
    }
    Ok(texts)
}

/// A text without its marks, and the marks.
fn unmark(body: &str) -> std::result::Result<(String, Vec<Mark>), String> {
    let mut text = String::with_capacity(body.len());
    let mut marks = Vec::new();
    let mut rest = body;
    while let Some(open) = rest.find("[[") {
        text.push_str(&rest[..open]);
        let inner = &rest[open + 2..];
        let close = inner.find("]]").ok_or("a mark `[[` without its `]]`")?;
        let mark = &inner[..close];
        if mark.contains("[[") {
            return Err("a mark in a mark".to_owned());
        }
        let (head, words) = mark.split_once(':').ok_or("a mark without a colon")?;
        let words = words.strip_prefix(' ').unwrap_or(words);
        let span = Span::new(text.len(), text.len() + words.len());
        text.push_str(words);
        let mut head = head.split(' ');
        let categories = head.next().unwrap_or_default();
        let flags: Vec<&str> = head.collect();
        if let Some(flag) = flags.iter().find(|flag| !FLAGS.contains(flag)) {
            return Err(format!("`{flag}` is no flag: one of {}", FLAGS.join(", ")));
        }
        let counts = !flags.contains(&"neg") && !flags.contains(&"hyp");
        for category in categories.split('+') {
            marks.push(Mark {
                category: category.to_owned(),
                span,
                counts,
            });
        }
        rest = &inner[close + 2..];
    }
    if rest.contains("]]") {
        return Err("a `]]` without its mark".to_owned());
    }
    text.push_str(rest);
    Ok((text, marks))
}

fn sentences(name: &str, category: &str, content: &str) -> Parsed<Vec<MarkedText>> {
    let lines = content.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(index, line)| {
            let fields: Vec<&str> = line.split('\t').collect();
            let [_, kind, marked] = fields[..] else {
                return Err((
                    index + 1,
                    "not three fields: register, kind, sentence".to_owned(),
                ));
            };
            let text = marked.replace("[[", "").replace("]]", "");
            let shown = matches!(kind, "open" | "told");
            let mark = Mark {
                category: category.to_owned(),
                span: Span::new(0, text.len()),
                counts: true,
            };
            Ok(MarkedText {
                name: format!("{name}, line {}", index + 1),
                marks: if shown { vec![mark] } else { Vec::new() },
                text,
                silence: Silence::TellsOnlyOf(category.to_owned()),
                checks: false,
            })
        })
        .collect()
}

fn labelled(name: &str, document: crate::evaluate::GoldDocument) -> MarkedText {
    let marks = document.labels.iter().filter_map(|label| {
        let start = document.text.find(&label.quote)?;
        Some(Mark {
            category: label.category.clone(),
            span: Span::new(start, start + label.quote.len()),
            counts: label.asks_for_it(),
        })
    });
    let mut marks: Vec<Mark> = marks.collect();
    for gap in document.gaps.iter().flatten() {
        if let Some(start) = document.text.find(&gap.quote) {
            let saying = gap.status.strip_prefix("stated_").unwrap_or(&gap.status);
            marks.push(Mark {
                category: format!("{OF_CHECK}{}.{saying}", gap.check),
                span: Span::new(start, start + gap.quote.len()),
                counts: true,
            });
        }
    }
    MarkedText {
        name: format!("{name}, {}", document.doc_id),
        checks: document.gaps.is_some(),
        marks,
        silence: Silence::TellsUnlessMarkedElsewhere,
        text: document.text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_out_and_keep_their_places() {
        let content = "### log\nSays [[threats+weapons disp: held a knife\nup]]. [[si_active neg: Denies it]].\n\n### log\nNil.\n";
        let texts = records("a.txt", content).expect("sound");
        assert_eq!(texts.len(), 2);
        assert_eq!(texts[0].text, "Says held a knife\nup. Denies it.");
        let marks = texts[0].marks.iter();
        let marks = marks.map(|m| (m.category.as_str(), m.span.of(&texts[0].text), m.counts));
        let marks: Vec<_> = marks.collect();
        assert_eq!(
            marks,
            [
                ("threats", "held a knife\nup", true),
                ("weapons", "held a knife\nup", true),
                ("si_active", "Denies it", false)
            ]
        );
        assert_eq!(texts[1].name, "a.txt, record 2");
        assert!(!texts[0].checks && !texts[1].checks);
        // One mark of a response check, and the silence of the whole file tells of them.
        let texts = records(
            "a.txt",
            "### log\nNil.\n### log\n[[threats+check.bwv.done: x]].\n",
        );
        assert!(texts.expect("sound").iter().all(|own| own.checks));
    }

    #[test]
    fn a_bad_mark_is_named_with_the_line_of_its_record() {
        for bad in [
            "[[threats: x",
            "x]]",
            "[[threats]]",
            "[[threats often: x]]",
            "[[a: [[b: x]]]]",
        ] {
            let content = format!("### log\nNil.\n### log\n{bad}\n");
            assert_eq!(records("a.txt", &content).expect_err("bad").0, 3, "{bad}");
        }
        assert_eq!(records("a.txt", "words").expect_err("bad").0, 1);
    }
}
