//! Lexicons that somebody broke, by mistake or on purpose: each is refused whole, in good time, with
//! every problem at its place.

use std::path::Path;
use std::time::{Duration, Instant};

use throughline::error::{Error, ErrorKind};
use throughline::lexicon::{Lexicon, LexiconSource};
use throughline::scan::Scanner;

const HEAD: &str = r#"schema = 1
version = "0"
[category]
id = "base"
group = "abuse"
title = "Base"
definition = "Base."
source = "Invented."
tier = 2
"#;

/// Long enough for a build without optimisation on a busy machine; what these guard against never ends.
const IN_GOOD_TIME: Duration = Duration::from_secs(60);

fn rule(id: &str, pattern: &str) -> String {
    format!(
        "[[rule]]\nid = \"base.{id}\"\nstatus = \"draft\"\nwhy = \"w\"\npatterns = ['{pattern}']\nexamples = [\"[a]\"]\ncounter = [\"b\"]\n"
    )
}

/// A lexicon of a sound head and this file.
fn compile(text: &str) -> Result<Lexicon, Error> {
    let mut source = LexiconSource::default();
    source.add_file("head.toml", HEAD);
    source.add_file("file.toml", text);
    let start = Instant::now();
    let compiled = Lexicon::from_source(&source);
    assert!(start.elapsed() < IN_GOOD_TIME, "took {:?}", start.elapsed());
    compiled
}

/// The problems as `file:line: message`.
fn listed(error: &Error) -> Vec<String> {
    let ErrorKind::Lexicon(problems) = error.kind() else {
        panic!("no problems of a lexicon: {error}");
    };
    problems
        .iter()
        .map(|p| format!("{}:{}: {}", p.file, p.line, p.message))
        .collect()
}

fn refused(text: &str) -> Vec<String> {
    listed(&compile(text).expect_err("refused"))
}

/// Refused for one reason, at this line.
fn refused_for(text: &str, line: usize, reason: &str) {
    let all = refused(text);
    let start = format!("file.toml:{line}: ");
    let found = all
        .iter()
        .any(|p| p.starts_with(&start) && p.contains(reason));
    assert!(found, "no {reason:?} at line {line} in {all:.300?}");
}

#[test]
fn a_pattern_of_megabytes() {
    let text = rule("long", &"a ".repeat(1_500_000));
    refused_for(&text, 5, "longer than 16384 bytes");
    // An entry of a class is read by the same rules.
    let text = format!("[class.x]\nwords = ['{}']\n", "a|".repeat(1_000_000));
    refused_for(&text, 2, "longer than 16384 bytes");
}

#[test]
fn brackets_nested_deep() {
    for deep in [30, 5_000] {
        let pattern = format!("{}a|b{}", "(".repeat(deep), ")".repeat(deep));
        refused_for(
            &rule("deep", &pattern),
            5,
            "brackets within brackets, 12 at most",
        );
    }
    let mut doubled = "a".to_owned();
    for _ in 0..30 {
        doubled = format!("({doubled}|b)");
    }
    refused_for(&rule("deep", &doubled), 5, "brackets within brackets");
    let in_a_gap = format!("a [0-1 !{}b{}] c", "(".repeat(30), ")".repeat(30));
    refused_for(&rule("deep", &in_a_gap), 5, "brackets within brackets");
}

#[test]
fn alternatives_without_end() {
    let million = vec!["a"; 1_000_000].join("|");
    refused_for(&rule("many", &format!("({million})")), 5, "longer than");
    // Short to write, and each makes twice as many of those before it.
    let doubling = "(a [0-1] b|{#num} c) ".repeat(40);
    refused_for(&rule("many", &doubling), 5, "more than 800 variants");
    let side_by_side = format!("({})", vec!["{#num} a? b? c? d?"; 200].join("|"));
    refused_for(&rule("many", &side_by_side), 5, "more than 800 variants");
    let phrases = format!("[class.x]\nwords = ['{}']\n", "(a|b) ".repeat(40));
    refused_for(&phrases, 2, "more than 2000 phrases");
    let orders = ["a"; 9].join(" <0-3> ");
    refused_for(&rule("many", &orders), 5, "joins 4 parts at most");
}

#[test]
fn gaps_without_end() {
    let gaps = format!("a {}z", "[0-12] a ".repeat(7));
    refused_for(&rule("gaps", &gaps), 5, "gaps of more than 72 words");
}

/// As many ways to match as a lexicon may ask for, and a text in which all of them fail at the end.
#[test]
fn ways_to_fail_are_not_multiplied() {
    let gaps = format!("start {}z", "[0-8] a ".repeat(9));
    let phrases = format!(
        "[class.as]\nwords = ['a', 'a a', 'a a a', 'a a a a']\n{}",
        rule("phrases", &format!("start {} z", "{as} ".repeat(30)))
    );
    for text in [rule("gaps", &gaps), phrases] {
        let lexicon = compile(&text).expect("sound");
        let narrative = format!("{} z", "start a a a a a a a a a a a a a a a ".repeat(200));
        let start = Instant::now();
        Scanner::new(&lexicon).scan(&narrative);
        assert!(start.elapsed() < IN_GOOD_TIME, "took {:?}", start.elapsed());
    }
    // And what can be found is found.
    let lexicon = compile(&rule("gaps", &gaps)).expect("sound");
    let narrative = format!("start {}z", "b b a ".repeat(9));
    assert_eq!(Scanner::new(&lexicon).scan(&narrative).len(), 1);
}

