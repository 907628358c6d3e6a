//! The matcher against an oracle: a naive matcher that tries every start, every gap width and every
//! alternative must find what the engine finds, on random texts and random rules.
//!
//! Texts and rules are drawn over a handful of words, so that almost every rule matches somewhere.
//! The oracle works on the words that the generator put into the text, not on the engine's tokens,
//! and on the generator's own tree of the pattern, not on the engine's parse of it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use throughline::lexicon::{Lexicon, LexiconSource};
use throughline::mention::Mention;
use throughline::scan::Scanner;
use throughline::span::Span;

const COMMON: [&str; 6] = ["ant", "bat", "cat", "dog", "elk", "fox"];
/// Words that stand in one step of each pattern: the step that verification starts from.
const RARE: [&str; 2] = ["yak", "zho"];
/// Separators with the strength of the break that they make.
const SEPARATORS: [(&str, u8); 9] = [
    (" ", 0),
    (" ", 0),
    (" ", 0),
    (" ", 0),
    (", ", 1),
    (" (", 1),
    ("; ", 2),
    (" - ", 2),
    (". ", 3),
];
const STRONG: u8 = 2;
const SENTENCE: u8 = 3;

type Word = &'static str;
type Phrase = Vec<Word>;

/// A text as the generator made it.
#[derive(Clone)]
struct Text {
    /// Word, whether it is written in capitals, and the break before it.
    words: Vec<(Word, bool, u8)>,
    written: String,
    /// Bytes of each word.
    places: Vec<(usize, usize)>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.written)
    }
}

