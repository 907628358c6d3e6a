//! The tables and the workbook in a real spreadsheet program, and decisions that come back from one.
//!
//! Where no LibreOffice is installed the tests that need it say so and stop.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use calamine::{Data, Range, Reader as _, open_workbook_auto};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use crate::cli::{Desk, Run, holds};
use crate::review::rows;
use crate::support::lexicon_folder;

/// References and texts that a spreadsheet would like to change.
const INPUT: &str = "case_id,incident_id,incident_date,narrative\n\
    007,=1+1,2024-01-01,\"=HYPERLINK(\"\"http://example.com\"\") He took her bank card.\"\n\
    3/5,+44,2024-01-02,\"+ve. He took her bank card.\nSecond line, \"\"quoted\"\"; 1,5\tand a tab\"\n\
    1E5,@x,2024-01-03,\"@home. She is suicidal. Ünïcødé 😀\"\n\
    C-4,-1,2024-01-04,\"-he took her bank card again\"\n";

fn scanned(formats: &str) -> Desk {
    let desk = Desk::new();
    desk.write("in.csv", INPUT);
    let lexicon = lexicon_folder();
    let lexicon = lexicon.to_str().expect("a plain path");
    let args = [
        "scan",
        "in.csv",
        "--out",
        "run",
        "--lexicon",
        lexicon,
        "--format",
        formats,
    ];
    assert_eq!(desk.run(&args).status, 0);
    desk
}

