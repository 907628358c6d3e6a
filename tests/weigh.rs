//! What weights add to rules, and what they set aside, in records that neither rules nor weights were learnt from
//! (`data/held`): a fifth or a tenth, by chance, of the invented records of `data/marked`; and in `data/blind` and `data/alike`, whose
//! writers wrote none of the others.

use std::collections::BTreeSet;

use throughline::checks::statements;
use throughline::lexicon::{Lexicon, Saying};
use throughline::scan::Scanner;
use throughline::weigh::{LearnOptions, Mark, MarkedText, Silence, learn, read_marked};

use crate::support::{built_in, crate_folder};

fn held() -> Vec<MarkedText> {
    marked("tests/data/held")
}

/// Records by writers of whom nothing at all was learnt from.
fn blind() -> Vec<MarkedText> {
    marked("tests/data/blind")
}

fn marked(folder: &str) -> Vec<MarkedText> {
    marked_if(folder, |_| true)
}

fn marked_if(folder: &str, takes: impl Fn(&str) -> bool) -> Vec<MarkedText> {
    let folder = crate_folder().join(folder);
    let files = std::fs::read_dir(folder).expect("readable");
    let mut files: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
    files.retain(|file| takes(&file.file_name().unwrap_or_default().to_string_lossy()));
    files.sort();
    files
        .iter()
        .flat_map(|file| read_marked(file).expect("sound"))
        .collect()
}

/// Categories found rightly, wrongly, and missed, by document.
fn score(lexicon: &Lexicon, scanner: &mut Scanner<'_>, texts: &[MarkedText]) -> [usize; 3] {
    let mut counts = [0; 3];
    for own in texts {
        let marks = own.marks.iter().filter(|mark| mark.counts);
        let marks = marks.filter(|mark| !mark.category.starts_with("check."));
        let shown: BTreeSet<&str> = marks.map(|mark| mark.category.as_str()).collect();
        let mentions = scanner.scan(&own.text);
        let counting = mentions.iter().filter(|m| m.suppressed.is_none());
        let categories = counting.map(|m| &lexicon.categories[m.category]);
        let found: BTreeSet<&str> = categories
            .filter(|category| category.group.as_str() != "context")
            .map(|category| category.id.as_str())
            .collect();
        counts[0] += found.intersection(&shown).count();
        counts[1] += found.difference(&shown).count();
        counts[2] += shown.difference(&found).count();
    }
    counts
}

/// What is said of response checks, found rightly, wrongly, and missed, by document, in records in which it is marked.
fn score_checks(lexicon: &Lexicon, scanner: &mut Scanner<'_>, texts: &[MarkedText]) -> [usize; 3] {
    let mut counts = [0; 3];
    for own in texts.iter().filter(|own| own.checks) {
        let marks = own.marks.iter().filter(|mark| mark.counts);
        let of_checks = marks.filter_map(|mark| mark.category.strip_prefix("check."));
        let shown: BTreeSet<String> = of_checks.map(str::to_owned).collect();
        scanner.scan(&own.text);
        let said = statements(lexicon, (0, "text"), &own.text, 0, scanner.statements());
        let found: BTreeSet<String> = said
            .iter()
            .filter_map(|statement| {
                let id = &lexicon.checks[statement.check].id;
                match statement.saying {
                    Saying::Done => Some(format!("{id}.done")),
                    Saying::NotDone => Some(format!("{id}.not_done")),
                    Saying::Planned | Saying::Trigger => None,
                }
            })
            .collect();
        counts[0] += found.intersection(&shown).count();
        counts[1] += found.difference(&shown).count();
        counts[2] += shown.difference(&found).count();
    }
    counts
}

/// Precision and recall.
fn shares([right, wrong, missed]: [usize; 3]) -> (f64, f64) {
    let of = |all: usize| right as f64 / all as f64;
    (of(right + wrong), of(right + missed))
}

