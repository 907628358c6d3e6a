//! The tables of a run as Parquet, read back by polars, and by pandas and DuckDB where they are at hand.

use std::fs::File;
use std::process::Command;

use polars::prelude::{DataFrame, DataType, ParquetReader, SerReader};

use crate::cli::Desk;
use crate::support::crate_folder;

fn scanned() -> Desk {
    let desk = Desk::new();
    let sample = crate_folder().join("data/sample_cases.csv");
    let mut rows = std::fs::read_to_string(sample).expect("readable");
    // A row that is rejected, and one whose text begins like a formula, in spring.
    let width = rows.lines().next().expect("a header").split(',').count();
    rows.push_str("short\n");
    let mut cells = vec!["X-1"; width];
    let header: Vec<&str> = rows.lines().next().expect("a header").split(',').collect();
    let at = |name: &str| {
        header
            .iter()
            .position(|h| h.trim_start_matches('\u{feff}') == name)
    };
    cells[at("incident_date").expect("a date")] = "spring 2023";
    cells[at("narrative").expect("a text")] = "=he took her bank card";
    let odd = cells.join(",");
    rows.push_str(&format!("{odd}\n"));
    desk.write("in.csv", rows);
    let run = desk.run(&[
        "scan",
        "in.csv",
        "--out",
        "out",
        "--coverage",
        "--format",
        "parquet,csv",
    ]);
    assert_eq!(run.status, 1, "{}", run.stderr);
    desk
}

fn frame(desk: &Desk, table: &str) -> DataFrame {
    let path = desk.path(&format!("out/{table}.parquet"));
    ParquetReader::new(File::open(path).expect("written"))
        .finish()
        .expect("sound")
}

#[test]
fn polars_reads_the_rows_with_their_types() {
    let desk = scanned();
    let list = DataType::List(Box::new(DataType::String));
    for (table, column, kind) in [
        ("cases", "first_date", DataType::Date),
        ("cases", "reasons", list.clone()),
        ("cases", "tier", DataType::Int64),
        ("evidence", "incident_date", DataType::Date),
        ("evidence", "cues", list),
        ("evidence", "start", DataType::Int64),
        ("evidence", "polarity", DataType::String),
    ] {
        let frame = frame(&desk, table);
        assert_eq!(
            frame.column(column).expect("there").dtype(),
            &kind,
            "{table}.{column}"
        );
        let csv = desk.read(&format!("out/{table}.csv"));
        let rows = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes())
            .into_records()
            .count();
        assert!(
            rows > 0 && frame.height() == rows,
            "{table}: {} of {rows} rows",
            frame.height()
        );
    }
    let evidence = frame(&desk, "evidence");
    let written = evidence
        .column("incident_date_written")
        .expect("there")
        .str()
        .expect("text")
        .clone();
    let days = evidence.column("incident_date").expect("there");
    assert!(written.iter().flatten().any(|text| text == "spring 2023"));
    assert!(days.null_count() < evidence.height(), "dates are read");
}

#[test]
fn pandas_and_duckdb_read_the_same_tables() {
    let python = std::env::var("THROUGHLINE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let run = |args: &[&str]| Command::new(&python).args(args).output();
    if !run(&["-c", "import duckdb, pandas, pyarrow"]).is_ok_and(|out| out.status.success()) {
        eprintln!("skipped: {python} has no pandas, pyarrow and duckdb; set THROUGHLINE_PYTHON");
        return;
    }
    let desk = scanned();
    let script = crate_folder().join("scripts/read_parquet.py");
    let out = desk.path("out");
    let read = run(&[
        script.to_str().expect("plain"),
        out.to_str().expect("plain"),
    ])
    .expect("runs");
    let told = String::from_utf8_lossy(&read.stdout);
    assert!(
        read.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&read.stderr)
    );
    for table in ["cases", "evidence", "suppressed", "rejected", "chronology"] {
        assert!(
            told.contains(&format!("{table}: ")),
            "{table} was not read: {told}"
        );
    }
}
