//! The program as its users run it: arguments in, status, streams and files out.
//!
//! `cli/*.toml` are rows: `args`, what stands in `[files]` of the working folder, `stdin`, and what
//! must come out: `status`, parts of `stdout` and `stderr`, parts that must be `absent` from both
//! and from every file written, and the exact list of files in the folder `out`. `$LEXICON` stands
//! for the tests' own small lexicon.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;
use tempfile::TempDir;

use crate::support::{crate_folder, lexicon_folder};

const PROGRAM: &str = env!("CARGO_BIN_EXE_throughline");

/// Expects every part in a text.
pub fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
}

/// A working folder for runs of the program.
pub struct Desk {
    pub folder: TempDir,
}

/// A finished run.
pub struct Run {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, with the folders that it needs.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
        self
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.current_dir(self.folder.path()).args(args);
        command
            .env_remove("THROUGHLINE_LEXICON")
            .env("NO_COLOR", "1");
        command
    }

    pub fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, b"")
    }

    /// Runs, and expects the status.
    pub fn run_to(&self, args: &[&str], status: i32) -> Run {
        let run = self.run(args);
        assert_eq!(
            run.status, status,
            "{args:?}\n{}\n{}",
            run.stdout, run.stderr
        );
        run
    }

    pub fn run_with(&self, args: &[&str], stdin: &[u8]) -> Run {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // A program that needs no input may have gone before it is written.
        let _ = child.stdin.take().expect("piped").write_all(stdin);
        Run::of(&child.wait_with_output().expect("the program ends"))
    }

    /// Scans with the small lexicon into `out`, and expects the status.
    pub fn scan(&self, out: &str, args: &[&str], status: i32) -> Run {
        let lexicon = lexicon_folder();
        let mut all = vec![
            "scan",
            "--out",
            out,
            "--lexicon",
            lexicon.to_str().expect("a plain path"),
        ];
        all.extend(args);
        self.run_to(&all, status)
    }

    /// Every file in a folder, by its name; those in folders inside it with their path.
    pub fn files(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
            let Ok(entries) = std::fs::read_dir(folder) else {
                return;
            };
            for entry in entries {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    collect(root, &path, files);
                } else {
                    let name = path
                        .strip_prefix(root)
                        .expect("inside")
                        .display()
                        .to_string();
                    files.insert(name, std::fs::read(&path).expect("readable"));
                }
            }
        }
        let root = self.path(folder);
        let mut files = BTreeMap::new();
        collect(&root, &root, &mut files);
        files
    }
}