#[test]
fn weights_find_more_of_response_checks_than_rules_alone() {
    let lexicon = built_in();
    for (name, texts, least) in [
        ("held", held(), HELD_CHECKS),
        ("blind", blind(), BLIND_CHECKS),
    ] {
        let rules = score_checks(lexicon, &mut Scanner::without_weights(lexicon), &texts);
        let both = score_checks(lexicon, &mut Scanner::new(lexicon), &texts);
        eprintln!("{name}, response checks: rules {rules:?}, rules and weights {both:?}");
        let (rules, both) = (shares(rules), shares(both));
        assert!(both.0 >= least.0 && both.1 >= least.1, "{name}: {both:?}");
        assert!(both.1 > rules.1 + 0.05, "{name}: {rules:?}, {both:?}");
    }
}

/// `blind`: whole records. `alike`: pieces by two more writers of whom nothing was learnt, who had real posts and labelled
/// narratives before them and told of other people in the same manner.
#[test]
fn writers_of_whom_nothing_was_learnt_are_read_better_with_weights() {
    let lexicon = built_in();
    for (name, texts, fewest, least) in [
        ("blind", blind(), 400, BLIND),
        ("alike", marked("tests/data/alike"), 1100, ALIKE),
    ] {
        assert!(texts.len() > fewest, "{name}: {} texts", texts.len());
        let rules = score(lexicon, &mut Scanner::without_weights(lexicon), &texts);
        let both = score(lexicon, &mut Scanner::new(lexicon), &texts);
        eprintln!("{name}: rules {rules:?}, rules and weights {both:?}");
        let (rules, both) = (shares(rules), shares(both));
        assert!(both.0 >= least.0 && both.1 >= least.1, "{name}: {both:?}");
        assert!(
            both.0 > rules.0 && both.1 > rules.1,
            "{name}: {rules:?}, {both:?}"
        );
    }
}

/// Precision and recall, at least: a little below what was measured when the table was learnt.
const HELD_CHECKS: (f64, f64) = (0.73, 0.51);
const BLIND_CHECKS: (f64, f64) = (0.80, 0.48);
// What words find in a person's own story must weigh more, and less of what rules find there is set aside, since real posts gain by
// it: 0.62, 0.58 and 0.64, 0.56 before.
const BLIND: (f64, f64) = (0.61, 0.58);
const ALIKE: (f64, f64) = (0.64, 0.53);

#[test]
fn weights_find_more_and_mistake_less_than_rules_alone() {
    let lexicon = built_in();
    let texts = held();
    assert!(texts.len() > 4600, "{} records", texts.len());
    let rules = score(lexicon, &mut Scanner::without_weights(lexicon), &texts);
    let both = score(lexicon, &mut Scanner::new(lexicon), &texts);
    let (rules, both) = (shares(rules), shares(both));
    eprintln!(
        "{} records never learnt from: rules {rules:.2?}, rules and weights {both:.2?}",
        texts.len()
    );
    assert!(
        both.0 >= 0.62 && both.1 >= 0.52,
        "worse than it was: {both:?}"
    );
    // The records that were kept apart first, in files with numbers: passages, which came later, are harder.
    let first = marked_if("tests/data/held", |name| {
        name.trim_end_matches(".txt")
            .ends_with(|last: char| last.is_ascii_digit())
    });
    assert!(first.len() > 1900, "{} records", first.len());
    let own = shares(score(lexicon, &mut Scanner::new(lexicon), &first));
    assert!(own.0 >= 0.59 && own.1 >= 0.57, "worse than it was: {own:?}");
    eprintln!("{} of them, the first: {own:.3?}", first.len());
    assert!(
        both.0 > rules.0 && both.1 > rules.1,
        "weights do not help: {rules:?}, {both:?}"
    );
}

#[test]
fn a_weighed_mention_says_which_words_weigh() {
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    let mut seen = 0;
    for own in held().iter().take(400) {
        for mention in scanner.scan(&own.text) {
            let rule = &lexicon.rules[mention.rule];
            assert_eq!(rule.weighed, !mention.weights.is_empty(), "{}", rule.id);
            for (span, weight) in &mention.weights {
                seen += 1;
                assert!(*weight > 0 && !span.of(&own.text).is_empty());
            }
        }
    }
    assert!(seen > 100, "{seen} weights");
}

