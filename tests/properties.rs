//! What holds for every text, however odd.

use proptest::prelude::*;
use throughline::lexicon::Lexicon;
use throughline::mention::Mention;
use throughline::scan::Scanner;
use throughline::span::{CharOffsets, Span};

use crate::support::{built_in, lexicon};

/// Words and phrases of the small lexicon, and of the built-in one.
const PHRASES: [&str; 26] = [
    "he won't let her see her mum",
    "she doesn’t let him visit his mother in law",
    "AP stopped IP seeing family",
    "took her bank card",
    "keeps the purse",
    "£20 a week",
    "£5 per week",
    "suicidal",
    "kill myself",
    "dv marker",
    "no visitors allowed",
    "partner",
    "bail conditions",
    "joking that",
    "until homework",
    "denies",
    "never",
    "if",
    "but",
    "not",
    "AP",
    "IP",
    "strangled",
    "wants to die",
    "Q18 - Y",
    "19:42",
];

/// Left out where case is changed: a capital Y or N answers a question, a small one may be a word.
const ANSWER: &str = "Q18 - Y";

const MARKS: [&str; 26] = [
    " ", " ", " ", ", ", ". ", "; ", "? ", "?", "??", "\n", "\n\n", "\r\n", "\r", " // ", " - ",
    "…", "...", "\"", "“", "”", "'", "’", "(", " & ", " / ", "\u{0}",
];