#[test]
fn classes_that_lead_back_or_on_and_on() {
    refused_for(
        "[class.a]\ninclude = ['b']\n[class.b]\ninclude = ['a']\n",
        1,
        "includes itself",
    );
    refused_for("[class.a]\ninclude = ['a']\n", 1, "includes itself");
    // The class of a shape is in no file.
    refused_for(
        "[class.number_word]\nwords = ['#num']\n",
        1,
        "includes itself",
    );
    let chain: String = (0..3_000)
        .map(|n| format!("[class.c{n}]\ninclude = ['c{}']\n", n + 1))
        .collect();
    let all = refused(&format!("{chain}[class.c3000]\nwords = ['a']\n"));
    assert!(all[0].contains("64 deep at most"), "{all:.300?}");
}

#[test]
fn ids_that_stand_twice() {
    let text = format!("{}{}", rule("one", "a"), rule("one", "b"));
    refused_for(&text, 9, "rule id `base.one` stands already in file.toml:2");
}

#[test]
fn regexes_that_explode() {
    let rule = |regex: &str| {
        format!(
            "[[rule]]\nid = \"base.r\"\nstatus = \"draft\"\nwhy = \"w\"\nregex = '{regex}'\ngate = [\"a\"]\nexamples = [\"[a]\"]\ncounter = [\"b\"]\n"
        )
    };
    refused_for(&rule("((a{100}){100}){100}"), 5, "size limit");
    refused_for(
        &rule(&"a".repeat(100_000)),
        5,
        "a regex of more than 4096 bytes",
    );
    let deep = format!("{}a{}", "(".repeat(200), ")".repeat(200));
    refused_for(&rule(&deep), 5, "nested parentheses");
    let identifier = "[[identifier]]\nid = \"x\"\nkind = \"X\"\npatterns = ['((\\w{100}){100}){100}']\nexamples = [\"a\"]\ncounter = [\"b\"]\n";
    refused_for(identifier, 4, "size limit");
}

#[test]
fn toml_nested_deep_or_cut_off() {
    for text in [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}", "{a=".repeat(50_000)),
        format!("{}x = 1", "a.".repeat(100_000)),
        "[[rule]\nid =".to_owned(),
        "\u{0}".repeat(1000),
    ] {
        assert!(!refused(&text).is_empty());
    }
}

#[test]
fn more_entries_than_a_lexicon_has() {
    let classes: String = (0..50_001).map(|n| format!("c{n}.words = []\n")).collect();
    let all = refused(&format!("[class]\n{classes}"));
    assert_eq!(
        all,
        ["file.toml:1: more than 50000 rules, cues and classes"]
    );
}

/// One file of nothing but problems does not hide those of another, nor fill the memory.
#[test]
fn problems_by_the_thousand() {
    let bad: String = (0..3_000).map(|n| rule(&format!("r{n}"), "(a")).collect();
    let mut source = LexiconSource::default();
    source.add_file("head.toml", HEAD);
    source.add_file("a.toml", &bad);
    source.add_file("b.toml", &rule("other", "{nothing}"));
    let all = listed(&Lexicon::from_source(&source).expect_err("refused"));
    let of = |file: &str| all.iter().filter(|p| p.starts_with(file)).count();
    assert_eq!((of("a.toml"), of("b.toml")), (501, 1));
    assert!(
        all.iter()
            .any(|p| p.contains("there are more problems in this file"))
    );
}

fn folder_with(write: impl Fn(&Path)) -> Result<Lexicon, Error> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("head.toml"), HEAD).unwrap();
    write(folder.path());
    Lexicon::from_source(&LexiconSource::folder(folder.path())?)
}

#[test]
fn files_that_are_no_text_or_too_large() {
    let error = folder_with(|folder| {
        std::fs::write(folder.join("latin.toml"), b"# one\n# two\n# caf\xE9\n").unwrap();
        std::fs::write(folder.join("large.toml"), "# \n".repeat(2 << 20)).unwrap();
        std::fs::write(folder.join("rule.toml"), rule("one", "{nothing}")).unwrap();
    })
    .expect_err("refused");
    // All of them at once, each at its place.
    let all = listed(&error);
    assert_eq!(
        all,
        [
            "large.toml:1: the file is larger than 4 MiB",
            "latin.toml:3: not UTF-8 from here on",
            "rule.toml:5: no class is called `nothing`",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_and_what_is_no_file() {
    use std::os::unix::fs::symlink;
    let error = folder_with(|folder| {
        symlink(folder, folder.join("round")).unwrap();
        symlink("/dev/zero", folder.join("zero.toml")).unwrap();
        std::fs::create_dir(folder.join("folder.toml")).unwrap();
    })
    .expect_err("refused");
    assert_eq!(
        listed(&error),
        [
            "round:1: a link to a folder; links to files only are followed",
            "zero.toml:1: no regular file",
        ]
    );
    // A link to a file is a file.
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("rule.toml");
    std::fs::write(&path, rule("linked", "a")).unwrap();
    let lexicon = folder_with(|folder| symlink(&path, folder.join("rule.toml")).unwrap());
    assert_eq!(lexicon.expect("sound").rules.len(), 1);
    // One that leads nowhere cannot be read.
    let error = folder_with(|folder| symlink("nowhere", folder.join("gone.toml")).unwrap());
    assert!(
        error
            .expect_err("refused")
            .to_string()
            .contains("gone.toml: cannot read")
    );
}

#[test]
fn folders_within_folders() {
    let error = folder_with(|folder| {
        let mut deep = folder.to_owned();
        for _ in 0..20 {
            deep.push("d");
        }
        std::fs::create_dir_all(&deep).unwrap();
    })
    .expect_err("refused");
    assert!(listed(&error)[0].contains("folders lie 16 deep at most"));
}