impl Text {
    fn new(words: &[(Word, bool, (&'static str, u8))]) -> Self {
        let mut text = Self {
            words: Vec::new(),
            written: String::new(),
            places: Vec::new(),
        };
        for (index, (word, capitals, (separator, strength))) in words.iter().enumerate() {
            if index > 0 {
                text.written.push_str(separator);
            }
            let start = text.written.len();
            text.written += &if *capitals {
                word.to_uppercase()
            } else {
                (*word).to_owned()
            };
            text.places.push((start, text.written.len()));
            text.words.push((word, *capitals, *strength));
        }
        text
    }

    /// Ranges between breaks of at least `strength`.
    fn parts(&self, strength: u8) -> Vec<std::ops::Range<usize>> {
        let mut bounds: Vec<usize> = (0..self.words.len())
            .filter(|i| *i == 0 || self.words[*i].2 >= strength)
            .collect();
        bounds.push(self.words.len());
        bounds.windows(2).map(|w| w[0]..w[1]).collect()
    }

    fn stands(&self, phrase: &[Word], at: usize, end: usize) -> bool {
        at + phrase.len() <= end && phrase.iter().zip(&self.words[at..]).all(|(a, b)| *a == b.0)
    }
}

/// A pattern as the generator made it.
#[derive(Clone, Debug)]
enum Item {
    /// A class or a flat group, with all that it stands for; written as given.
    Any {
        written: String,
        phrases: Vec<Phrase>,
    },
    /// One of several sequences.
    Group(Vec<Vec<Item>>),
    Optional(Box<Item>),
    Gap {
        min: usize,
        max: usize,
        written: String,
        except: Vec<Phrase>,
    },
    Not {
        written: String,
        phrases: Vec<Phrase>,
    },
    Start,
    End,
}

fn write_items(items: &[Item]) -> String {
    let parts: Vec<String> = items.iter().map(write_item).collect();
    parts.join(" ")
}

fn write_item(item: &Item) -> String {
    match item {
        Item::Any { written, .. } => written.clone(),
        Item::Group(branches) => {
            let branches: Vec<String> = branches.iter().map(|b| write_items(b)).collect();
            format!("({})", branches.join("|"))
        }
        Item::Optional(inner) => format!("{}?", write_item(inner)),
        Item::Gap {
            min, max, written, ..
        } if written.is_empty() => format!("[{min}-{max}]"),
        Item::Gap {
            min, max, written, ..
        } => format!("[{min}-{max} !{written}]"),
        Item::Not { written, .. } => format!("!{written}"),
        Item::Start => "^".to_owned(),
        Item::End => "$".to_owned(),
    }
}

/// A pattern without options and groups.
type Flat<'i> = Vec<&'i Item>;

fn expand(items: &[Item]) -> Vec<Flat<'_>> {
    let mut all: Vec<Flat> = vec![Vec::new()];
    for item in items {
        let choices: Vec<Flat> = match item {
            Item::Group(branches) => branches.iter().flat_map(|b| expand(b)).collect(),
            Item::Optional(inner) => {
                let mut choices = expand(std::slice::from_ref(inner));
                choices.push(Vec::new());
                choices
            }
            _ => vec![vec![item]],
        };
        all = all
            .iter()
            .flat_map(|head| {
                choices
                    .iter()
                    .map(move |tail| [head.as_slice(), tail].concat())
            })
            .collect();
    }
    all
}

/// Every way to lay `steps` on `text` from word `at` on, as the range that each step takes.
fn lay(
    text: &Text,
    range: &std::ops::Range<usize>,
    clause: bool,
    steps: &[&Item],
    at: usize,
    laid: &mut Vec<(usize, usize)>,
    out: &mut Vec<Vec<(usize, usize)>>,
) {
    let Some((step, rest)) = steps.split_first() else {
        out.push(laid.clone());
        return;
    };
    let mut ends = Vec::new();
    match step {
        Item::Any { phrases, .. } => {
            ends.extend(
                phrases
                    .iter()
                    .filter(|p| text.stands(p, at, range.end))
                    .map(|p| at + p.len()),
            );
        }
        Item::Gap {
            min, max, except, ..
        } => {
            for end in at + min..=(at + max).min(range.end) {
                let excepted = except
                    .iter()
                    .any(|p| (at..end).any(|from| text.stands(p, from, end)));
                let crosses = clause
                    && (at..=end).any(|i| i > range.start && i < range.end && text.words[i].2 >= 1);
                if !excepted && !crosses {
                    ends.push(end);
                }
            }
        }
        Item::Not { phrases, .. } => {
            if !phrases.iter().any(|p| text.stands(p, at, range.end)) {
                ends.push(at);
            }
        }
        Item::Start if at == range.start => ends.push(at),
        Item::End if at == range.end => ends.push(at),
        Item::Start | Item::End => {}
        Item::Group(_) | Item::Optional(_) => unreachable!("expanded"),
    }
    ends.sort_unstable();
    ends.dedup();
    for end in ends {
        laid.push((at, end));
        lay(text, range, clause, rest, end, laid, out);
        laid.pop();
    }
}

fn lay_anywhere(
    text: &Text,
    range: &std::ops::Range<usize>,
    clause: bool,
    steps: &[&Item],
) -> Vec<Vec<(usize, usize)>> {
    let mut out = Vec::new();
    for start in range.start..=range.end {
        lay(text, range, clause, steps, start, &mut Vec::new(), &mut out);
    }
    out
}

fn is_rare(item: &Item) -> bool {
    matches!(item, Item::Any { phrases, .. } if phrases.iter().flatten().any(|w| RARE.contains(w)))
}

/// The words from the first to the last that a step other than a gap took.
fn span_of(steps: &[&Item], laid: &[(usize, usize)]) -> (usize, usize) {
    let solid = || {
        steps
            .iter()
            .zip(laid)
            .filter(|(s, _)| matches!(s, Item::Any { .. }))
            .map(|(_, place)| *place)
    };
    (
        solid().map(|p| p.0).min().expect("a word"),
        solid().map(|p| p.1).max().expect("a word"),
    )
}

/// Every match of a pattern, however wide its gaps.
fn all_matches(text: &Text, items: &[Item], clause: bool) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for steps in expand(items) {
        for unit in text.parts(STRONG) {
            found.extend(
                lay_anywhere(text, &unit, clause, &steps)
                    .iter()
                    .map(|laid| span_of(&steps, laid)),
            );
        }
    }
    found
}

/// The matches that the rules of the pattern language give: around each place of the rarest step,
/// outwards, gaps take as few words as they can and classes their longest member that lets the
/// rest match.
fn preferred_matches(text: &Text, items: &[Item], clause: bool) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    for steps in expand(items) {
        let anchor = steps
            .iter()
            .position(|s| is_rare(s))
            .expect("each pattern has one rare step");
        for unit in text.parts(STRONG) {
            let ways = lay_anywhere(text, &unit, clause, &steps);
            let places: BTreeSet<(usize, usize)> = ways.iter().map(|laid| laid[anchor]).collect();
            for place in places {
                let outwards = |laid: &Vec<(usize, usize)>| -> Vec<i64> {
                    let cost = |index: usize| {
                        let width = (laid[index].1 - laid[index].0) as i64;
                        if matches!(steps[index], Item::Any { .. }) {
                            -width
                        } else {
                            width
                        }
                    };
                    (0..anchor)
                        .rev()
                        .chain(anchor + 1..laid.len())
                        .map(cost)
                        .collect()
                };
                let best = ways
                    .iter()
                    .filter(|laid| laid[anchor] == place)
                    .min_by_key(|laid| outwards(laid));
                found.extend(best.map(|laid| span_of(&steps, laid)));
            }
        }
    }
    found
}