/// Converts a file as LibreOffice would when somebody opens and saves it; `None` if there is none.
fn saved_by_libreoffice(desk: &Desk, file: &str, ending: &str, filter: &[&str]) -> Option<PathBuf> {
    let profile = desk.path("profile");
    let started = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args(["--headless", "--norestore"])
        .args(filter)
        .args(["--convert-to", ending, "--outdir"])
        .arg(desk.path("saved"))
        .arg(desk.path(file))
        .stdin(Stdio::null())
        .output();
    let Ok(done) = started else {
        eprintln!("skipped: no LibreOffice is installed");
        return None;
    };
    let stem = Path::new(file).file_stem().expect("a name");
    let saved = desk.path("saved").join(stem).with_extension(ending);
    assert!(saved.exists(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(saved)
}

fn range(path: &Path, sheet: &str) -> Range<Data> {
    let mut book = open_workbook_auto(path).expect("a workbook");
    let formulas = book.worksheet_formula(sheet).expect("a sheet");
    let held: Vec<_> = formulas.cells().filter(|(_, _, f)| !f.is_empty()).collect();
    assert!(held.is_empty(), "{sheet} holds formulas: {held:?}");
    book.worksheet_range(sheet).expect("a sheet")
}

/// The cells as text, line by line, without empty ones at the end of a line.
fn texts(range: &Range<Data>) -> Vec<Vec<String>> {
    let line = |cells: &[Data]| {
        let mut texts: Vec<String> = cells.iter().map(ToString::to_string).collect();
        while texts.last().is_some_and(String::is_empty) {
            texts.pop();
        }
        texts
    };
    range.rows().map(line).collect()
}

#[test]
fn libreoffice_opens_the_tables_without_changing_text() {
    let desk = scanned("csv");
    // Comma, double quote, UTF-8; quoted cells as text, so that only numbers without quotes are numbers.
    let as_csv = ["--infilter=CSV:44,34,76,1"];
    for table in ["evidence", "cases", "chronology"] {
        let file = format!("run/{table}.csv");
        let Some(saved) = saved_by_libreoffice(&desk, &file, "xlsx", &as_csv) else {
            return;
        };
        let shown = texts(&range(&saved, table));
        let text = desk.read(&file);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let wanted: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
        assert_eq!(shown.len(), wanted.len(), "{table}");
        let head = &wanted[0];
        for (row, (shown, wanted)) in shown.iter().zip(&wanted).enumerate() {
            for (at, wanted) in wanted.iter().enumerate() {
                let shown = shown.get(at).map_or("", String::as_str);
                // References and dates are for the spreadsheet to take for numbers: `review` undoes that.
                if row > 0
                    && (head[at].ends_with("_id")
                        || head[at].contains("date")
                        || head[at].ends_with("_on"))
                    && head[at] != *"rule_id"
                {
                    continue;
                }
                assert_eq!(shown, wanted, "{table}, row {row}, column {}", &head[at]);
            }
        }
    }
}

#[test]
fn libreoffice_opens_the_workbook_without_changing_text() {
    let desk = scanned("xlsx");
    let Some(saved) = saved_by_libreoffice(&desk, "run/report.xlsx", "xlsx", &[]) else {
        return;
    };
    let own = desk.path("run/report.xlsx");
    let names = open_workbook_auto(&own).expect("a workbook").sheet_names();
    assert_eq!(
        open_workbook_auto(&saved)
            .expect("a workbook")
            .sheet_names(),
        names
    );
    for name in &names {
        assert_eq!(
            texts(&range(&saved, name)),
            texts(&range(&own, name)),
            "{name}"
        );
    }
    let evidence = texts(&range(&saved, "Evidence"));
    let all = evidence.concat();
    for text in ["=1+1", "007", "3/5", "1E5"] {
        assert!(
            all.iter().any(|cell| cell == text),
            "no {text:?} in {all:?}"
        );
    }
}

/// The workbook of the run as a reviewer leaves it: decisions in both sheets, and `007` become a number.
fn decided(desk: &Desk, name: &str) {
    let own = desk.path("run/report.xlsx");
    let mut out = Workbook::new();
    let day = Format::new().set_num_format("dd/mm/yyyy");
    for name in ["Cases", "Evidence", "About"] {
        let sheet = out.add_worksheet().set_name(name).expect("a name");
        let range = range(&own, name);
        let head: Vec<String> = range
            .rows()
            .next()
            .expect("a header")
            .iter()
            .map(ToString::to_string)
            .collect();
        for (row, cells) in (0..).zip(range.rows()) {
            let case = cells[0].to_string();
            for (at, cell) in (0..).zip(cells) {
                let column = head[usize::from(at)].as_str();
                let said = match (column, case.as_str(), name) {
                    ("reviewer_decision", "007", _) => "accept",
                    ("reviewer_decision", "3/5", _) => "dismiss",
                    ("reviewer_decision", "1E5", "Evidence") => "Unsure",
                    ("reviewer", "007", _) => "Kim",
                    _ => "",
                };
                match cell {
                    _ if row > 0 && !said.is_empty() => sheet.write_string(row, at, said),
                    _ if row > 0 && column == "reviewed_on" && case == "007" => {
                        let date = ExcelDateTime::from_ymd(2026, 11, 28).expect("a day");
                        sheet.write_datetime_with_format(row, at, &date, &day)
                    }
                    Data::String(text) if text == "007" => sheet.write_number(row, at, 7),
                    Data::String(text) => sheet.write_string(row, at, text),
                    Data::Float(number) => sheet.write_number(row, at, *number),
                    _ => continue,
                }
                .expect("written");
            }
        }
    }
    out.save(desk.path(name)).expect("saved");
}

fn review(desk: &Desk, args: &[&str], status: i32) -> Run {
    let mut all = vec!["review", "--run", "run"];
    all.extend(args);
    desk.run_to(&all, status)
}

/// What a review of [`decided`] says, whoever saved the file.
fn is_read(desk: &Desk, file: &str) {
    let run = review(desk, &[file, "--out", "told"], 0);
    let evidence = rows(&desk.read("run/evidence.csv"));
    let of = |case: &str| evidence.iter().filter(|r| r["case_id"] == case).count();
    let (accepted, dismissed, unsure) = (of("007"), of("3/5"), of("1E5"));
    let open = evidence.len() - accepted - dismissed - unsure;
    assert!(accepted > 0 && dismissed > 0 && unsure > 0 && open > 0);
    holds(
        &run.stdout,
        &[
            // The name in the one sheet that has a column for it counts for the other too.
            "reviewers  Kim\n",
            &format!(
                "{} = {accepted} accepted + {dismissed} dismissed + 0 differing + {unsure} unsure + {open} open",
                evidence.len()
            ),
        ],
    );
    // Both cases are read as well: one accepted, one dismissed.
    let precision = rows(&desk.read("told/precision.csv"));
    let cases = precision.iter().filter(|r| r["kind"] == "case tier");
    let sum = |column: &str| {
        cases
            .clone()
            .map(|r| r[column].parse::<u32>().expect("a number"))
            .sum::<u32>()
    };
    assert_eq!(
        (sum("accepted"), sum("dismissed"), sum("n")),
        (1, 1, 2),
        "{precision:?}"
    );
}

#[test]
fn a_reviewed_workbook_is_read() {
    let desk = scanned("csv,xlsx");
    decided(&desk, "kim.xlsx");
    is_read(&desk, "kim.xlsx");
    // A name on the command line goes before the one in the file.
    let named = review(&desk, &["lee=kim.xlsx"], 0);
    holds(&named.stdout, &["reviewers  Kim, lee"]);
}

#[test]
fn a_workbook_that_libreoffice_saved_is_read() {
    let desk = scanned("csv,xlsx");
    decided(&desk, "kim.xlsx");
    for ending in ["xlsx", "ods"] {
        let Some(saved) = saved_by_libreoffice(&desk, "kim.xlsx", ending, &[]) else {
            return;
        };
        is_read(&desk, saved.to_str().expect("a plain path"));
    }
}

#[test]
fn a_workbook_of_another_run_or_without_decisions_is_refused() {
    let desk = scanned("csv,xlsx");
    decided(&desk, "kim.xlsx");
    desk.write(
        "other.csv",
        "case_id,narrative\n007,He took her bank card.\n",
    );
    desk.scan("other", &["other.csv"], 0);
    let run = desk.run_to(&["review", "kim.xlsx", "--run", "other"], 2);
    holds(
        &run.stderr,
        &["kim.xlsx: sheet \"About\": decisions on the run ", "--run"],
    );
    let mut book = Workbook::new();
    book.add_worksheet()
        .write_string(0, 0, "case_id")
        .expect("written");
    book.save(desk.path("plain.xlsx")).expect("saved");
    let run = review(&desk, &["plain.xlsx"], 2);
    holds(
        &run.stderr,
        &["plain.xlsx", "no column reviewer_decision or decision"],
    );
    desk.write("broken.xlsx", "PK no workbook");
    let run = review(&desk, &["broken.xlsx"], 2);
    holds(&run.stderr, &["broken.xlsx: no workbook that can be read"]);
    // A row that cannot be used is named by sheet and row.
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Evidence").expect("a name");
    for (at, name) in (0..).zip(["case_id", "reviewer_decision"]) {
        sheet.write_string(0, at, name).expect("written");
    }
    for (row, said) in [(1, "accept"), (2, "perhaps so")] {
        sheet.write_string(row, 0, "C-4").expect("written");
        sheet.write_string(row, 1, said).expect("written");
    }
    book.save(desk.path("odd.xlsx")).expect("saved");
    let run = review(&desk, &["odd.xlsx"], 1);
    holds(
        &run.stderr,
        &["odd.xlsx: line 3: column \"reviewer_decision\": sheet \"Evidence\": no decision"],
    );
}
