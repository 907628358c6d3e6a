//! Every finding lies in the text, at its words, and nothing depends on what was scanned before.

use std::cell::RefCell;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use throughline::lexicon::Lexicon;
use throughline::mention::Mention;
use throughline::scan::Scanner;
use throughline::span::{CharOffsets, Span};

use super::{input, segmenter};

/// Longest text that is made of one input, in bytes.
const LONGEST: usize = 64 * 1024;

/// A text of [`LONGEST`] bytes takes some hundredths of a second; with checks on, and on a busy machine,
/// some tenths. What takes longer grows faster than the text.
const MOST_TIME: Duration = Duration::from_secs(6);

/// The lexicon of the program, read once.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::built_in().expect("the built-in lexicon is sound"))
}

/// Words and marks from the examples of the rules, each once, in a fixed order.
fn pieces() -> &'static [String] {
    static PIECES: OnceLock<Vec<String>> = OnceLock::new();
    PIECES.get_or_init(|| {
        let mut all = std::collections::BTreeSet::new();
        for rule in &lexicon().rules {
            for example in &rule.examples {
                all.extend(example.text.split_inclusive(' ').map(str::to_owned));
                if let Some(span) = example.span {
                    all.insert(format!("{} ", span.of(&example.text)));
                }
            }
        }
        let marks = [
            ". ", ", ", "; ", "? ", "! ", "\n", "\n\n", " // ", " - ", "\"", "'", "(", ")", "…",
            "Y ", "N ", "Q1 ", "19:42 ", "£20 ", "\u{200b}", "\u{301}", "not ", "no ", "if ",
        ];
        all.extend(marks.map(str::to_owned));
        all.into_iter().collect()
    })
}

/// The first byte tells whether the rest is text, or numbers of pieces of two bytes each.
pub fn check(data: &[u8]) {
    let (kind, data) = input::byte(data);
    let text = match kind % 2 {
        0 => String::from_utf8_lossy(data).into_owned(),
        _ => {
            let pieces = pieces();
            let mut text = String::new();
            for pair in data.chunks(2) {
                let number = pair.iter().fold(0, |n, b| n * 256 + usize::from(*b));
                text.push_str(&pieces[number % pieces.len()]);
                if text.len() > LONGEST {
                    break;
                }
            }
            text
        }
    };
    scan(&text, &scanner_of_the_thread);
}

thread_local! {
    static SCANNER: RefCell<Scanner<'static>> = RefCell::new(Scanner::new(lexicon()));
}

fn scanner_of_the_thread(work: &mut dyn FnMut(&mut Scanner<'static>)) {
    SCANNER.with_borrow_mut(|scanner| work(scanner));
}

/// Lends a scanner that has scanned other texts before.
pub type Lend<'s> = dyn Fn(&mut dyn FnMut(&mut Scanner<'static>)) + 's;

/// Scans `text` and checks all that was found.
pub fn scan(text: &str, used: &Lend<'_>) {
    // Read before the clock starts.
    let mut fresh = Scanner::new(lexicon());
    let start = Instant::now();
    let mentions = fresh.scan(text);
    let signals = fresh.signals(text, &mentions);
    let took = start.elapsed();
    assert!(took < MOST_TIME, "{} bytes took {took:?}", text.len());
    segmenter::invariants(text, fresh.segmented());
    places(text, &mentions);
    places(text, fresh.statements());
    for signal in &signals {
        lies_in(text, signal.span);
        assert!(signal.sentence.contains(signal.span), "{signal:?}");
    }
    for name in fresh.names(text) {
        lies_in(text, name);
    }
    let order: Vec<_> = mentions
        .iter()
        .map(|m| (m.span.start, m.span.end, m.category, m.rule))
        .collect();
    assert!(
        order.is_sorted(),
        "mentions are in the order of their spans"
    );
    let mut ends = std::collections::BTreeMap::new();
    for m in &mentions {
        let end = ends.entry(m.category).or_insert(0);
        assert!(m.span.start >= *end, "two mentions of one category overlap");
        *end = m.span.end;
    }
    let expected = told(&mentions);
    used(&mut |scanner| {
        assert_eq!(
            told(&scanner.scan(text)),
            expected,
            "a scanner keeps what it scanned before"
        );
    });
}

/// Everything that was decided.
fn told(mentions: &[Mention]) -> Vec<String> {
    mentions.iter().map(|m| format!("{m:?}")).collect()
}

fn lies_in(text: &str, span: Span) {
    assert!(span.start < span.end, "{span:?} is empty");
    assert!(
        text.get(span.start..span.end).is_some(),
        "{span:?} cuts a character or leaves the text"
    );
}

fn places(text: &str, mentions: &[Mention]) {
    let mut offsets = CharOffsets::new(text);
    for m in mentions {
        lies_in(text, m.span);
        lies_in(text, m.sentence);
        assert!(
            m.sentence.contains(m.span),
            "a sentence does not hold its mention"
        );
        assert!(
            m.sentence.of(text).contains(m.span.of(text)),
            "a sentence does not hold its quote"
        );
        // What the tables say: offsets in scalar values lead back to the quote.
        let (start, end) = (offsets.at(m.span.start), offsets.at(m.span.end));
        if text.len() < 4096 {
            let quoted: String = text.chars().skip(start).take(end - start).collect();
            assert_eq!(quoted, m.span.of(text));
        }
        for cue in &m.cues {
            assert!(
                text.get(cue.span.start..cue.span.end).is_some(),
                "a cue cuts a character"
            );
            assert!(
                text.get(cue.scope.start..cue.scope.end).is_some(),
                "a scope cuts a character"
            );
        }
        for (span, _) in &m.read_as {
            lies_in(text, *span);
        }
    }
}
