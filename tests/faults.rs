//! What goes wrong around a run: a full disk, signals, kills, a folder that goes away. Whatever it
//! is, the output folder holds the complete former run or says that it holds none, and `--resume`
//! ends in the bytes of a run that nothing happened to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use throughline::boilerplate::MuteList;
use throughline::error::Result;
use throughline::journal::{Header, Journal};
use throughline::pipeline::{Plan, run};
use throughline::read::ReadOptions;
use throughline::report::{
    Existing, INCOMPLETE_FILE, OutputFormat, RunOptions, RunWriter, Staging, Timing,
};
use throughline::spill::Storage;

use crate::cli::{Desk, Run, holds};
use crate::support::{lexicon, lexicon_folder};

const HEADER: &str = "case_id,incident_id,incident_date,narrative\n";

/// An input of so many records, most of them with something to find.
fn input(records: usize) -> String {
    let mut text = HEADER.to_owned();
    for n in 0..records {
        let words = match n % 4 {
            0 => "He took her bank card and she cried.",
            1 => "She was not allowed to see her mum, he took her bank card.",
            2 => "No offences disclosed. Officers left",
            _ => "",
        };
        text += &format!("C{},I{n},2024-01-{:02},{words:?}\n", n / 3, n % 28 + 1);
    }
    text
}

type Files = BTreeMap<String, Vec<u8>>;

/// The files of a run, without the times in its manifest.
fn files(desk: &Desk, folder: &str) -> Files {
    let mut files = desk.files(folder);
    if let Some(manifest) = files.get_mut("manifest.json") {
        let text = String::from_utf8(manifest.clone()).unwrap();
        let (before, _) = text.split_once("\"time\"").unwrap();
        *manifest = before.as_bytes().to_vec();
    }
    files
}

fn is_complete(folder: &Path) -> bool {
    folder.join("manifest.json").exists() && !folder.join(INCOMPLETE_FILE).exists()
}

/// Not there, empty, complete, or marked: there is no other state.
fn expect_plain(folder: &Path, what: &str) {
    let empty = std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none());
    let marked = folder.join(INCOMPLETE_FILE).exists();
    assert!(
        empty || marked || is_complete(folder),
        "{what}: neither complete nor marked"
    );
}

// ── A disk that fills ───────────────────────────────────────────────────────────────────────

/// A scan as the program does it, on a storage of its own.
fn scan(
    storage: &Storage,
    input: &Path,
    out: &Path,
    existing: Existing,
    formats: &[OutputFormat],
) -> Result<()> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let options = RunOptions {
        formats: formats.to_vec(),
        report_cases: 10,
        report_bytes: 1 << 20,
        coverage: true,
        jurisdiction: "england_and_wales".to_owned(),
        jobs: 1,
        storage: storage.clone(),
        interrupted: Arc::clone(&interrupted),
        manifest: serde_json::json!({}),
        ..RunOptions::default()
    };
    let mut staging = Staging::prepare(out, existing)?;
    staging.keep();
    let (path, header) = (staging.journal(), Header::default());
    let journal = match staging.resumes() {
        true => Journal::resume(storage, &path, &header)?,
        false => Journal::begin(storage, &path, &header)?,
    };
    let (mute, read) = (MuteList::default(), ReadOptions::default());
    let inputs = [input.to_owned()];
    let plan = Plan {
        inputs: &inputs,
        read: &read,
        lexicon: lexicon(),
        mute: &mute,
        links: None,
        names: false,
        jobs: 1,
        journal: Some(&journal),
        interrupted: &interrupted,
    };
    let mut writer = RunWriter::create(staging.folder(), lexicon(), options)?;
    let infos = run(&plan, &mut |outcome| writer.take(&outcome))?;
    writer.finish(staging.folder(), &infos, || Timing {
        start: String::new(),
        end: String::new(),
        seconds: 0.0,
    })?;
    staging.publish()
}

