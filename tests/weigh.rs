//! What weights add to rules, and what they set aside, in records that neither rules nor weights were learnt from
//! (`data/held`): the fifth, by chance, of the invented records of `data/marked`.

use std::collections::BTreeSet;

use throughline::lexicon::Lexicon;
use throughline::scan::Scanner;
use throughline::weigh::{LearnOptions, Mark, MarkedText, Silence, learn, read_marked};

use crate::support::{built_in, crate_folder};

fn held() -> Vec<MarkedText> {
    let folder = crate_folder().join("tests/data/held");
    let files = std::fs::read_dir(folder).expect("readable");
    let mut files: Vec<_> = files.map(|file| file.expect("readable").path()).collect();
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

#[test]
fn weights_find_more_and_mistake_less_than_rules_alone() {
    let lexicon = built_in();
    let texts = held();
    assert!(texts.len() > 1900, "{} records", texts.len());
    let rules = score(lexicon, &mut Scanner::without_weights(lexicon), &texts);
    let both = score(lexicon, &mut Scanner::new(lexicon), &texts);
    let share = |[right, wrong, missed]: [usize; 3]| {
        let of = |all: usize| right as f64 / all as f64;
        (of(right + wrong), of(right + missed))
    };
    let (rules, both) = (share(rules), share(both));
    eprintln!(
        "{} records never learnt from: rules {rules:.2?}, rules and weights {both:.2?}",
        texts.len()
    );
    assert!(
        both.0 >= 0.58 && both.1 >= 0.53,
        "worse than it was: {both:?}"
    );
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
    ] {
        assert!(!words.contains(word), "{word}");
    }
}