/// What weighs no more than enough is set aside in a text that tells of nothing else, with its reason, and stands where
/// anything else does.
#[test]
fn what_barely_weighs_enough_stands_only_beside_something_else() {
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    let weak = |reason: &Option<String>| {
        reason
            .as_deref()
            .is_some_and(|reason| reason.starts_with("weak by itself"))
    };
    let mut seen = 0;
    for own in held() {
        let mentions = scanner.scan(&own.text);
        let alone: Vec<_> = mentions
            .iter()
            .filter(|m| lexicon.rules[m.rule].weighed && weak(&m.suppressed))
            .map(|m| (m.category, m.span))
            .collect();
        let Some((category, span)) = alone.first() else {
            continue;
        };
        for mention in mentions.iter().filter(|m| m.suppressed.is_none()) {
            let group = lexicon.categories[mention.category].group.as_str();
            assert_eq!(group, "context", "{}", own.text);
        }
        // The same words at the end of a text that says more. A sum of the whole text may alter the words, not lose them all.
        seen += 1;
        let more = format!("{}\n\nHe strangled her in March.", own.text);
        let beside = scanner.scan(&more);
        let still = |m: &&throughline::mention::Mention| {
            m.category == *category && m.span.start < span.end && span.start < m.span.end
        };
        assert!(
            !beside.iter().filter(still).any(|m| weak(&m.suppressed)),
            "{more}"
        );
        if seen == 100 {
            return;
        }
    }
    panic!("{seen} texts");
}

#[test]
fn what_stands_only_in_texts_besides_brings_no_words() {
    let lexicon = built_in();
    let text = |words: &str, shown: bool| MarkedText {
        name: "invented".to_owned(),
        marks: (0..usize::from(shown))
            .map(|_| Mark {
                category: "isolation".to_owned(),
                span: throughline::span::Span::new(0, words.len()),
                counts: true,
            })
            .collect(),
        text: words.to_owned(),
        silence: Silence::Tells,
        checks: false,
    };
    let mut own = Vec::new();
    let mut besides = Vec::new();
    for _ in 0..40 {
        own.push(text("The lantern is kept from her teacher.", true));
        own.push(text("The lantern is kept on the shelf.", false));
        besides.push(text("A zeppelin is kept from her teacher.", true));
    }
    let learnt = learn(lexicon, &own, &besides, LearnOptions::default()).expect("learnt");
    assert!(learnt.table.contains("teacher"), "{}", learnt.table);
    assert!(!learnt.table.contains("zeppelin"));
    // The same texts, the same table.
    let again = learn(lexicon, &own, &besides, LearnOptions::default()).expect("learnt");
    assert_eq!(again.table, learnt.table);
}

#[test]
fn no_weight_tells_a_persons_sex() {
    let path = crate_folder().join("lexicons/weighed/weights.tsv");
    let table = std::fs::read_to_string(path).expect("readable");
    let heads = table
        .lines()
        .filter(|line| !line.starts_with(['#', ':', '[']));
    let words: BTreeSet<&str> = heads
        .flat_map(|line| {
            line.split('\t')
                .next()
                .unwrap_or_default()
                .split([' ', '~'])
        })
        .collect();
    assert!(words.len() > 2000, "{} words", words.len());
    // Of twins the first stands for both.
    for word in [
        "mr", "mrs", "auntie", "sir", "bride", "she", "her", "wife", "mum", "mom", "sister",
        "landlady", "waitress",
    ] {
        assert!(!words.contains(word), "{word}");
    }
}

#[test]
fn what_the_readme_says_to_learn_from_can_be_read() {
    for folder in ["data/marked", "tests/data/fresh"] {
        let read = ["txt", "tsv", "jsonl"];
        let texts = marked_if(folder, |name| {
            read.iter().any(|end| name.ends_with(&format!(".{end}")))
        });
        assert!(texts.len() > 1000, "{folder}: {}", texts.len());
    }
}