// ---- generators ----

/// Named classes, each with its words and phrases.
type ClassList = Vec<(String, Vec<Phrase>)>;

fn phrase(rare: bool) -> impl Strategy<Value = Phrase> {
    let word = move || {
        if rare {
            proptest::sample::select(&RARE[..])
        } else {
            proptest::sample::select(&COMMON[..])
        }
    };
    let common = || proptest::sample::select(&COMMON[..]);
    prop_oneof![
        4 => word().prop_map(|w| vec![w]),
        1 => (word(), common()).prop_map(|(a, b)| vec![a, b]),
        1 => (common(), word()).prop_map(|(a, b)| vec![a, b]),
        1 => (common(), word(), common()).prop_map(|(a, b, c)| vec![a, b, c]),
    ]
}

/// Four classes: the first two of common words, the last two of rare ones.
fn classes() -> impl Strategy<Value = ClassList> {
    let one = |rare| proptest::collection::vec(phrase(rare), 1..4);
    (one(false), one(false), one(true), one(true)).prop_map(|(a, b, c, d)| {
        [("c0", a), ("c1", b), ("r0", c), ("r1", d)]
            .map(|(name, phrases)| (name.to_owned(), phrases))
            .to_vec()
    })
}

fn alternatives(phrases: &[Phrase]) -> String {
    phrases
        .iter()
        .map(|p| p.join(" "))
        .collect::<Vec<_>>()
        .join("|")
}

fn solid(rare: bool, classes: &ClassList) -> impl Strategy<Value = Item> + use<> {
    let own: ClassList = if rare {
        classes[2..].to_vec()
    } else {
        classes[..2].to_vec()
    };
    let word = if rare { &RARE[..] } else { &COMMON[..] };
    prop_oneof![
        3 => proptest::sample::select(word).prop_map(|w| Item::Any { written: w.to_owned(), phrases: vec![vec![w]] }),
        2 => proptest::sample::select(own).prop_map(|(name, phrases)| Item::Any { written: format!("{{{name}}}"), phrases }),
        1 => proptest::collection::vec(phrase(rare), 2..4)
            .prop_map(|phrases| Item::Any { written: format!("({})", alternatives(&phrases)), phrases }),
    ]
}

