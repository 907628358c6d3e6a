//! Lexicon files: what is wrong with a broken one is said with its place, all at once; examples are
//! run; the built-in files are sound and in their canonical shape.

use throughline::error::ErrorKind;
use throughline::lexicon::{Diagnostic, Lexicon, LexiconSource, run_examples};
use throughline::scan::Scanner;

use crate::support::{built_in, lexicon, lexicon_folder};

/// A sound file, line by line, to be broken in one place at a time.
const SOUND: &str = r#"schema = 1
[category]
id = "isolation"
group = "abuse"
title = "Isolation"
definition = "d"
source = "s"
tier = 2
[class.kin]
words = ["mum", "dad"]
[[rule]]
id = "isolation.see"
status = "reviewed"
patterns = ["stop [0-3] {kin}"]
examples = ["stop her [mum]"]
counter = ["x"]
[[modifier]]
id = "negation.no"
axis = "polarity"
value = "negated"
direction = "forward"
patterns = ["no"]
"#;

fn problems_of(files: &[(&str, &str)]) -> Vec<Diagnostic> {
    let mut source = LexiconSource::default();
    for (path, text) in files {
        source.add_file(path, text);
    }
    match Lexicon::from_source(&source) {
        Ok(_) => Vec::new(),
        Err(error) => match error.kind() {
            ErrorKind::Lexicon(problems) => problems.clone(),
            _ => panic!("{error}"),
        },
    }
}

/// `SOUND` with one line replaced by others.
fn with(line: &str, replacement: &str) -> String {
    assert!(SOUND.contains(line), "{line} is not in the sound file");
    SOUND.replacen(line, replacement, 1)
}

#[test]
fn the_sound_file_is_sound() {
    assert_eq!(problems_of(&[("a.toml", SOUND)]), []);
}