const NEW: Existing = Existing {
    force: false,
    resume: false,
    discard_review: false,
};
const RESUME: Existing = Existing {
    resume: true,
    ..NEW
};
const FORCE: Existing = Existing { force: true, ..NEW };

/// Scans with a disk that is full after n bytes, for n from 0 in steps until it is large enough; in
/// turn into a new folder and over a former run. One in `resumed` is gone on with. Returns the number
/// of faults.
fn full_after_each(step: u64, resumed: u64, records: usize, formats: &[OutputFormat]) -> u64 {
    let desk = Desk::new();
    desk.write("old.csv", input(1))
        .write("in.csv", input(records));
    let (input, former) = (desk.path("in.csv"), desk.path("old.csv"));
    let disk = Storage::default();
    scan(&disk, &input, &desk.path("whole"), NEW, formats).unwrap();
    let whole = desk.files("whole");
    scan(&disk, &former, &desk.path("old"), NEW, formats).unwrap();
    let old = desk.files("old");
    for fault in 0.. {
        let (name, existing) = match fault % 2 {
            0 => ("new", NEW),
            _ => ("over", FORCE),
        };
        let out = desk.path(name);
        if existing.force && !out.exists() {
            scan(&disk, &former, &out, NEW, formats).unwrap();
        }
        let full = Storage::full_after(fault * step);
        let Err(error) = scan(&full, &input, &out, existing, formats) else {
            assert!(desk.files(name) == whole);
            return fault;
        };
        let message = format!("{error}: {:?}", std::error::Error::source(&error));
        assert!(message.contains("cannot write"), "{message}");
        if existing.force {
            let mut left = desk.files(name);
            left.retain(|name, _| !name.starts_with(".throughline-incomplete"));
            assert!(
                left == old,
                "after {fault} steps the former run is not whole"
            );
        } else {
            assert!(out.join(INCOMPLETE_FILE).exists() && !out.join("manifest.json").exists());
        }
        if fault / 2 % resumed == 0 {
            scan(&disk, &input, &out, RESUME, formats).unwrap();
            assert!(
                desk.files(name) == whole,
                "resumed after {fault} steps: other bytes"
            );
            std::fs::remove_dir_all(&out).unwrap();
        } else if !existing.force {
            std::fs::remove_dir_all(&out).unwrap();
        }
    }
    unreachable!("a disk is large enough in the end")
}

#[test]
fn a_disk_that_is_full_at_any_byte_loses_nothing() {
    let faults = full_after_each(1, 40, 2, &[OutputFormat::Csv]);
    assert!(faults > 2000, "{faults} bytes were written only");
}

#[test]
fn so_does_one_that_fills_under_a_report() {
    let faults = full_after_each(6007, 1, 600, &[OutputFormat::Csv, OutputFormat::Html]);
    assert!(faults > 20, "{faults} steps only");
}

