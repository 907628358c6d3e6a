//! The same narrative written another way yields the same categories. Needs `../shared/gold` beside
//! the crate; the sample data is used always.

use std::collections::BTreeMap;
use std::path::PathBuf;

use throughline::assertion::Group;
use throughline::evaluate::read_gold;
use throughline::lexicon::Lexicon;
use throughline::scan::Scanner;

use crate::support::{built_in, crate_folder, shared};

/// A way to rewrite a text; several where the writing is open (`her` may become `him` or `his`).
type Variant = (&'static str, fn(&str) -> Vec<String>);

const VARIANTS: [Variant; 8] = [
    ("lower case", |t| vec![t.to_lowercase()]),
    ("capitals", |t| vec![t.to_uppercase()]),
    ("curly apostrophes", |t| vec![apostrophes(t, "’")]),
    ("straight apostrophes", |t| vec![apostrophes(t, "'")]),
    ("no apostrophes", |t| vec![apostrophes(t, "")]),
    ("CRLF", |t| {
        vec![t.replace("\r\n", "\n").replace('\n', "\r\n")]
    }),
    ("he and she swapped", |t| {
        HER.map(|her| swap_pronouns(t, her)).to_vec()
    }),
    ("men and women swapped", |t| {
        HER.map(|her| swap_nouns(&swap_pronouns(t, her))).to_vec()
    }),
];

/// Documents in a hundred that must come out the same in each variant, at the least. One document of
/// the sample falls short of it; what was measured last stands here, and the aim is the same for all.
const SAME_PERCENT: f64 = 99.5;
const SAME_PERCENT_SWAPPED: [(&str, f64); 1] = [("sample, he and she swapped", 99.0)];

/// Replaces each apostrophe within a word.
fn apostrophes(text: &str, with: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, c) in chars.iter().enumerate() {
        let inside = at > 0
            && chars[at - 1].is_alphabetic()
            && chars.get(at + 1).is_some_and(|c| c.is_alphabetic());
        if matches!(c, '\'' | '’') && inside {
            out.push_str(with);
        } else {
            out.push(*c);
        }
    }
    out
}

/// What becomes of `her`: only a reader can tell `him` from `his` (and of `his`, `her` from `hers`),
/// so a document counts as changed only if it comes out otherwise whichever is written throughout,
/// and also if the words after it decide.
#[derive(Clone, Copy, PartialEq)]
enum Her {
    Him,
    His,
    ByNextWord,
}

const HER: [Her; 3] = [Her::ByNextWord, Her::Him, Her::His];

/// Words before which `her` stands for `him` rather than for `his`.
const AFTER_OBJECT: &[&str] = &[
    "a", "about", "after", "again", "all", "and", "any", "as", "at", "away", "back", "because",
    "before", "but", "by", "down", "every", "for", "from", "go", "he", "how", "i", "if", "in",
    "into", "is", "it", "like", "no", "not", "now", "of", "off", "on", "or", "out", "over", "she",
    "since", "so", "that", "the", "then", "they", "through", "to", "too", "until", "up", "was",
    "we", "what", "when", "where", "while", "who", "with", "you",
];

fn swap_pronouns(text: &str, her: Her) -> String {
    replace_words(text, |word, rest| {
        let rest = rest.trim_start_matches([' ', '\n', '\r']);
        let next: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric())
            .collect::<String>()
            .to_lowercase();
        let object = next.is_empty() || AFTER_OBJECT.contains(&next.as_str());
        let him = her == Her::Him || her == Her::ByNextWord && object;
        Some(match word {
            "he" => "she",
            "she" => "he",
            "him" => "her",
            "her" if him => "him",
            "her" => "his",
            "his" if next.is_empty() => "hers",
            "his" => "her",
            "hers" => "his",
            "himself" => "herself",
            "herself" => "himself",
            _ => return None,
        })
    })
}

const NOUNS: &[(&str, &str)] = &[
    ("male", "female"),
    ("males", "females"),
    ("man", "woman"),
    ("men", "women"),
    ("boyfriend", "girlfriend"),
    ("bf", "gf"),
    ("husband", "wife"),
    ("hubby", "missus"),
    ("father", "mother"),
    ("dad", "mum"),
    ("brother", "sister"),
    ("son", "daughter"),
    ("uncle", "aunt"),
    ("boy", "girl"),
    ("boys", "girls"),
    ("lad", "lass"),
    ("lads", "lasses"),
    ("grandad", "nan"),
    ("nephew", "niece"),
    ("stepdad", "stepmum"),
    ("grandson", "granddaughter"),
    ("gentleman", "lady"),
    ("mr", "mrs"),
    ("sir", "madam"),
];

fn swap_nouns(text: &str) -> String {
    replace_words(text, |word, _| {
        NOUNS.iter().find_map(|(a, b)| {
            if *a == word {
                Some(*b)
            } else {
                (*b == word).then_some(*a)
            }
        })
    })
}

