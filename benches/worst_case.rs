//! Texts made to be slow: how long each takes to scan and to mask at one, two and four times a length.
//!
//! `cargo bench --no-default-features --bench worst_case`. Twice the text should take twice the time; a
//! ratio well above two is a step that looks back over all of the text, and the bench fails. Time is that
//! of the processor where the system tells it, so that other work on the machine does not count.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use throughline::lexicon::Lexicon;
use throughline::redact::Redactor;
use throughline::scan::Scanner;

/// Bytes of a text at four times its length.
const WHOLE: usize = 1 << 20;

/// Bytes of the texts in which each word and example of the lexicon is tried by itself.
const TRIAL: usize = 1 << 14;

/// Words and examples that took longest in the trial, and are then measured as the other texts are.
const SLOWEST: usize = 6;

/// More than this for twice the text is no longer in proportion.
const MOST_RATIO: f64 = 2.6;

/// Shorter times say nothing about a ratio, in seconds.
const LEAST_TIME: f64 = 0.004;

/// A name, and the text of that many bytes, nearly.
type Text = (String, Box<dyn Fn(usize) -> String>);

fn repeated(piece: &str) -> Text {
    let own = piece.to_owned();
    let shown: String = piece.escape_debug().take(28).collect();
    (shown, Box::new(move |bytes| own.repeat(bytes / own.len())))
}

fn named(name: &str, make: impl Fn(usize) -> String + 'static) -> Text {
    (name.to_owned(), Box::new(make))
}

/// `make(0)`, `make(1)` and so on, until there are so many bytes.
fn numbered(bytes: usize, make: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes + 100);
    let mut number = 0;
    while text.len() < bytes {
        text.push_str(&make(number));
        number += 1;
    }
    text
}

fn texts(lexicon: &Lexicon) -> Vec<Text> {
    let sentence = "he took her bank card ";
    let mut texts: Vec<Text> = [
        "a",
        "é",
        "e\u{301}",
        "\u{301}",
        "\u{200b}",
        "x\u{200b}",
        "?",
        "? ",
        "\n",
        " ",
        "\t",
        ".",
        "…",
        "\"",
        "“",
        "'",
        "(\"",
        "no ",
        "not ",
        "never ",
        "denies ",
        "if ",
        "she said ",
        "he ",
        "AP ",
        "1",
        "1 ",
        "1:1 ",
        "Q1 ",
        "Q1 Y Q2 N ",
        "1. Yes 2. No ",
        "[x] ",
        "Y",
        "-",
        " - ",
        "//",
        "a@",
        "www.",
        "07700 900123 ",
        "Jo SMITH ",
        "Mr Smith ",
        "Mr ",
        "AB1 2CD ",
        "12/03/2024 ",
        "£20 ",
        "suicidal ",
        "strangled ",
        "police ",
        "\u{0}",
        "😀",
        "Kim ",
        "KIM ",
    ]
    .map(repeated)
    .into();
    texts.extend([
        named("no spaces", |n| numbered(n, |i| format!("word{i}"))),
        named("no full stop", |n| {
            numbered(n, |i| {
                format!(
                    "{} and then ",
                    ["he took her phone", "she was crying", "no kids seen"][i % 3]
                )
            })
        }),
        named("nested quotes", |n| {
            "\"he said ".repeat(n / 18) + &"\" ".repeat(n / 4)
        }),
        named("nested brackets", |n| {
            "(he [".repeat(n / 10) + &"]) ".repeat(n / 6)
        }),
        named("different words", |n| numbered(n, |i| format!("w{i:x}q "))),
        named("different names", |n| {
            numbered(n, |i| format!("Mr Na{}me ", letters(i)))
        }),
        named("names introduced", |n| {
            numbered(n, |i| format!("Na{}me BROWN (AP) ", letters(i)))
        }),
        named("names in small letters", |n| {
            numbered(n, |i| format!("my mate {}wq ", letters(i)))
        }),
        named("list of names", |n| {
            numbered(n, |i| format!("Na{}me, ", letters(i)))
        }),
        named("names that begin", |n| {
            numbered(n, |i| format!("Na{}me said. ", letters(i)))
        }),
        named("numbered questions", |n| {
            numbered(n, |i| format!("Q{} {} ", i % 60, ["Y", "N"][i % 2]))
        }),
        named("numbered lines", |n| numbered(n, |i| format!("{i}. no\n"))),
        named("blank, then times", |n| {
            " ".repeat(n / 2) + &"1:1 ".repeat(n / 8)
        }),
        named("line, then marks", |n| {
            "a ".repeat(n / 4) + &"? ".repeat(n / 4)
        }),
        named("telephone numbers", |n| {
            numbered(n, |i| format!("07700 9{:05} ", i % 100_000))
        }),
        named("sentences", move |n| {
            (sentence.trim_end().to_owned() + ". ").repeat(n / sentence.len())
        }),
    ]);
    for cue in [
        "no ",
        "if ",
        "not ",
        "he denies ",
        "? ",
        "; ",
        ", ",
        "she said ",
        "(",
        "\"",
        "Q3 Y ",
        "Q3 N ",
    ] {
        texts.push(repeated(&format!("{sentence}{cue}")));
    }
    // Every indicator once, again and again.
    let examples: String = examples(lexicon).into_iter().map(|e| e + " ").collect();
    texts.push(named("all indicators", move |n| {
        numbered(n, |_| examples.clone())[..n].to_owned()
    }));
    texts
}