/// Runs a script in a shell of the folder; `$PROGRAM` and `$LEXICON` stand for themselves.
#[cfg(target_os = "linux")]
fn shell(desk: &Desk, wrapper: &[&str], script: &str) -> Run {
    let program = env!("CARGO_BIN_EXE_throughline");
    let mut all = wrapper.to_vec();
    all.extend(["sh", "-c", script]);
    let mut command = Command::new(all[0]);
    command.args(&all[1..]).current_dir(desk.folder.path());
    command
        .env("PROGRAM", program)
        .env("LEXICON", lexicon_folder());
    Run::of(&command.output().expect("a shell"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_further_is_told_and_resumed() {
    let desk = Desk::new();
    desk.write("in.csv", input(3000));
    desk.scan("whole", &["in.csv", "--quiet"], 0);
    let script = "trap '' XFSZ; ulimit -f 120; exec \"$PROGRAM\" scan in.csv --out out --lexicon \"$LEXICON\" --quiet";
    let run = shell(&desk, &[], script);
    assert_eq!(run.status, 2, "{}", run.stderr);
    holds(&run.stderr, &["cannot write", "--resume goes on"]);
    expect_plain(&desk.path("out"), "over the limit");
    desk.scan("out", &["in.csv", "--resume", "--quiet"], 0);
    assert!(files(&desk, "out") == files(&desk, "whole"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_file_system_is_told_and_resumed() {
    let desk = Desk::new();
    desk.write("in.csv", input(3000)).write("disk/x", "");
    if shell(
        &desk,
        &["unshare", "-m"],
        "mount -t tmpfs -o size=300k none disk",
    )
    .status
        != 0
    {
        eprintln!("skipped: no file system may be mounted here");
        return;
    }
    desk.scan("whole", &["in.csv", "--quiet"], 0);
    let script = "mount -t tmpfs -o size=300k none disk
        \"$PROGRAM\" scan in.csv --out disk/out --lexicon \"$LEXICON\" --quiet
        echo status $?
        test -e disk/out/INCOMPLETE.txt && test ! -e disk/out/manifest.json && echo marked
        mount -o remount,size=100m disk
        \"$PROGRAM\" scan in.csv --out disk/out --lexicon \"$LEXICON\" --quiet --resume
        cp -r disk/out out";
    let run = shell(&desk, &["unshare", "-m"], script);
    assert_eq!(run.status, 0, "{}", run.stderr);
    holds(&run.stdout, &["status 2", "marked"]);
    holds(&run.stderr, &["No space left on device"]);
    assert!(files(&desk, "out") == files(&desk, "whole"));
}

// ── Signals and kills ───────────────────────────────────────────────────────────────────────

fn start(desk: &Desk, args: &[&str]) -> Child {
    let mut command = desk.command(&["scan", "--lexicon"]);
    command.arg(lexicon_folder()).args(args);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::null());
    piped.stderr(Stdio::piped()).spawn().expect("it starts")
}

/// Waits until a file is there and has so many bytes, or the program ends.
fn wait_for(child: &mut Child, file: &Path, bytes: u64) {
    let begun = Instant::now();
    while std::fs::metadata(file).map_or(true, |about| about.len() < bytes) {
        if child.try_wait().expect("it can be asked").is_some() {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "nothing is written"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn journal(folder: &Path) -> PathBuf {
    folder.join(".throughline-incomplete/journal")
}

#[test]
fn killed_at_any_moment_a_run_is_resumed_to_the_same_bytes() {
    let desk = Desk::new();
    desk.write("in.csv", input(1500));
    let begun = Instant::now();
    desk.scan("whole", &["in.csv", "--quiet"], 0);
    let whole = files(&desk, "whole");
    let lasts = begun.elapsed().as_micros() as u64;
    let (mut random, mut resumed) = (7u64, 0);
    for kill in 0..50 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut child = start(&desk, &["in.csv", "--out", "out", "--quiet"]);
        std::thread::sleep(Duration::from_micros((random >> 33) % lasts));
        child.kill().expect("it can be killed");
        child.wait().expect("it ended");
        let out = desk.path("out");
        expect_plain(&out, &format!("kill {kill}"));
        if !is_complete(&out) {
            let run = desk.scan("out", &["in.csv", "--resume"], 0);
            resumed += u32::from(run.stderr.contains("resuming: "));
        }
        assert!(files(&desk, "out") == whole, "kill {kill}: other bytes");
        std::fs::remove_dir_all(&out).unwrap();
    }
    assert!(resumed > 0, "no run was killed while it scanned");
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_the_former_run_and_what_was_done() {
    let desk = Desk::new();
    desk.write("in.csv", input(20_000))
        .write("old.csv", input(3));
    desk.scan("whole", &["in.csv", "--quiet"], 0);
    for signal in ["-INT", "-TERM"] {
        desk.scan("out", &["old.csv", "--quiet"], 0);
        let old = files(&desk, "out");
        let mut child = start(&desk, &["in.csv", "--out", "out", "--force"]);
        wait_for(&mut child, &journal(&desk.path("out")), 1000);
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let run = Run::of(&child.wait_with_output().expect("it ends"));
        assert_eq!(run.status, 2, "{}", run.stderr);
        holds(
            &run.stderr,
            &["records scanned", "--resume", "throughline: interrupted"],
        );
        let mut left = files(&desk, "out");
        left.retain(|name, _| !name.starts_with(".throughline-incomplete"));
        assert!(left == old, "the former run is not whole");
        // Not begun anew by accident, and the folder says how to go on.
        let run = desk.scan("out", &["in.csv"], 2);
        holds(&run.stderr, &["interrupted run", "--resume", "--force"]);
        let run = desk.scan("out", &["in.csv", "--resume"], 0);
        holds(&run.stderr, &["resuming: "]);
        assert!(files(&desk, "out") == files(&desk, "whole"));
        let run = desk.scan("out", &["in.csv", "--resume"], 2);
        holds(&run.stderr, &["nothing to resume"]);
        std::fs::remove_dir_all(desk.path("out")).unwrap();
    }
}

#[test]
fn what_is_not_the_interrupted_run_is_not_resumed() {
    let desk = Desk::new();
    desk.write("in.csv", input(20_000));
    let out = desk.path("out");
    let mut child = start(&desk, &["in.csv", "--out", "out"]);
    wait_for(&mut child, &journal(&out), 30_000);
    child.kill().expect("it can be killed");
    child.wait().expect("it ended");
    assert!(!is_complete(&out), "it was over too soon");
    let refused = |args: &[&str], what: &str| {
        let mut all = vec!["--resume"];
        all.extend(args);
        let run = desk.scan("out", &all, 2);
        holds(&run.stderr, &["cannot resume: ", what]);
    };
    refused(&["in.csv", "--coverage"], "an option is not what it was");
    std::fs::copy(desk.path("in.csv"), desk.path("same.csv")).unwrap();
    refused(
        &["in.csv", "same.csv"],
        "the input same.csv is not what it was",
    );
    refused(&["same.csv"], "the input same.csv is not what it was");
    let text = desk.read("in.csv");
    desk.write("in.csv", text.replacen("cried", "wept!", 1));
    refused(&["in.csv"], "the input is not what it was");
    desk.write("in.csv", &text)
        .scan("out", &["in.csv", "--resume"], 0);
    desk.scan("whole", &["in.csv"], 0);
    assert!(files(&desk, "out") == files(&desk, "whole"));
}

#[test]
fn a_folder_that_is_removed_under_a_run_is_told() {
    let desk = Desk::new();
    let mut child = start(&desk, &["-", "--input-format", "csv", "--out", "out"]);
    wait_for(
        &mut child,
        &desk.path("out/.throughline-incomplete/run/rejected.csv"),
        0,
    );
    std::thread::sleep(Duration::from_millis(50));
    let mut stdin = child.stdin.take().expect("piped");
    std::fs::remove_dir_all(desk.path("out")).unwrap();
    std::io::Write::write_all(&mut stdin, input(100).as_bytes()).unwrap();
    drop(stdin);
    let run = Run::of(&child.wait_with_output().expect("it ends"));
    assert_eq!(run.status, 2, "{}", run.stderr);
    holds(&run.stderr, &["out: the output folder was removed"]);
    assert!(!desk.path("out").exists());
}

#[test]
fn pages_of_a_former_report_do_not_stay() {
    let desk = Desk::new();
    desk.write("in.csv", input(30));
    desk.scan("out", &["in.csv", "--report-cases", "2"], 0);
    assert!(desk.path("out/report-2.html").exists());
    desk.write("out/report-draft.html", "mine");
    desk.scan("out", &["in.csv", "--force"], 0);
    assert!(!desk.path("out/report-2.html").exists());
    assert_eq!(desk.read("out/report-draft.html"), "mine");
}

#[test]
fn two_runs_do_not_write_into_one_folder() {
    let desk = Desk::new();
    desk.write("in.csv", input(3));
    let mut child = start(&desk, &["-", "--input-format", "csv", "--out", "out"]);
    wait_for(
        &mut child,
        &desk.path("out/.throughline-incomplete/INCOMPLETE.txt"),
        0,
    );
    for option in ["--force", "--resume"] {
        let run = desk.scan("out", &["in.csv", option], 2);
        holds(&run.stderr, &["another run is writing into it"]);
    }
    let mut stdin = child.stdin.take().expect("piped");
    std::io::Write::write_all(&mut stdin, input(3).as_bytes()).unwrap();
    drop(stdin);
    assert!(child.wait().expect("it ends").success());
    assert!(is_complete(&desk.path("out")));
}

#[cfg(unix)]
#[test]
fn nobody_listening_does_not_harm_a_run() {
    let desk = Desk::new();
    desk.write("in.csv", input(30));
    let mut child = start(&desk, &["in.csv", "--out", "out"]);
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(is_complete(&desk.path("out")));
}

// ── What reviewers wrote ────────────────────────────────────────────────────────────────────

#[test]
fn decisions_of_reviewers_are_not_replaced_unasked() {
    let desk = Desk::new();
    desk.write("in.csv", input(3));
    for name in ["cases.csv", "evidence.csv", "report.xlsx"] {
        desk.scan("out", &["in.csv", "--format", "csv,xlsx", "--force"], 0);
        let mut bytes = std::fs::read(desk.path("out").join(name)).unwrap();
        bytes.extend(b" ");
        desk.write(&format!("out/{name}"), &bytes);
        let before = desk.files("out");
        let run = desk.scan("out", &["in.csv", "--force"], 2);
        holds(&run.stderr, &[name, "--discard-review"]);
        assert!(desk.files("out") == before);
        desk.scan("out", &["in.csv", "--force", "--discard-review"], 0);
    }
    // A manifest that does not tell how long the files were.
    let manifest = desk
        .read("out/manifest.json")
        .replace("\"reviewable\"", "\"r\"");
    desk.write("out/manifest.json", manifest);
    let cases = desk.read("out/cases.csv");
    desk.write(
        "out/cases.csv",
        cases.replacen("card,,,,,,", "card,,accept,,,,", 1),
    );
    assert_ne!(cases, desk.read("out/cases.csv"));
    let run = desk.scan("out", &["in.csv", "--force"], 2);
    holds(&run.stderr, &["cases.csv", "--discard-review"]);
    desk.write("out/cases.csv", cases)
        .scan("out", &["in.csv", "--force"], 0);
}

// ── What others may see ─────────────────────────────────────────────────────────────────────

#[cfg(unix)]
#[test]
fn what_is_written_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let desk = Desk::new();
    desk.write("in.csv", input(30));
    let formats = "csv,jsonl,html,xlsx";
    for (out, option, others) in [
        ("own", "--quiet", false),
        ("shared", "--shared-output", true),
    ] {
        desk.scan(
            out,
            &["in.csv", "--format", formats, "--per-case", option],
            0,
        );
        let mut seen = 0;
        let mut folders = vec![desk.path(out)];
        while let Some(folder) = folders.pop() {
            let mode = std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode == 0o700, !others, "{}: {mode:o}", folder.display());
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                seen += 1;
                let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
                assert_eq!(mode == 0o600, !others, "{}: {mode:o}", path.display());
            }
        }
        assert!(seen > 20, "{seen} files only");
        assert!(!desk.path(out).join(".throughline-incomplete").exists());
    }
}

/// The system calls of a run of the program, as strace tells them; `None` where it cannot.
#[cfg(target_os = "linux")]
fn traced(desk: &Desk, what: &str, args: &str) -> Option<String> {
    if Command::new("strace").arg("-V").output().is_err() {
        eprintln!("skipped: strace is not at hand");
        return None;
    }
    let script = format!("strace -f {what} -o calls \"$PROGRAM\" {args}");
    let run = shell(desk, &[], &script);
    if run.stderr.contains("ptrace") {
        eprintln!("skipped: no process may be traced here");
        return None;
    }
    assert_eq!(run.status, 0, "{}", run.stderr);
    Some(desk.read("calls"))
}

#[cfg(target_os = "linux")]
#[test]
fn no_socket_is_opened() {
    let desk = Desk::new();
    desk.write("in.csv", input(30));
    let Some(calls) = traced(
        &desk,
        "-e trace=%network,openat",
        "scan in.csv --out out --lexicon \"$LEXICON\" --format csv,jsonl,html,xlsx",
    ) else {
        return;
    };
    assert!(
        calls.contains("openat(") && calls.contains("in.csv"),
        "nothing was traced"
    );
    let network = ["socket(", "connect(", "sendto(", "bind("];
    let opened = calls
        .lines()
        .find(|line| network.iter().any(|call| line.contains(call)));
    assert_eq!(opened, None);
    // What is opened to write lies in the output folder; temporary files too.
    let elsewhere = calls.lines().find(|line| {
        line.contains("O_CREAT") && !line.contains("\"out/") && !line.contains("/out/")
    });
    assert_eq!(elsewhere, None);
}

/// What is said to be complete has reached the disk before it is said.
#[cfg(target_os = "linux")]
#[test]
fn the_manifest_comes_after_what_is_on_the_disk() {
    let desk = Desk::new();
    desk.write("in.csv", input(30));
    let Some(calls) = traced(
        &desk,
        "-y -e trace=fsync,rename,renameat,renameat2,unlink,unlinkat",
        "scan in.csv --out out --lexicon \"$LEXICON\" --per-case",
    ) else {
        return;
    };
    let calls: Vec<&str> = calls.lines().collect();
    let place = |what: &dyn Fn(&str) -> bool, name: &str| {
        let at = calls.iter().position(|call| what(call));
        at.unwrap_or_else(|| panic!("no {name} in {calls:#?}"))
    };
    let synced = |name: &str| {
        let end = format!("/run/{name}>");
        place(&|call| call.contains("fsync(") && call.contains(&end), name)
    };
    let renamed = |name: &str| {
        let end = format!("/out/{name}\"");
        let short = format!("\"out/{name}\"");
        place(
            &|call| call.contains("rename") && (call.contains(&end) || call.contains(&short)),
            name,
        )
    };
    let first = renamed("cases.csv");
    for name in ["cases.csv", "evidence.csv", "report.html", "manifest.json"] {
        assert!(synced(name) < first, "{name} is moved before it is written");
    }
    let manifest = renamed("manifest.json");
    assert!(renamed("suppressed.csv") < manifest);
    let folder = |call: &&str| call.contains("fsync(") && call.contains("/out>");
    assert!(calls[first..manifest].iter().any(folder), "names of tables");
    let unmarked = calls.len()
        - 1
        - calls
            .iter()
            .rev()
            .position(|call| call.contains("unlink") && call.contains("out/INCOMPLETE.txt"))
            .expect("the mark is removed");
    assert!(calls[manifest..unmarked].iter().any(folder), "its own name");
}

/// Run by the test below in a process of its own: a hook is for the whole process.
#[test]
#[ignore = "it panics"]
fn a_panic_with_text() {
    std::panic::set_hook(Box::new(throughline::error::report_panic));
    panic!("the narrative of MARKER");
}

#[test]
fn a_panic_tells_where_and_not_what() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let run = Run::of(
        &command
            .args([
                "--exact",
                "faults::a_panic_with_text",
                "--ignored",
                "--nocapture",
            ])
            .output()
            .unwrap(),
    );
    assert_ne!(run.status, 0);
    holds(
        &run.stderr,
        &["an error of the program itself in tests/faults.rs, line "],
    );
    assert!(!run.stderr.contains("MARKER"), "{}", run.stderr);
}