const ODD: [&str; 22] = [
    "😀",
    "👩‍👩‍👧",
    "🇬🇧",
    "e\u{301}",
    "\u{301}",
    "קול",
    "صوت",
    "\u{202e}",
    "\u{2066}",
    "\u{feff}",
    "\u{ad}",
    "\u{200b}",
    "ﬁ",
    "ẞ",
    "İ",
    "ǆ",
    "½",
    "\u{2028}",
    "\u{85}",
    "\u{1680}",
    "\u{10ffff}",
    "\u{e000}",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => proptest::sample::select(&PHRASES[..]).prop_map(str::to_owned),
        6 => proptest::sample::select(&MARKS[..]).prop_map(str::to_owned),
        2 => proptest::sample::select(&ODD[..]).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        1 => "\\PC{0,12}",
        1 => "[ -~]{0,12}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// Text of the words of the lexicon with spaces and plain marks between them.
fn plain_text() -> impl Strategy<Value = String> {
    let phrase = proptest::sample::select(&PHRASES[..]);
    let mark =
        proptest::sample::select(&[" ", " ", " ", ", ", ". ", "; ", "? ", "\n\n", " // "][..]);
    proptest::collection::vec((phrase, mark), 1..12)
        .prop_map(|pairs| pairs.into_iter().map(|(p, m)| format!("{p}{m}")).collect())
}

/// Everything that was decided about a mention, but for the words that a reason quotes.
fn outcome(m: &Mention) -> (usize, usize, Span, Span, [&'static str; 6], bool) {
    (
        m.rule,
        m.category,
        m.span,
        m.sentence,
        m.assertion.as_strs(),
        m.suppressed.is_some(),
    )
}

fn check_places(lexicon: &Lexicon, text: &str) -> Result<(), TestCaseError> {
    let mut scanner = Scanner::new(lexicon);
    let mentions = scanner.scan(text);
    for m in &mentions {
        for at in [m.span.start, m.span.end, m.sentence.start, m.sentence.end] {
            prop_assert!(text.is_char_boundary(at), "{at} in {text:?}");
        }
        prop_assert!(
            !m.span.is_empty() && m.sentence.contains(m.span),
            "{m:?} in {text:?}"
        );
        for cue in &m.cues {
            prop_assert!(
                text.get(cue.span.start..cue.span.end).is_some(),
                "{cue:?} in {text:?}"
            );
            prop_assert!(
                text.get(cue.scope.start..cue.scope.end).is_some(),
                "{cue:?} in {text:?}"
            );
        }
    }
    let mut sorted = mentions
        .iter()
        .map(|m| (m.span.start, m.span.end, m.category, m.rule))
        .collect::<Vec<_>>();
    let as_given = sorted.clone();
    sorted.sort_unstable();
    prop_assert_eq!(as_given, sorted);
    for (index, a) in mentions.iter().enumerate() {
        for b in &mentions[index + 1..] {
            prop_assert!(
                a.category != b.category || !a.span.overlaps(b.span),
                "{a:?} and {b:?} in {text:?}"
            );
        }
    }
    let segmented = scanner.segmented();
    let mut end = 0;
    for token in &segmented.tokens {
        let span = token.span();
        prop_assert!(
            span.start >= end && !span.is_empty(),
            "{span:?} in {text:?}"
        );
        prop_assert!(
            text.get(span.start..span.end).is_some(),
            "{span:?} in {text:?}"
        );
        end = span.end;
    }
    let (mut next, mut end) = (0, 0);
    for sentence in &segmented.sentences {
        prop_assert!(
            sentence.first == next && sentence.last > next,
            "{sentence:?} in {text:?}"
        );
        prop_assert!(
            sentence.span.start >= end,
            "{sentence:?} overlaps the one before it in {text:?}"
        );
        prop_assert!(
            text.get(sentence.span.start..sentence.span.end).is_some(),
            "{sentence:?} in {text:?}"
        );
        for token in &segmented.tokens[sentence.tokens()] {
            prop_assert!(
                sentence.span.contains(token.span()),
                "{sentence:?} in {text:?}"
            );
        }
        (next, end) = (sentence.last, sentence.span.end);
    }
    prop_assert_eq!(next, segmented.tokens.len());
    let firsts: Vec<usize> = segmented.sentences.iter().map(|s| s.first).collect();
    prop_assert!(segmented.units.windows(2).all(|w| w[0] < w[1]));
    prop_assert!(
        firsts.iter().all(|first| segmented.units.contains(first)),
        "a unit crosses sentences in {text:?}"
    );
    // A scanner keeps nothing of the text before.
    let again: Vec<_> = scanner.scan(text).iter().map(outcome).collect();
    prop_assert_eq!(&again, &mentions.iter().map(outcome).collect::<Vec<_>>());
    let fresh: Vec<_> = Scanner::new(lexicon)
        .scan(text)
        .iter()
        .map(outcome)
        .collect();
    prop_assert_eq!(&again, &fresh);
    Ok(())
}

/// Rules found and whether they count, in the order of the text.
fn findings(lexicon: &Lexicon, text: &str) -> Vec<(String, bool)> {
    let found = Scanner::new(lexicon).scan(text);
    found
        .iter()
        .map(|m| (lexicon.rules[m.rule].id.clone(), m.suppressed.is_none()))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_place_lies_in_the_text(text in text()) {
        check_places(lexicon(), &text)?;
    }

    #[test]
    fn every_place_lies_in_the_text_with_the_built_in_lexicon(text in text()) {
        check_places(built_in(), &text)?;
    }

    #[test]
    fn any_text_of_any_characters(text in any::<String>(), other in any::<Vec<u8>>()) {
        check_places(lexicon(), &text)?;
        check_places(lexicon(), &String::from_utf8_lossy(&other))?;
    }

    /// A paragraph after another changes nothing in it, nor it anything in the other: rules that
    /// ask for something elsewhere in the narrative aside.
    #[test]
    fn paragraphs_do_not_disturb_each_other(first in text(), second in text()) {
        let lexicon = lexicon();
        let local = |text: &str, shift: usize| -> Vec<_> {
            let move_on = |span: Span| Span::new(span.start + shift, span.end + shift);
            Scanner::new(lexicon)
                .scan(text)
                .iter()
                .filter(|m| lexicon.rules[m.rule].id != "isolation.cut_off")
                .map(|m| {
                    let own = m.assertion;
                    (m.rule, move_on(m.span), move_on(m.sentence), own.polarity, own.certainty, own.temporality, m.suppressed.is_some())
                })
                .collect()
        };
        let both = format!("{first}\n\n{second}");
        let mut expected = local(&first, 0);
        expected.extend(local(&second, first.len() + 2));
        prop_assert_eq!(local(&both, 0), expected, "{:?}", both);
    }

    #[test]
    fn case_changes_nothing(text in plain_text()) {
        let text = text.replace(ANSWER, "");
        for lexicon in [lexicon(), built_in()] {
            let found = findings(lexicon, &text);
            prop_assert_eq!(&found, &findings(lexicon, &text.to_lowercase()), "{:?} in lower case", text);
            prop_assert_eq!(&found, &findings(lexicon, &text.to_uppercase()), "{:?} in capitals", text);
        }
    }

    #[test]
    fn apostrophes_change_nothing(text in plain_text()) {
        for lexicon in [lexicon(), built_in()] {
            let straight = text.replace('’', "'");
            let found = findings(lexicon, &straight);
            for other in ["’", "‘", "`", "ʼ", ""] {
                prop_assert_eq!(&found, &findings(lexicon, &straight.replace('\'', other)), "{:?} with {:?}", straight, other);
            }
        }
    }

    #[test]
    fn line_ends_change_nothing(text in plain_text()) {
        for lexicon in [lexicon(), built_in()] {
            prop_assert_eq!(findings(lexicon, &text), findings(lexicon, &text.replace('\n', "\r\n")), "{:?}", text);
        }
    }

    #[test]
    fn offsets_count_scalar_values(text in text(), order in proptest::collection::vec(any::<prop::sample::Index>(), 1..20)) {
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut offsets = CharOffsets::new(&text);
        for index in order {
            let chars = index.index(bytes.len());
            prop_assert_eq!(offsets.at(bytes[chars]), chars);
        }
    }
}

/// Long runs of anything cost time in proportion, and lie in the text. A quadratic step would take
/// minutes here.
#[test]
fn long_runs() {
    const LENGTH: usize = 100_000;
    let runs = [
        "a",
        "A",
        "é",
        "e\u{301}",
        "\u{301}",
        "😀",
        "\u{200b}",
        "\u{202e}",
        "1",
        "1:",
        "1.",
        "1/",
        "x1",
        "a1",
        "a.",
        "a'",
        "a’",
        "a/",
        "w/",
        "a&",
        "&",
        "'",
        "\"",
        "“",
        "‘",
        "?",
        "? ",
        "?a",
        "!",
        ".",
        "…",
        "-",
        " - ",
        "–",
        "/",
        "//",
        "(",
        "[",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\t",
        "\u{0}",
        "\u{a0}",
        "•",
        "£",
        "£1 a week",
        "Q1 ",
        "Q1 Y ",
        "a@",
        "www.",
        "1\n",
        "19:42 ",
        "\u{10ffff}",
        "no ",
        "no, ",
        "if ",
        "he took her bank card no ",
        "he took her bank card; if ",
        "cut off from family ",
        "won't let her see mum not ",
        "AP ",
    ];
    for run in runs {
        let text = run.repeat(LENGTH / run.len());
        for text in [
            text.clone(),
            format!("he took her bank card {text}"),
            format!("{text} he took her bank card"),
        ] {
            let mentions = Scanner::new(lexicon()).scan(&text);
            assert!(
                mentions
                    .iter()
                    .all(|m| m.sentence.contains(m.span)
                        && text.get(m.span.start..m.span.end).is_some()),
                "{run:?}"
            );
        }
    }
}

#[test]
fn a_word_of_100_kilobytes_hides_nothing_beside_it() {
    for odd in [
        "a".repeat(100_000),
        "é".repeat(50_000),
        "\u{0}".repeat(100_000),
        "😀".repeat(25_000),
    ] {
        let text = format!("{odd} he took her bank card. {odd}");
        let mentions = Scanner::new(lexicon()).scan(&text);
        let words: Vec<&str> = mentions.iter().map(|m| m.span.of(&text)).collect();
        assert_eq!(words, ["took her bank card"]);
    }
}

/// What the words between two steps are does not matter, only how many there are; and they stay as
/// they are in the quote.
#[test]
fn quotes_are_the_text_as_written() {
    let text = "She said HE   WON’T\tlet\u{a0}HER—no: he won't let her see her\r\nmother-in-law\u{301}, ok";
    let mentions = Scanner::new(lexicon()).scan(text);
    let words: Vec<&str> = mentions.iter().map(|m| m.span.of(text)).collect();
    assert_eq!(words, ["he won't let her see her\r\nmother-in-law\u{301}"]);
}