/// A number as capital letters only.
fn letters(number: usize) -> String {
    number
        .to_string()
        .bytes()
        .map(|b| char::from(b - b'0' + b'a'))
        .collect()
}

/// The words that each rule must find, as its examples mark them.
fn examples(lexicon: &Lexicon) -> BTreeSet<String> {
    let all = lexicon.rules.iter().flat_map(|rule| &rule.examples);
    let marked = all.filter_map(|e| Some(e.span?.of(&e.text).to_owned()));
    marked.filter(|text| text.is_ascii()).collect()
}

/// Seconds that this thread has worked: of the processor, or of the clock where it is not told.
fn clock(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|t| t.split(' ').next()?.parse::<u64>().ok());
    nanos.map_or_else(|| start.elapsed().as_secs_f64(), |n| n as f64 / 1e9)
}

/// How long a run takes, in seconds: of as many as it takes for the clock's own steps not to matter.
fn time(start: Instant, mut run: impl FnMut()) -> f64 {
    const ENOUGH: f64 = 0.06;
    const MOST_RUNS: u32 = 40;
    let before = clock(start);
    for runs in 1.. {
        run();
        let took = clock(start) - before;
        if took >= ENOUGH || runs == MOST_RUNS {
            return took / f64::from(runs);
        }
    }
    0.0
}

struct Bench<'l> {
    lexicon: &'l Lexicon,
    start: Instant,
    failed: Vec<String>,
}

impl Bench<'_> {
    fn scan(&self, text: &str) -> f64 {
        time(self.start, || {
            let mut scanner = Scanner::new(self.lexicon);
            let mentions = scanner.scan(text);
            black_box(scanner.signals(text, &mentions));
        })
    }

    fn mask(&self, text: &str) -> f64 {
        time(self.start, || {
            let mut redactor = Redactor::new(self.lexicon).expect("the lexicon says what to mask");
            redactor.learn_text("case", text);
            black_box(redactor.mask_text("case", text));
        })
    }

    fn measure(&mut self, (name, make): &Text, whole: usize) {
        let mut line = format!("{name:<30}");
        for (what, run) in [
            ("scan", Self::scan as fn(&Self, &str) -> f64),
            ("mask", Self::mask),
        ] {
            let times = [whole / 4, whole / 2, whole].map(|bytes| run(self, &make(bytes)));
            // Over both doublings: one alone is at the mercy of caches.
            let ratio = (times[2] / times[0]).sqrt();
            let counts = times[2] >= LEAST_TIME;
            let shown = if counts {
                format!("{ratio:>5.2}")
            } else {
                "    –".to_owned()
            };
            let [one, two, four] = times.map(|t| t * 1e3);
            let _ = write!(line, " │ {one:>8.1} {two:>8.1} {four:>8.1} {shown}");
            if counts && ratio > MOST_RATIO {
                self.failed.push(format!("{name} ({what}): {ratio:.2}"));
            }
        }
        self.tell(&line);
    }

    fn tell(&self, line: &str) {
        let line = format!("{line}\n");
        std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes()).expect("written");
    }

    /// The pieces that take longest when nothing else is in a text.
    fn slowest(&self, pieces: BTreeSet<String>) -> Vec<Text> {
        let mut timed: Vec<(f64, String)> = pieces
            .into_iter()
            .map(|piece| {
                (
                    self.scan(&format!("{piece} ").repeat(TRIAL / (piece.len() + 1))),
                    piece,
                )
            })
            .collect();
        timed.sort_by(|a, b| b.0.total_cmp(&a.0));
        timed.truncate(SLOWEST);
        timed
            .iter()
            .map(|(_, piece)| repeated(&format!("{piece} ")))
            .collect()
    }
}

fn main() -> ExitCode {
    // `cargo test --all-targets` runs benches too; there a small length shows that it works.
    let timed = std::env::args().any(|argument| argument == "--bench");
    let only = std::env::args().skip_while(|a| a != "--only").nth(1);
    let lexicon = Lexicon::built_in().expect("sound");
    let mut bench = Bench {
        lexicon: &lexicon,
        start: Instant::now(),
        failed: Vec::new(),
    };
    let whole = if timed { WHOLE } else { 1 << 10 };
    bench.tell(&format!(
        "{:<30} │ scan, ms: 1× {:>8} {:>8} ratio │ mask, ms: 1× {:>8} {:>8} ratio",
        format!("4× = {whole} bytes"),
        "2×",
        "4×",
        "2×",
        "4×"
    ));
    for text in texts(&lexicon) {
        if only.as_ref().is_none_or(|o| text.0.contains(o.as_str())) {
            bench.measure(&text, whole);
        }
    }
    if timed && only.is_none() {
        bench.tell("the slowest examples of rules:");
        let examples = examples(&lexicon);
        let words = examples
            .iter()
            .flat_map(|e| e.split_whitespace().map(str::to_owned))
            .collect();
        for text in bench.slowest(examples) {
            bench.measure(&text, whole);
        }
        bench.tell("the slowest words of rules:");
        for text in bench.slowest(words) {
            bench.measure(&text, whole);
        }
    }
    let failed = bench.failed.clone();
    for line in &failed {
        bench.tell(&format!("not in proportion: {line}"));
    }
    if timed && !failed.is_empty() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