/// Each row breaks one line: the new line, the text in the file that the problem must point at (on
/// which line: where it stands first), and a part of its message or fix.
#[test]
fn each_problem_is_said_with_its_place() {
    let rows: &[(&str, &str, &str, &str)] = &[
        // keys and values
        ("tier = 2", "teir = 2", "teir", "unknown field `teir`"),
        (
            "status = \"reviewed\"",
            "staus = \"reviewed\"",
            "staus",
            "unknown field `staus`",
        ),
        ("tier = 2", "tier = 4", "4", "a tier is 1, 2 or 3"),
        ("tier = 2", "tier = \"two\"", "\"two\"", "invalid type"),
        (
            "group = \"abuse\"",
            "group = \"harm\"",
            "\"harm\"",
            "one of: abuse, suicide, context",
        ),
        (
            "status = \"reviewed\"",
            "status = \"final\"",
            "\"final\"",
            "`final` is no status",
        ),
        (
            "title = \"Isolation\"",
            "title = \"Isolation",
            "\ndefinition",
            "basic string",
        ),
        (
            "definition = \"d\"",
            "",
            "[category]",
            "missing field `definition`",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\ntier = 0",
            "0",
            "a tier is 1, 2 or 3",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\nexperiencer = \"vicitm\"",
            "\"vicitm\"",
            "victim",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\ntemporality = \"past\"",
            "\"past\"",
            "historical",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\npolarity = \"negated\"",
            "\"negated\"",
            "can only be `inherent`",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\nwithin = \"paragraph\"",
            "\"paragraph\"",
            "clause, sentence or passage",
        ),
        // ids
        (
            "id = \"isolation.see\"",
            "id = \"see\"",
            "\"see\"",
            "category, full stop, name",
        ),
        (
            "id = \"isolation.see\"",
            "id = \"isolaton.see\"",
            "\"isolaton.see\"",
            "did you mean `isolation`",
        ),
        // examples
        (
            "examples = [\"stop her [mum]\"]",
            "",
            "\"isolation.see\"",
            "at least one example",
        ),
        (
            "counter = [\"x\"]",
            "",
            "\"isolation.see\"",
            "one counter-example",
        ),
        (
            "examples = [\"stop her [mum]\"]",
            "examples = [\"stop her mum]\"]",
            "\"stop her mum]\"",
            "brackets of this example",
        ),
        (
            "examples = [\"stop her [mum]\"]",
            "examples = [{ text = \"stop\", polarity = \"no\" }]",
            "{ text",
            "no axis has the value `no`",
        ),
        // patterns
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "",
            "\"isolation.see\"",
            "a rule needs `patterns`",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"\"]",
            "\"]",
            "the pattern is empty",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop [0-3] {kim}\"]",
            "{kim}",
            "did you mean `kin`",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop {something_else}\"]",
            "{something_else}",
            "no class is called",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop [3-1] {kin}\"]",
            "[3-1]",
            "from fewer to more",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop [0-13] {kin}\"]",
            "[0-13]",
            "12 at most",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop [few] {kin}\"]",
            "[few]",
            "a gap is written",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop [0-3 {kin}\"]",
            "[0-3 {kin}",
            "never closed",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop (see|visit {kin}\"]",
            "(see",
            "never closed",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop {kin\"]",
            "{kin\"",
            "never closed",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop see) {kin}\"]",
            ") {kin}",
            "closing bracket",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop see|visit\"]",
            "|visit",
            "only inside",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop (see|) {kin}\"]",
            "(see|)",
            "empty alternative",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop {kin:boss}\"]",
            "{kin:boss}",
            "no role is called `boss`",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop $ % {kin}\"]",
            "%",
            "means nothing here",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop ~ {kin}\"]",
            "~",
            "needs a verb",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"[0-3] {kin}\"]",
            "[0-3] {kin}",
            "does not begin or end with a gap",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"stop? {kin}?\"]",
            "stop?",
            "no word or class to start from",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "patterns = [\"^ [1-2] $\"]",
            "^ [1-2] $",
            "no word or class to start from",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "regex = '(stop'\ngate = [\"stop\"]",
            "'(stop'",
            "unclosed group",
        ),
        (
            "patterns = [\"stop [0-3] {kin}\"]",
            "regex = 'stop'",
            "'stop'",
            "a regex needs a gate",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\nnot_before = [\"{kni}\"]",
            "{kni}",
            "did you mean `kin`",
        ),
        (
            "counter = [\"x\"]",
            "counter = [\"x\"]\nneeds_in_sentence = [\"[0-2]\"]",
            "[0-2]",
            "no word or class",
        ),
        // classes
        (
            "words = [\"mum\", \"dad\"]",
            "words = [\"mum\", \"(dad\"]",
            "(dad",
            "never closed",
        ),
        (
            "words = [\"mum\", \"dad\"]",
            "words = [\"mum\", \"{kin} dad\"]",
            "\"{kin} dad\"",
            "only words",
        ),
        (
            "words = [\"mum\", \"dad\"]",
            "words = [\"mum\", \"mum; dad\"]",
            "; dad",
            "means nothing here",
        ),
        (
            "words = [\"mum\", \"dad\"]",
            "include = [\"kni\"]",
            "\"kni\"",
            "did you mean `kin`",
        ),
        (
            "words = [\"mum\", \"dad\"]",
            "word = [\"mum\"]",
            "word = ",
            "unknown field `word`",
        ),
        (
            "words = [\"mum\", \"dad\"]",
            "nouns = [\"--\"]",
            "\"--\"",
            "holds no word",
        ),
        // modifiers
        (
            "direction = \"forward\"",
            "direction = \"onward\"",
            "\"onward\"",
            "`onward` is no direction",
        ),
        (
            "value = \"negated\"",
            "value = \"negative\"",
            "\"negative\"",
            "negated",
        ),
        ("value = \"negated\"", "", "\"polarity\"", "needs a `value`"),
        (
            "axis = \"polarity\"",
            "axis = \"mood\"",
            "\"mood\"",
            "`mood` is no axis",
        ),
        (
            "patterns = [\"no\"]",
            "patterns = [\"no\"]\napplies_to = [\"isolaton\"]",
            "\"isolaton\"",
            "did you mean `isolation`",
        ),
        (
            "patterns = [\"no\"]",
            "patterns = [\"no\"]\nexcept = [\"group:all\"]",
            "\"group:all\"",
            "no group is called `all`",
        ),
        // versions
        ("schema = 1", "schema = 2", "schema", "schema version"),
        ("schema = 1\n", "", "[category]", "schema"),
    ];
    let mut wrong = Vec::new();
    for (line, replacement, target, said) in rows {
        let file = with(line, replacement);
        let problems = problems_of(&[("dir/a.toml", &file)]);
        let at = file.find(replacement).unwrap_or(0);
        let at = file[at..]
            .find(target)
            .map(|i| i + at)
            .or_else(|| file.find(target))
            .unwrap_or_else(|| panic!("{target} is in {file}"));
        let place = (
            file[..at].matches('\n').count() + 1,
            file[..at]
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .chars()
                .count()
                + 1,
        );
        let fits = |p: &Diagnostic| {
            let words = format!("{} {}", p.message, p.fix.as_deref().unwrap_or_default());
            p.file == "dir/a.toml" && (p.line, p.column) == place && words.contains(said)
        };
        if !problems.iter().any(fits) {
            let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
            wrong.push(format!(
                "{replacement}\n  expected {}:{} {said}\n  found    {}",
                place.0,
                place.1,
                found.join("\n           ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} rows\n{}",
        wrong.len(),
        rows.len(),
        wrong.join("\n")
    );
}

#[test]
fn columns_count_characters() {
    let file = with("title = \"Isolation\"", "title = \"Isolätion “é”\"")
        .replace("{kin}\"]", "é “mum” {kim}\"]");
    let problems = problems_of(&[("a.toml", &file)]);
    let line = file.lines().find(|l| l.contains("{kim}")).expect("a line");
    let column = line.chars().take_while(|c| *c != '{').count() + 1;
    // The curly quotes mean nothing in a pattern, and are said first.
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0].column <= column && problems[0].line == 14,
        "{}",
        problems[0]
    );
}

#[test]
fn every_problem_of_every_file_is_listed_in_order() {
    let first = with("tier = 2", "tier = 9")
        .replace("{kin}", "{kim}")
        .replace("forward", "onward");
    let second = "[class.other]\nwords = [\"(a\"]\n[class.more]\ninclude = [\"nothing_like_it\"]\n";
    let third = "[[rule]\n";
    let problems = problems_of(&[("b.toml", &first), ("c/d.toml", second), ("a.toml", third)]);
    let places: Vec<(&str, usize)> = problems.iter().map(|p| (p.file.as_str(), p.line)).collect();
    assert_eq!(
        places,
        [
            ("a.toml", 1),
            ("b.toml", 8),
            ("b.toml", 14),
            ("b.toml", 21),
            ("c/d.toml", 2),
            ("c/d.toml", 4)
        ],
        "{problems:#?}"
    );
}

#[test]
fn ids_are_used_once() {
    let rule = &SOUND
        [SOUND.find("[[rule]]").expect("a rule")..SOUND.find("[[modifier]]").expect("a modifier")];
    let modifier = &SOUND[SOUND.find("[[modifier]]").expect("a modifier")..];
    let again = format!("{rule}{modifier}");
    let problems = problems_of(&[("a.toml", SOUND), ("b.toml", &again)]);
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].starts_with("b.toml:2:6: rule id `isolation.see` stands already in a.toml:12"),
        "{said:?}"
    );
    assert!(said[1].contains("`negation.no` is used twice"), "{said:?}");

    let category = &SOUND[..SOUND.find("[class").expect("a class")].replace("schema = 1\n", "");
    let problems = problems_of(&[("a.toml", SOUND), ("b.toml", category)]);
    assert_eq!(problems.len(), 1);
    assert!(
        problems[0]
            .to_string()
            .starts_with("b.toml:2:6: category `isolation` is defined twice"),
        "{}",
        problems[0]
    );
}

#[test]
fn a_class_that_includes_itself() {
    let file = with(
        "words = [\"mum\", \"dad\"]",
        "include = [\"kith\"]\n[class.kith]\ninclude = [\"kin\"]",
    );
    let problems = problems_of(&[("a.toml", &file)]);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(
        problems[0].to_string(),
        "a.toml:9:1: class `kin` includes itself"
    );
}

/// A pattern that multiplies out without end is refused, not tried.
#[test]
fn patterns_and_entries_that_are_too_large() {
    let many = "(a1 {kin}|a2|a3 {kin}|a4|a5) ".repeat(6);
    let problems = problems_of(&[("a.toml", &with("stop [0-3] {kin}", &many))]);
    assert!(problems[0].message.contains("variants"), "{}", problems[0]);
    let long = "word ".repeat(60);
    let problems = problems_of(&[("a.toml", &with("stop [0-3] {kin}", &long))]);
    assert!(problems[0].message.contains("steps"), "{}", problems[0]);
    let entry = "(a b|c d|e f|g h) ".repeat(8);
    let problems = problems_of(&[("a.toml", &with("\"dad\"", &format!("\"{entry}\"")))]);
    assert!(problems[0].message.contains("phrases"), "{}", problems[0]);
}

/// No file, however broken, makes the check panic: every prefix of a sound file, and every file with
/// one character changed, is sound or has problems with places inside it.
#[test]
fn damaged_files_never_panic() {
    let damaged =
        (0..SOUND.len())
            .map(|end| SOUND[..end].to_owned())
            .chain((0..SOUND.len()).flat_map(|at| {
                ["", "\"", "[", "{", "|", "\u{0}", "é"]
                    .map(|c| format!("{}{c}{}", &SOUND[..at], &SOUND[at + 1..]))
            }));
    for file in damaged {
        for problem in problems_of(&[("a.toml", &file)]) {
            assert!(
                problem.line >= 1 && problem.line <= file.matches('\n').count() + 1,
                "{problem} in\n{file}"
            );
            assert!(
                !problem.message.is_empty() && problem.render(false).contains("a.toml"),
                "{problem} in\n{file}"
            );
        }
    }
}

#[test]
fn a_problem_is_rendered_in_the_manner_of_a_compiler() {
    let problems = problems_of(&[("dir/a.toml", &with("{kin}\"]", "{kim}\"]"))]);
    let rendered = problems[0].render(false);
    for part in [
        "error: no class is called `kim`",
        "dir/a.toml:14:25",
        "14 | patterns = [\"stop [0-3] {kim}\"]",
        "^^^^^",
    ] {
        assert!(rendered.contains(part), "{part} in\n{rendered}");
    }
    assert!(!rendered.contains('\u{1b}') && problems[0].render(true).contains('\u{1b}'));
}

// ---- examples ----

fn failures(rule_lines: &str) -> Vec<String> {
    let mut source = LexiconSource::default();
    source.add_file(
        "a.toml",
        &with(
            "examples = [\"stop her [mum]\"]\ncounter = [\"x\"]",
            rule_lines,
        ),
    );
    let lexicon = Lexicon::from_source(&source)
        .unwrap_or_else(|e| panic!("{}", crate::support::problems(&e)));
    let (_, failures) = run_examples(&lexicon, "");
    failures
        .into_iter()
        .map(|f| format!("{}:{} {} {}", f.place.0, f.place.1, f.id, f.message))
        .collect()
}

#[test]
fn examples_that_fail_say_why() {
    let cases = [
        (
            "examples = [\"go home\"]\ncounter = [\"x\"]",
            "a.toml:15 isolation.see the rule does not match",
        ),
        (
            "examples = [\"[stop her] mum\"]\ncounter = [\"x\"]",
            "a.toml:15 isolation.see matches other words: stop her mum",
        ),
        (
            "examples = [{ text = \"stop her mum\", polarity = \"negated\" }]\ncounter = [\"x\"]",
            "a.toml:15 isolation.see polarity is affirmed, not negated",
        ),
        (
            "examples = [\"no stop her mum\"]\ncounter = [\"x\"]",
            "a.toml:15 isolation.see set aside: negated",
        ),
        (
            "examples = [{ text = \"stop her mum\", suppressed = true }]\ncounter = [\"x\"]",
            "a.toml:15 isolation.see not set aside",
        ),
        (
            "examples = [\"stop her mum\"]\ncounter = [\n\"x\",\n\"stop mum\"]",
            "a.toml:18 isolation.see must not be evidence, but is: stop mum",
        ),
    ];
    for (lines, expected) in cases {
        let failures = failures(lines);
        assert_eq!(failures.len(), 1, "{lines}: {failures:?}");
        assert!(
            failures[0].starts_with(expected),
            "expected {expected}\nfound    {}",
            failures[0]
        );
    }
    let sound = "examples = [\"[stop her mum]\", { text = \"no stop her mum\", polarity = \"negated\" }]\ncounter = [\"no stop her mum\", \"stop\"]";
    assert_eq!(failures(sound), [""; 0]);
}

#[test]
fn examples_of_a_prefix_only() {
    let (all, failures) = run_examples(lexicon(), "");
    assert_eq!(failures, []);
    let (some, _) = run_examples(lexicon(), "isolation.");
    let (none, _) = run_examples(lexicon(), "isolation.nothing");
    assert!(all > some && some > 0 && none == 0);
}

// ---- what is in force ----

#[test]
fn retired_rules_are_not_in_force_and_keep_their_id() {
    let mut source = LexiconSource::default();
    source.add_file(
        "a.toml",
        &with("status = \"reviewed\"", "status = \"retired\""),
    );
    let lexicon = Lexicon::from_source(&source).expect("sound");
    assert!(lexicon.rules.is_empty());
    assert!(Scanner::new(&lexicon).scan("stop her mum").is_empty());
}

#[test]
fn a_file_of_the_same_path_replaces_another() {
    let mut source = LexiconSource::folder(&lexicon_folder()).expect("readable");
    let before = source.fingerprint();
    let economic = "[category]\nid = \"economic_control\"\ngroup = \"abuse\"\ntitle = \"E\"\ndefinition = \"d\"\nsource = \"s\"\ntier = 3\n\
        [[rule]]\nid = \"economic_control.coins\"\nstatus = \"draft\"\nterms = [\"coins\"]\nexamples = [\"[coins]\"]\ncounter = [\"x\"]\n";
    source.add_file("economic_control.toml", economic);
    assert_ne!(source.fingerprint(), before);
    let replaced = Lexicon::from_source(&source).expect("sound");
    let rules = |l: &Lexicon| l.rules.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    assert!(rules(lexicon()).contains(&"economic_control.holds_card".to_owned()));
    assert!(!rules(&replaced).contains(&"economic_control.holds_card".to_owned()));
    assert!(rules(&replaced).contains(&"economic_control.coins".to_owned()));
    assert!(rules(&replaced).contains(&"isolation.cut_off".to_owned()));
}

#[test]
fn the_fingerprint_tells_files_apart() {
    let print = |files: &[(&str, &str)]| {
        let mut source = LexiconSource::default();
        for (path, text) in files {
            source.add_file(path, text);
        }
        source.fingerprint()
    };
    let base = print(&[("a", "bc")]);
    assert_eq!(base, print(&[("a", "bc")]));
    assert_eq!(base.len(), 64);
    for other in [
        vec![("ab", "c")],
        vec![("a", "bc "), ("b", "")],
        vec![("a", "b"), ("c", "")],
        vec![],
    ] {
        assert_ne!(base, print(&other), "{other:?}");
    }
}

#[test]
fn a_folder_without_lexicon_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = LexiconSource::folder(folder.path()).expect_err("nothing there");
    assert!(error.to_string().contains("no .toml file"), "{error}");
    let error = LexiconSource::folder(&folder.path().join("missing")).expect_err("not there");
    assert!(error.to_string().contains("cannot read"), "{error}");
}

// ---- the language of patterns, as its README promises ----

#[test]
fn patterns_match_as_the_readme_says() {
    // pattern, text, words found (none: no match)
    let rows: &[(&str, &str, Option<&str>)] = &[
        ("~hit", "he kept hitting her", Some("hitting")),
        ("~take it", "he took it", Some("took it")),
        ("~take it", "it was taken", None),
        ("friend+", "her friend's car", Some("friend's")),
        ("friend+", "her friends’ car", Some("friends")),
        ("see (her|his) mum", "see his mum", Some("see his mum")),
        ("see (her|his)? mum", "see mum", Some("see mum")),
        ("see [2] mum", "see her dear mum", Some("see her dear mum")),
        ("see [2] mum", "see her mum", None),
        ("see [0-1 !no] mum", "see no mum", None),
        (
            "see [0-2 !other than|no] mum",
            "see anyone other than mum",
            None,
        ),
        (
            "see [0-3 !other than|no] mum",
            "see this other mum",
            Some("see this other mum"),
        ),
        ("see !her mum", "see mum", Some("see mum")),
        (
            "want !(to move|it) [0-3] die",
            "want to die",
            Some("want to die"),
        ),
        ("want !(to move|it) [0-3] die", "want to move or die", None),
        ("want !(to move|it) [0-3] die", "want it to die", None),
        ("^ no", "no", Some("no")),
        ("^ no", "he said no", None),
        ("no $", "he said no", Some("no")),
        ("#num calls", "200+ calls", Some("200+ calls")),
        ("#num calls", "two hundred calls", None),
        ("at #time", "at 19:42", Some("at 19:42")),
        ("#letter rang", "J rang", Some("J rang")),
        ("#letter rang", "I rang", None),
        ("hit #times", "hit x3", Some("hit x3")),
        ("won't let", "WONT LET", Some("WONT LET")),
        ("self-harm", "self harm", Some("self harm")),
        ("self harm", "self-harm", Some("self-harm")),
        ("fiancee", "fiancée", Some("fiancée")),
        ("w/o phone", "W/O PHONE", Some("W/O PHONE")),
        ("a&e", "A&E", Some("A&E")),
        ("see mum", "see, mum", Some("see, mum")),
        ("see mum", "see \"mum\"", Some("see \"mum")),
        ("see mum", "see; mum", None),
        ("see mum", "see // mum", None),
        ("see mum", "see. mum", None),
        ("see mum", "see - mum", None),
        ("see mum", "see … mum", None),
    ];
    for (pattern, text, expected) in rows {
        let mut source = LexiconSource::default();
        let irregular = "[irregular]\nverbs = [\"take|took|taken\"]\n";
        source.add_file(
            "a.toml",
            &format!("{}{irregular}", with("stop [0-3] {kin}", pattern)),
        );
        let lexicon = Lexicon::from_source(&source)
            .unwrap_or_else(|e| panic!("{pattern}: {}", crate::support::problems(&e)));
        let mentions = Scanner::new(&lexicon).scan_all(text);
        let found: Vec<&str> = mentions.iter().map(|m| m.span.of(text)).collect();
        assert_eq!(
            found,
            expected.iter().copied().collect::<Vec<_>>(),
            "{pattern} in {text:?}"
        );
    }
}

#[test]
fn a_clause_ends_at_a_comma() {
    let within = |range: &str| {
        let mut source = LexiconSource::default();
        source.add_file(
            "a.toml",
            &with(
                "counter = [\"x\"]",
                &format!("counter = [\"x\"]\nwithin = \"{range}\""),
            ),
        );
        Lexicon::from_source(&source).expect("sound")
    };
    let (clause, sentence) = (within("clause"), within("sentence"));
    let found = |lexicon: &Lexicon, text: &str| Scanner::new(lexicon).scan(text).len();
    for text in ["stop, her mum", "stop her, mum", "stop (her mum)"] {
        assert_eq!(
            (found(&clause, text), found(&sentence, text)),
            (0, 1),
            "{text}"
        );
    }
    assert_eq!(found(&clause, "so, stop her mum, now"), 1);
}

#[test]
fn exceptions_set_aside_and_say_so() {
    let text = "Joking that he won't let her see her mum. He won't let her see her mum until homework. \
        Under bail conditions he won't let her see her mum. He won't let her see her mum.";
    let mentions = Scanner::new(lexicon()).scan(text);
    let reasons: Vec<&str> = mentions
        .iter()
        .filter(|m| lexicon().rules[m.rule].id == "isolation.not_let_see")
        .map(|m| m.suppressed.as_deref().unwrap_or("evidence"))
        .collect();
    // A shorter match of another rule, without the exception, counts before one that does not.
    assert_eq!(reasons, ["evidence"]);
    let all = Scanner::new(lexicon()).scan_all(text);
    let reasons: Vec<&str> = all
        .iter()
        .filter(|m| lexicon().rules[m.rule].id == "isolation.not_let_see")
        .map(|m| m.suppressed.as_deref().unwrap_or("evidence"))
        .collect();
    assert_eq!(
        reasons,
        [
            "exception of the rule: \"Joking that\" before it",
            "exception of the rule: \"until homework\" after it",
            "exception of the rule: \"bail conditions\" in the sentence",
            "evidence",
        ]
    );
}

#[test]
fn needs_elsewhere_in_the_narrative() {
    let found = |text: &str| Scanner::new(lexicon()).scan(text).len();
    assert_eq!(found("She is cut off from family."), 0);
    assert_eq!(found("She is cut off from family. Her partner rang."), 1);
    assert_eq!(found("AP was there.\n\nShe is cut off from family."), 1);
}

// ---- the built-in lexicon ----

#[test]
fn the_built_in_lexicon_is_sound_and_its_examples_hold() {
    let lexicon = built_in();
    let (ran, failures) = run_examples(lexicon, "");
    let list: Vec<String> = failures
        .iter()
        .map(|f| {
            format!(
                "{}:{}: {}: {}\n    {}",
                f.place.0, f.place.1, f.id, f.message, f.text
            )
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} of {ran} examples\n{}",
        failures.len(),
        list.join("\n")
    );
    assert!(ran > 500, "only {ran} examples");
}

#[test]
fn every_rule_tells_why_and_every_category_its_source() {
    let lexicon = built_in();
    let silent: Vec<&str> = lexicon
        .rules
        .iter()
        .filter(|r| r.why.trim().is_empty())
        .map(|r| r.id.as_str())
        .collect();
    assert_eq!(silent, [""; 0], "rules without why or source");
    for category in &lexicon.categories {
        assert!(
            !category.source.trim().is_empty() && !category.definition.trim().is_empty(),
            "{}",
            category.id
        );
        assert!(
            lexicon
                .indicator_rules()
                .any(|r| lexicon.categories[r.category].id == category.id),
            "{} has no rule",
            category.id
        );
    }
}