/// Replaces words (given in lower case, with what follows them), keeping how they are capitalised.
fn replace_words(text: &str, new: impl Fn(&str, &str) -> Option<&'static str>) -> String {
    let pattern = regex::Regex::new(r"[A-Za-z]+").expect("valid");
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for word in pattern.find_iter(text) {
        let Some(swapped) = new(&word.as_str().to_lowercase(), &text[word.end()..]) else {
            continue;
        };
        let first = word.as_str().chars().next().expect("a letter");
        let capitals = word.len() > 1 && word.as_str().chars().all(|c| c.is_uppercase());
        out.push_str(&text[done..word.start()]);
        match (capitals, first.is_uppercase()) {
            (true, _) => out.push_str(&swapped.to_uppercase()),
            (false, true) => {
                out.push_str(&format!("{}{}", swapped[..1].to_uppercase(), &swapped[1..]));
            }
            (false, false) => out.push_str(swapped),
        }
        done = word.end();
    }
    out + &text[done..]
}

/// Categories in evidence, each with the rules and words that show it.
fn categories<'l>(
    lexicon: &'l Lexicon,
    scanner: &mut Scanner<'l>,
    text: &str,
) -> BTreeMap<&'l str, Vec<String>> {
    let mut told: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for m in scanner.scan(text).iter().filter(|m| m.suppressed.is_none()) {
        let category = &lexicon.categories[m.category];
        if category.group != Group::Context {
            told.entry(&category.id).or_default().push(format!(
                "{} \"{}\"",
                lexicon.rules[m.rule].id,
                m.span.of(text)
            ));
        }
    }
    told
}

fn check(name: &str, paths: &[PathBuf]) {
    let lexicon = built_in();
    let mut scanner = Scanner::new(lexicon);
    let documents: Vec<_> = paths
        .iter()
        .flat_map(|path| read_gold(path).expect("readable"))
        .collect();
    let plain: Vec<_> = documents
        .iter()
        .map(|d| categories(lexicon, &mut scanner, &d.text))
        .collect();
    let mut short = Vec::new();
    for (variant, rewrite) in VARIANTS {
        let mut same = 0;
        for (document, plain) in documents.iter().zip(&plain) {
            let others: Vec<_> = rewrite(&document.text)
                .iter()
                .map(|text| categories(lexicon, &mut scanner, text))
                .collect();
            let lost: Vec<&String> = plain
                .iter()
                .filter(|(id, _)| others.iter().all(|o| !o.contains_key(*id)))
                .flat_map(|(_, told)| told)
                .collect();
            let everywhere = |id: &str| others.iter().all(|o| o.contains_key(id));
            let gained: Vec<&String> = others[0]
                .iter()
                .filter(|(id, _)| !plain.contains_key(*id) && everywhere(id))
                .flat_map(|(_, told)| told)
                .collect();
            if lost.is_empty() && gained.is_empty() {
                same += 1;
            } else {
                eprintln!(
                    "{name}, {variant}: {} lost {lost:?}, gained {gained:?}",
                    document.doc_id
                );
            }
        }
        let percent = 100.0 * f64::from(same) / documents.len() as f64;
        eprintln!(
            "{name}, {variant}: {same} of {} documents the same ({percent:.1}%)",
            documents.len()
        );
        let own = format!("{name}, {variant}");
        let least = SAME_PERCENT_SWAPPED
            .iter()
            .find(|(known, _)| *known == own)
            .map_or(SAME_PERCENT, |(_, least)| *least);
        if percent < least {
            short.push(format!("{own}: {percent:.1}%, at least {least}% before"));
        }
    }
    assert!(
        short.is_empty(),
        "too few documents are the same\n{}",
        short.join("\n")
    );
}

#[test]
fn another_hand_the_same_categories_in_the_sample() {
    check("sample", &[crate_folder().join("data/sample_gold.jsonl")]);
}

#[test]
fn another_hand_the_same_categories_in_the_development_gold() {
    let Some(folder) = shared("gold") else { return };
    let entries = std::fs::read_dir(folder)
        .expect("readable")
        .map(|e| e.expect("readable").path());
    let mut paths: Vec<PathBuf> = entries
        .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    paths.sort();
    check("gold", &paths);
}

#[test]
fn pronouns_are_swapped_both_ways() {
    let text = "He hit her and took her phone. SHE told him. Hers, not his. Her mum saw himself.";
    let swapped =
        "She hit him and took his phone. HE told her. His, not hers. His mum saw herself.";
    assert_eq!(swap_pronouns(text, Her::ByNextWord), swapped);
    assert_eq!(swap_pronouns(swapped, Her::ByNextWord), text);
    assert_eq!(
        swap_nouns("Her MUM and the males"),
        "Her DAD and the females"
    );
    assert_eq!(
        apostrophes("he’s 'ere, it's Jo's'", ""),
        "hes 'ere, its Jos'"
    );
}