/// What a gap or an exclusion excludes, and how it is written.
fn excluded(classes: ClassList) -> impl Strategy<Value = (String, Vec<Phrase>)> {
    (
        proptest::collection::vec(phrase(false), 1..3),
        any::<bool>(),
    )
        .prop_map(move |(mut phrases, class)| {
            let mut written = alternatives(&phrases);
            if class {
                let (name, members) = &classes[0];
                let _ = write!(written, "|{{{name}}}");
                phrases.extend(members.iter().cloned());
            }
            (written, phrases)
        })
}

fn gap(classes: ClassList) -> impl Strategy<Value = Item> {
    let except = prop_oneof![2 => Just((String::new(), Vec::new())), 1 => excluded(classes)];
    (0_usize..2, 0_usize..3, except).prop_map(|(min, more, (written, except))| Item::Gap {
        min,
        max: min + more,
        written,
        except,
    })
}

fn not(classes: ClassList) -> impl Strategy<Value = Item> {
    excluded(classes).prop_map(|(written, phrases)| Item::Not {
        written: format!("({written})"),
        phrases,
    })
}

/// What stands between the rare step and the edge: a step, perhaps after a gap or an exclusion,
/// perhaps optional, perhaps one of two.
fn link(classes: ClassList, before: bool) -> impl Strategy<Value = Vec<Item>> {
    let parts = (
        solid(false, &classes),
        proptest::option::weighted(0.6, gap(classes.clone())),
        proptest::option::weighted(0.15, not(classes)),
    );
    let plain = parts.prop_map(move |(solid, gap, not)| {
        let between: Vec<Item> = gap.into_iter().chain(not).collect();
        if before {
            [vec![solid], between].concat()
        } else {
            [between, vec![solid]].concat()
        }
    });
    let plain = plain.boxed();
    prop_oneof![
        4 => plain.clone(),
        1 => plain.clone().prop_map(|items| vec![Item::Optional(Box::new(Item::Group(vec![items])))]),
        1 => (plain.clone(), plain).prop_map(|(a, b)| vec![one_of(a, b)]),
    ]
}

/// `(a|b)`: one step if both are, else two patterns in one.
fn one_of(a: Vec<Item>, b: Vec<Item>) -> Item {
    let written = format!("({}|{})", write_items(&a), write_items(&b));
    match (a.as_slice(), b.as_slice()) {
        ([Item::Any { phrases: one, .. }], [Item::Any { phrases: other, .. }]) => Item::Any {
            written,
            phrases: [one.as_slice(), other].concat(),
        },
        _ => Item::Group(vec![a, b]),
    }
}

fn pattern(classes: &ClassList, anchor_is_rare: bool) -> impl Strategy<Value = Vec<Item>> + use<> {
    let links = |before| {
        proptest::collection::vec(link(classes.clone(), before), 0..3).prop_map(|l| l.concat())
    };
    let edge = || proptest::option::weighted(0.15, (any::<bool>(), gap(classes.clone())));
    (
        edge(),
        links(true),
        solid(anchor_is_rare, classes),
        links(false),
        edge(),
    )
        .prop_map(|(start, head, anchor, tail, end)| {
            let mut items = Vec::new();
            if let Some((with_gap, gap)) = start {
                items.push(Item::Start);
                items.extend(with_gap.then_some(gap));
            }
            items.extend(head);
            items.push(anchor);
            items.extend(tail);
            if let Some((with_gap, gap)) = end {
                items.extend(with_gap.then_some(gap));
                items.push(Item::End);
            }
            items
        })
}

fn text() -> impl Strategy<Value = Text> {
    let word = prop_oneof![3 => proptest::sample::select(&COMMON[..]), 1 => proptest::sample::select(&RARE[..])];
    let separator = proptest::sample::select(&SEPARATORS[..]);
    proptest::collection::vec((word, proptest::bool::weighted(0.2), separator), 1..16)
        .prop_map(|words| Text::new(&words))
}

/// A rule: its pattern, and whether it keeps within a clause.
type OneRule = (Vec<Item>, bool);