impl Run {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("messages are UTF-8");
        Self {
            status: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    args: Vec<String>,
    #[serde(default)]
    stdin: String,
    status: i32,
    #[serde(default)]
    stdout: Vec<String>,
    #[serde(default)]
    stderr: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
    out: Option<Vec<String>>,
    #[serde(default)]
    files: BTreeMap<String, String>,
}

impl Row {
    fn differences(&self) -> Vec<String> {
        let desk = Desk::new();
        for (name, text) in &self.files {
            desk.write(name, text);
        }
        let lexicon = lexicon_folder().display().to_string();
        let args: Vec<String> = self
            .args
            .iter()
            .map(|a| a.replace("$LEXICON", &lexicon))
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let run = desk.run_with(&args, self.stdin.as_bytes());
        let mut differences = Vec::new();
        if run.status != self.status {
            differences.push(format!("status {} and not {}", run.status, self.status));
        }
        for (name, parts, stream) in [
            ("stdout", &self.stdout, &run.stdout),
            ("stderr", &self.stderr, &run.stderr),
        ] {
            for part in parts.iter().filter(|part| !stream.contains(part.as_str())) {
                differences.push(format!("{name} lacks {part:?}"));
            }
        }
        let written = desk.files("out");
        for part in &self.absent {
            let inside = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(part);
            let holders = written
                .iter()
                .filter(|(_, bytes)| inside(bytes))
                .map(|(name, _)| name.as_str());
            let streams = [("stdout", &run.stdout), ("stderr", &run.stderr)];
            let holders: Vec<&str> = holders
                .chain(streams.iter().filter(|s| s.1.contains(part)).map(|s| s.0))
                .collect();
            if !holders.is_empty() {
                differences.push(format!("{part:?} stands in {}", holders.join(", ")));
            }
        }
        let names: Vec<&String> = written.keys().collect();
        if self
            .out
            .as_ref()
            .is_some_and(|out| out.iter().collect::<Vec<_>>() != names)
        {
            differences.push(format!("out holds {names:?}"));
        }
        if !differences.is_empty() {
            differences.push(format!(
                "--- stdout\n{}\n--- stderr\n{}",
                run.stdout, run.stderr
            ));
        }
        differences
    }
}

#[test]
fn rows() {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(crate_folder().join("tests/cli"))
        .expect("readable")
        .map(|e| e.expect("readable").path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    paths.sort();
    assert!(paths.len() >= 20, "only {} rows", paths.len());
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("readable");
        let row: Row = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let differences = row.differences();
        if !differences.is_empty() {
            wrong.push(format!(
                "{}:\n  {}",
                path.display(),
                differences.join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const HEADER: &str = "case_id,incident_id,incident_date,narrative\n";

#[test]
fn a_field_of_20_megabytes_is_rejected_and_the_run_goes_on() {
    let desk = Desk::new();
    let mut file =
        format!("{HEADER}C1,I1,2024-01-01,he took her bank card\nC1,I2,2024-01-02,\"SENTINEL ");
    file.push_str(&"she cried and he shouted ".repeat(800_000));
    file.push_str("\"\nC1,I3,2024-01-03,she is suicidal\n");
    desk.write("in.csv", file);
    let run = desk.scan("out", &["in.csv"], 1);
    assert!(
        run.stderr.contains("3 read = 2 scanned + 1 rejected"),
        "{}",
        run.stderr
    );
    let rejected = desk.read("out/rejected.csv");
    assert!(rejected.contains("in.csv,2,3,"), "{rejected}");
    assert!(!rejected.contains("SENTINEL") && !run.stderr.contains("SENTINEL"));
    assert_eq!(desk.read("out/evidence.csv").lines().count(), 3);
}

#[test]
fn what_cannot_be_decoded_costs_one_record() {
    let desk = Desk::new();
    let mut file =
        format!("{HEADER}C1,I1,2024-01-01,he took her bank card – café\nC1,I2,2024-01-02,")
            .into_bytes();
    // Far enough in that the encoding was settled before.
    for n in 10..3000 {
        file.extend(format!("quiet – shift\nC{n},I{n},2024-01-03,").bytes());
    }
    file.extend(
        b"SENTINEL caf\xE9 he took her purse\nC9,I9,2024-01-04,nothing \0 he took her purse\n",
    );
    desk.write("in.csv", file);
    let run = desk.scan("mended", &["in.csv", "--encoding", "utf-8"], 0);
    assert!(
        run.stderr
            .contains("1 characters could not be decoded and were replaced")
    );
    assert!(desk.read("mended/evidence.csv").contains("SENTINEL café"));
    let run = desk.scan("out", &["in.csv", "--encoding", "utf-8", "--strict"], 1);
    assert!(
        run.stderr.contains("scanned + 1 rejected"),
        "{}",
        run.stderr
    );
    assert!(
        !run.stderr.contains("SENTINEL") && !desk.read("out/rejected.csv").contains("SENTINEL")
    );
    // A NUL is a character like another.
    assert!(
        desk.read("out/evidence.csv")
            .contains("C9,I9,2024-01-04,narrative,economic_control")
    );
}

/// Interrupted from outside, a run says so, leaves nothing under a final name, and no litter.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing() {
    let desk = Desk::new();
    let lexicon = lexicon_folder();
    let mut child = desk
        .command(&[
            "scan",
            "-",
            "--input-format",
            "csv",
            "--out",
            "out",
            "--lexicon",
        ])
        .arg(&lexicon)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(HEADER.as_bytes()).expect("read");
    let row = |n: u64| {
        format!(
            "C{n},I{n},2024-01-01,\"he took her bank card. {}\"\n",
            "She cried. ".repeat(100)
        )
    };
    // More than a pipe holds: once it is written, the program reads, and so watches for signals.
    for n in 0..1000 {
        stdin.write_all(row(n).as_bytes()).expect("read");
    }
    let kill = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(kill.success());
    // The input has no end: only the signal ends the run.
    let ended = (1000..10_000_000).any(|n| stdin.write_all(row(n).as_bytes()).is_err());
    assert!(ended, "the run went on");
    let run = Run::of(&child.wait_with_output().expect("the program ends"));
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert_eq!(run.stderr, "throughline: interrupted\n");
    let left: Vec<_> = std::fs::read_dir(desk.folder.path())
        .expect("readable")
        .map(|e| e.expect("readable").file_name())
        .collect();
    assert!(left.is_empty(), "left behind: {left:?}");
}

/// What the README shows of its first command is what that prints.
#[test]
fn the_readme_shows_the_sample_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = root.join("data/sample_incidents.csv");
    let desk = Desk::new();
    let sample = sample.to_str().expect("UTF-8");
    let run = desk.run_to(&["scan", sample, "--out", "out"], 0);
    let readme = std::fs::read_to_string(root.join("README.md")).expect("readable");
    let told = format!("{}{}", run.stdout, run.stderr);
    for head in ["records  ", "matches  ", "cases    ", "checks   "] {
        let line = told.lines().find(|line| line.starts_with(head));
        let line = line.unwrap_or_else(|| panic!("no line {head:?} in: {told}"));
        assert!(readme.contains(line), "README.md has another: {line}");
    }
}

/// A run that fails in the middle leaves what was there before, and no litter.
#[test]
fn a_failed_run_leaves_the_run_before_it() {
    let desk = Desk::new();
    desk.write(
        "good.csv",
        format!("{HEADER}C1,I1,2024-01-01,he took her bank card\n"),
    );
    desk.write("bad.csv", "a,b\n1,2\n");
    desk.scan("out", &["good.csv"], 0);
    let before = desk.files("out");
    let run = desk.scan("out", &["good.csv", "bad.csv", "--force"], 2);
    assert!(run.stderr.contains("bad.csv"), "{}", run.stderr);
    assert_eq!(before, desk.files("out"));
    // Refused without --force, replaced with it; a table of another format does not stay behind.
    let run = desk.scan("out", &["good.csv"], 2);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(before, desk.files("out"));
    desk.scan("out", &["good.csv", "--format", "jsonl", "--force"], 0);
    let names: Vec<String> = desk.files("out").into_keys().collect();
    assert_eq!(
        names,
        [
            "cases.jsonl",
            "checks.jsonl",
            "chronology.jsonl",
            "course_of_conduct.jsonl",
            "evidence.jsonl",
            "inconsistencies.jsonl",
            "manifest.json",
            "rejected.jsonl",
            "suppressed.jsonl"
        ]
    );
}

#[test]
fn a_folder_that_holds_other_things_is_left_alone() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        format!("{HEADER}C1,I1,2024-01-01,he took her bank card\n"),
    )
    .write("out/notes.txt", "mine");
    let run = desk.scan("out", &["in.csv"], 2);
    assert!(run.stderr.contains("not empty"), "{}", run.stderr);
    desk.scan("out", &["in.csv", "--force"], 0);
    assert_eq!(desk.read("out/notes.txt"), "mine");
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_folder_that_cannot_be_made() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        format!("{HEADER}C1,I1,2024-01-01,he took her bank card\n"),
    )
    .write("file", "x");
    for out in ["file", "file/below", "/proc/nothing/out"] {
        let run = desk.scan(out, &["in.csv"], 2);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.starts_with("throughline: "), "{}", run.stderr);
    }
    assert_eq!(desk.read("file"), "x");
    let names: BTreeSet<String> = desk.files(".").into_keys().collect();
    assert_eq!(
        names,
        BTreeSet::from(["file".to_owned(), "in.csv".to_owned()])
    );
}

