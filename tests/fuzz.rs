//! Runs the checks of the fuzz targets (`fuzz/`) over their seeds, over every find of the past, so that
//! what was mended stays mended, and over some bytes made up on the spot.
//! `tests/data/regressions/TARGET/` holds a file a find, named for it.

use std::path::Path;

use proptest::prelude::*;

use crate::fuzz_checks as checks;
use crate::support::crate_folder;

type Check = fn(&[u8]);

const TARGETS: [(&str, Check); 9] = [
    ("decoder", checks::decoder::check),
    ("form", checks::form::check),
    ("lexicon", checks::lexicon::check),
    ("normaliser", checks::normaliser::check),
    ("reader", checks::reader::check),
    ("report", checks::report::check),
    ("review", checks::review::check),
    ("scanner", checks::scanner::check),
    ("segmenter", checks::segmenter::check),
];

/// Runs the check of each target over the files that `folder` keeps for it, and counts them.
fn run_over(folder: &Path) -> usize {
    let mut run = 0;
    for (target, check) in TARGETS {
        let Ok(entries) = std::fs::read_dir(folder.join(target)) else {
            continue;
        };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            // A panic names the check; this names the file.
            eprintln!("{}", path.display());
            check(&std::fs::read(&path).unwrap());
            run += 1;
        }
    }
    run
}

#[test]
fn every_seed_holds() {
    let seeds = run_over(&crate_folder().join("fuzz/seeds"));
    assert!(seeds > 2 * TARGETS.len(), "only {seeds} seeds");
}

#[test]
fn every_find_of_the_past_holds() {
    let finds = run_over(&crate_folder().join("tests/data/regressions"));
    assert!(finds > 0, "no find");
}

/// Every target has seeds, and a file that `cargo fuzz` runs.
#[test]
fn every_target_is_run() {
    let listed = |folder: &str| {
        let entries = std::fs::read_dir(crate_folder().join("fuzz").join(folder)).unwrap();
        let mut names: Vec<String> = entries
            .map(|e| {
                e.unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    };
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed("fuzz_targets"), names);
    assert_eq!(listed("seeds"), names);
}

/// Bytes of which many are text, some are marks that formats give a meaning, and some are anything.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let mark = proptest::sample::select(&b"\",;\t\r\n\\{}[]=<>&'\0\xFF\xEF\xBB\xBF"[..]);
    let byte = prop_oneof![4 => b' '..=b'~', 2 => mark, 1 => any::<u8>()];
    proptest::collection::vec(byte, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_through_every_door(data in bytes(), kind in any::<u8>()) {
        let mut led = vec![kind];
        led.extend(&data);
        for (target, check) in TARGETS {
            // Compiling a lexicon takes long in a build without optimisation.
            if target != "lexicon" || kind.is_multiple_of(16) {
                check(&led);
            }
        }
    }
}