fn rules(anchor_is_rare: bool) -> impl Strategy<Value = (ClassList, Vec<OneRule>)> {
    classes().prop_flat_map(move |classes| {
        let rule = (
            pattern(&classes, anchor_is_rare),
            proptest::bool::weighted(0.3),
        );
        (Just(classes), proptest::collection::vec(rule, 1..4))
    })
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn lexicon_file(classes: &ClassList, rules: &[OneRule], extra: &str) -> String {
    let mut file = String::from(
        "schema = 1\n[category]\nid = \"k\"\ngroup = \"abuse\"\ntitle = \"k\"\ndefinition = \"k\"\nsource = \"k\"\ntier = 2\n",
    );
    for (name, phrases) in classes {
        let words: Vec<String> = phrases.iter().map(|p| quoted(&p.join(" "))).collect();
        let _ = writeln!(file, "[class.{name}]\nwords = [{}]", words.join(", "));
    }
    let frequent: Vec<String> = COMMON
        .iter()
        .map(|w| quoted(&format!("{w} 100000")))
        .collect();
    let _ = writeln!(file, "[frequency]\nwords = [{}]", frequent.join(", "));
    for (index, (items, clause)) in rules.iter().enumerate() {
        let within = if *clause { "clause" } else { "sentence" };
        let _ = writeln!(
            file,
            "[[rule]]\nid = \"k.r{index}\"\nstatus = \"reviewed\"\npatterns = [\"{}\"]\nwithin = \"{within}\"\nexamples = [\"x\"]\ncounter = [\"x\"]\n{extra}",
            write_items(items)
        );
    }
    file
}

/// A lexicon of one rule with these patterns.
fn pattern_file(classes: &ClassList, patterns: &[String], within: &str) -> String {
    let patterns: Vec<String> = patterns.iter().map(|p| quoted(p)).collect();
    format!(
        "{}[[rule]]\nid = \"k.r\"\nstatus = \"reviewed\"\nwithin = \"{within}\"\npatterns = [{}]\nexamples = [\"x\"]\ncounter = [\"x\"]\n",
        lexicon_file(classes, &[], ""),
        patterns.join(", ")
    )
}

fn build(file: &str) -> Lexicon {
    let mut source = LexiconSource::default();
    source.add_file("k.toml", file);
    match Lexicon::from_source(&source) {
        Ok(lexicon) => lexicon,
        Err(error) => match error.kind() {
            throughline::error::ErrorKind::Lexicon(problems) => panic!("{}\n{file}", problems[0]),
            _ => panic!("{error}"),
        },
    }
}

/// Rule and words of each mention.
fn found_by(mentions: &[Mention], text: &Text) -> BTreeSet<(usize, (usize, usize))> {
    let word_at = |byte: usize, edge: fn(&(usize, usize)) -> usize| {
        text.places
            .iter()
            .position(|p| edge(p) == byte)
            .expect("a mention begins and ends with words")
    };
    mentions
        .iter()
        .map(|m| {
            (
                m.rule,
                (
                    word_at(m.span.start, |p| p.0),
                    word_at(m.span.end, |p| p.1) + 1,
                ),
            )
        })
        .collect()
}

fn naive(
    rules: &[OneRule],
    find: impl Fn(&[Item], bool) -> BTreeSet<(usize, usize)>,
) -> BTreeSet<(usize, (usize, usize))> {
    let each = rules.iter().enumerate();
    each.flat_map(|(index, (items, clause))| {
        find(items, *clause)
            .into_iter()
            .map(move |span| (index, span))
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// With one rare step in each pattern, the place to start from is known, and the engine must
    /// find exactly what the oracle finds.
    #[test]
    fn finds_what_the_naive_matcher_finds((classes, rules) in rules(true), texts in proptest::collection::vec(text(), 4)) {
        let file = lexicon_file(&classes, &rules, "");
        let lexicon = build(&file);
        let mut scanner = Scanner::new(&lexicon);
        for text in &texts {
            let found = found_by(&scanner.scan_all(&text.written), text);
            let expected = naive(&rules, |items, clause| preferred_matches(text, items, clause));
            prop_assert_eq!(found, expected, "{}\n{}", text.written, file);
        }
    }

    /// Whatever step the engine starts from, it finds nothing that is not a match, and every match
    /// that there is shares words with one that it finds.
    #[test]
    fn finds_only_matches_and_misses_none((classes, rules) in rules(false), texts in proptest::collection::vec(text(), 4)) {
        let file = lexicon_file(&classes, &rules, "");
        let lexicon = build(&file);
        let mut scanner = Scanner::new(&lexicon);
        for text in &texts {
            let found = found_by(&scanner.scan_all(&text.written), text);
            let all = naive(&rules, |items, clause| all_matches(text, items, clause));
            prop_assert!(found.is_subset(&all), "not a match: {:?}\n{}\n{file}", found.difference(&all).next(), text.written);
            for (rule, span) in &all {
                let near = found.iter().any(|(other, (start, end))| other == rule && *start < span.1 && span.0 < *end);
                prop_assert!(near, "rule {rule} misses words {span:?}\n{}\n{file}", text.written);
            }
        }
    }

    /// `a <0-2> b` finds what `a [0-2] b` and `b [0-2] a` find together.
    #[test]
    fn either_order_is_both_orders(classes in classes(), width in 0_usize..4, texts in proptest::collection::vec(text(), 4)) {
        let either = build(&pattern_file(&classes, &[format!("{{c0}} <0-{width}> {{r0}}")], "sentence"));
        let both = build(&pattern_file(&classes, &[format!("{{c0}} [0-{width}] {{r0}}"), format!("{{r0}} [0-{width}] {{c0}}")], "sentence"));
        for text in &texts {
            let spans = |lexicon: &Lexicon| -> BTreeSet<_> {
                Scanner::new(lexicon).scan_all(&text.written).iter().map(|m| (m.span.start, m.span.end)).collect()
            };
            prop_assert_eq!(spans(&either), spans(&both), "{}", text.written);
        }
    }

    /// Within a passage a pattern finds all that it finds within a sentence, and what it finds
    /// besides crosses one strong break.
    #[test]
    fn a_passage_reaches_over_one_break(classes in classes(), width in 0_usize..4, texts in proptest::collection::vec(text(), 4)) {
        let pattern = [format!("{{c0}} [0-{width}] {{r0}}")];
        let narrow = build(&pattern_file(&classes, &pattern, "sentence"));
        let wide = build(&pattern_file(&classes, &pattern, "passage"));
        let rare: BTreeSet<Word> = classes[2].1.iter().flatten().copied().collect();
        let common: BTreeSet<Word> = classes[0].1.iter().flatten().copied().collect();
        for text in &texts {
            let spans = |lexicon: &Lexicon| found_by(&Scanner::new(lexicon).scan_all(&text.written), text);
            let (narrow, wide) = (spans(&narrow), spans(&wide));
            prop_assert!(narrow.is_subset(&wide), "{}", text.written);
            for (_, (first, last)) in wide.difference(&narrow) {
                let breaks = (first + 1..*last).filter(|at| text.words[*at].2 >= STRONG).count();
                prop_assert!(breaks == 1, "{}", text.written);
                prop_assert!(common.contains(text.words[*first].0) && rare.contains(text.words[last - 1].0), "{}", text.written);
            }
        }
    }

    /// Of overlapping mentions of one category: what counts before what does not, then the
    /// longest, then the leftmost, then the first rule. Nothing else is dropped.
    #[test]
    fn overlaps_follow_the_stated_rule((classes, rules) in rules(true), not in phrase(false), texts in proptest::collection::vec(text(), 4)) {
        let file = lexicon_file(&classes, &rules, &format!("not_after = [\"{}\"]", not.join(" ")));
        let lexicon = build(&file);
        let mut scanner = Scanner::new(&lexicon);
        for text in &texts {
            let mut all: Vec<_> = scanner
                .scan_all(&text.written)
                .iter()
                .map(|m| (m.suppressed.is_some(), m.span, m.rule))
                .collect();
            // In words, not bytes.
            let tokens = &scanner.segmented().tokens;
            let words = |span: Span| tokens.iter().filter(|t| span.contains(t.span())).count();
            all.sort_by_key(|(aside, span, rule)| (*aside, std::cmp::Reverse(words(*span)), span.start, *rule));
            let mut keep: Vec<(usize, usize, usize)> = Vec::new();
            for (_, Span { start, end }, rule) in all {
                if keep.iter().all(|(s, e, _)| *e <= start || end <= *s) {
                    keep.push((start, end, rule));
                }
            }
            keep.sort_unstable();
            let kept: Vec<_> = scanner.scan(&text.written).iter().map(|m| (m.span.start, m.span.end, m.rule)).collect();
            prop_assert_eq!(kept, keep, "{}\n{}", text.written, file);
        }
    }

    /// Exceptions and needs, against the same oracle.
    #[test]
    fn exceptions_and_needs(
        (classes, rules) in rules(true),
        kind in 0_usize..4,
        exception in (phrase(false), proptest::option::of((0_usize..2, 0_usize..3)), proptest::option::of(phrase(false))),
        texts in proptest::collection::vec(text(), 4),
    ) {
        // Not the word class of the rules: `phrase`, a gap, perhaps another phrase.
        let literal = |p: &Phrase| Item::Any { written: p.join(" "), phrases: vec![p.clone()] };
        let (first, gap, second) = &exception;
        let mut items = vec![literal(first)];
        let gap = gap.map(|(min, more)| Item::Gap { min, max: min + more, written: String::new(), except: Vec::new() });
        match (gap, second) {
            (gap, Some(second)) => {
                items.extend(gap);
                items.push(literal(second));
            }
            // A gap may touch the match, on the side where the match is.
            (Some(gap), None) if kind == 0 => items.push(gap),
            (Some(gap), None) if kind == 1 => items.insert(0, gap),
            _ => {}
        }
        let key = ["not_before", "not_after", "not_in_sentence", "needs_in_sentence"][kind];
        let file = lexicon_file(&classes, &rules, &format!("{key} = [\"{}\"]", write_items(&items)));
        let lexicon = build(&file);
        let mut scanner = Scanner::new(&lexicon);
        let steps: Flat = items.iter().collect();
        for text in &texts {
            for (rule, (start, end)) in naive(&rules, |items, clause| preferred_matches(text, items, clause)) {
                let sentence = text.parts(SENTENCE).into_iter().find(|s| s.contains(&start)).expect("a sentence");
                let laid = lay_anywhere(text, &sentence, false, &steps);
                let touches = laid.iter().any(|places| match kind {
                    0 => places.last().is_some_and(|p| p.1 == start),
                    1 => places.first().is_some_and(|p| p.0 == end),
                    _ => true,
                });
                let mentions = scanner.scan_all(&text.written);
                let bytes = (text.places[start].0, text.places[end - 1].1);
                let mention = mentions.iter().find(|m| m.rule == rule && (m.span.start, m.span.end) == bytes);
                if kind == 3 {
                    prop_assert_eq!(mention.is_some(), touches, "{}\n{}", text.written, file);
                    continue;
                }
                let reason = mention.expect("found, if only to be set aside").suppressed.as_deref();
                prop_assert_eq!(reason.is_some(), touches, "{:?}\n{}\n{}", reason, text.written, file);
                if let Some(reason) = reason {
                    let place = ["before it", "after it", "in the sentence"][kind];
                    prop_assert!(reason.starts_with("exception of the rule: \"") && reason.ends_with(place), "{}", reason);
                }
            }
        }
    }
}