/// A reader of the output that goes away early is no error.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_quiet() {
    let desk = Desk::new();
    let mut child = desk
        .command(&["man"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let run = Run::of(&child.wait_with_output().expect("the program ends"));
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[test]
fn the_lexicon_may_come_from_the_environment() {
    let desk = Desk::new();
    let output = desk
        .command(&["lexicon", "check"])
        .env("THROUGHLINE_LEXICON", lexicon_folder())
        .output()
        .expect("runs");
    let run = Run::of(&output);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("lexicon test is sound: 4 categories, 7 rules"),
        "{}",
        run.stdout
    );
}

#[test]
fn explain_and_evaluate_run_on_the_sample() {
    let desk = Desk::new();
    let gold = crate_folder().join("data/sample_gold.jsonl");
    let gold = gold.to_str().expect("a plain path");
    let run = desk.run(&["evaluate", gold, "--errors", "errors.tsv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("103") && run.stdout.contains("isolation"),
        "{}",
        run.stdout
    );
    eprintln!("evaluate data/sample_gold.jsonl\n{}", run.stdout);
    assert!(desk.read("errors.tsv").lines().count() > 1);
    let one = desk.run(&["evaluate", gold, "--category", "strangulation"]);
    assert!(
        one.status == 0 && !one.stdout.contains("isolation"),
        "{}",
        one.stdout
    );
    let founding = crate_folder().join("data/founding.txt");
    let run = desk.run(&[
        "explain",
        "--input",
        founding.to_str().expect("a plain path"),
    ]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(
        run.stdout.contains("EVIDENCE") && run.stdout.contains("rule "),
        "{}",
        run.stdout
    );
}

/// Nothing that the program is built from speaks to a network; Parquet, which is optional, aside
/// (its crate names clients in the lock file that are not built).
#[test]
fn no_dependency_speaks_to_a_network() {
    let lock: toml::Table = std::fs::read_to_string(crate_folder().join("Cargo.lock"))
        .expect("readable")
        .parse()
        .expect("valid TOML");
    let packages = lock["package"].as_array().expect("packages");
    let needs: BTreeMap<&str, Vec<&str>> = packages
        .iter()
        .map(|p| {
            let list = p
                .get("dependencies")
                .and_then(|d| d.as_array())
                .into_iter()
                .flatten();
            let names = list.filter_map(|d| d.as_str()?.split(' ').next()).collect();
            (p["name"].as_str().expect("a name"), names)
        })
        .collect();
    let mut reached = BTreeSet::from(["throughline"]);
    let mut open = vec!["throughline"];
    while let Some(name) = open.pop() {
        for need in needs[name]
            .iter()
            .filter(|need| !need.starts_with("polars"))
        {
            if reached.insert(need) {
                open.push(need);
            }
        }
    }
    assert!(reached.contains("csv") && reached.len() > 20, "{reached:?}");
    for client in [
        "curl",
        "h2",
        "hyper",
        "mio",
        "native-tls",
        "openssl",
        "reqwest",
        "rustls",
        "socket2",
        "tokio",
        "ureq",
    ] {
        assert!(!reached.contains(client), "{client} is a dependency");
    }
}
