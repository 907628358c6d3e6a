//! Files as they come out of records systems and spreadsheets, and files made to do harm. Each is a
//! row: what goes in, and what must come out: the status, the records read and those rejected with
//! line and reason, what is found, what is said. None stops the program in any other way.

use std::collections::BTreeMap;

use rust_xlsxwriter::Workbook;
use serde_json::Value;

use crate::awkward_files::{
    TOLD, V, cp1252, docx, fill, gzip, ods, ods_cell, utf16be, utf16le, xlsx, zip, zstd,
};
use crate::cli::Desk;
use crate::support::lexicon_folder;

struct Case {
    name: &'static str,
    files: Vec<(String, Vec<u8>)>,
    stdin: Vec<u8>,
    inputs: Vec<String>,
    args: Vec<String>,
    status: i32,
    read: u64,
    /// Line and part of the reason of each rejected record.
    rejected: Vec<(u64, String)>,
    /// Parts of the sentences or references of the evidence.
    found: Vec<String>,
    /// Parts of standard error.
    said: Vec<String>,
    make: fn(&Desk),
}

fn case(name: &'static str) -> Case {
    Case {
        name,
        files: Vec::new(),
        stdin: Vec::new(),
        inputs: Vec::new(),
        args: Vec::new(),
        status: 0,
        read: 0,
        rejected: Vec::new(),
        found: Vec::new(),
        said: Vec::new(),
        make: |_| {},
    }
}

/// A case of one file.
fn file(name: &'static str, path: &str, bytes: impl AsRef<[u8]>) -> Case {
    case(name).with(path, bytes).input(path)
}

fn owned(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

impl Case {
    fn with(mut self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        self.files.push((path.to_owned(), bytes.as_ref().to_vec()));
        self
    }

    fn input(mut self, path: &str) -> Self {
        self.inputs.push(path.to_owned());
        self
    }

    fn piped(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = bytes.as_ref().to_vec();
        self
    }

    /// What else there is in the working folder.
    fn made(mut self, make: fn(&Desk)) -> Self {
        self.make = make;
        self
    }

    fn args(mut self, args: &[&str]) -> Self {
        self.args = owned(args);
        self
    }

    /// It is read: so many records, all scanned.
    fn reads(mut self, records: u64) -> Self {
        self.read = records;
        self
    }

    /// Of those read, these are rejected.
    fn rejects(mut self, rejected: &[(u64, &str)]) -> Self {
        let pair = |(line, reason): &(u64, &str)| (*line, (*reason).to_owned());
        self.rejected = rejected.iter().map(pair).collect();
        self.status = 1;
        self
    }

    fn finds(mut self, found: &[&str]) -> Self {
        self.found = owned(found);
        self
    }

    fn says(mut self, said: &[&str]) -> Self {
        self.said = owned(said);
        self
    }

    /// The run cannot be made, and says why.
    fn fails(mut self, said: &[&str]) -> Self {
        self.status = 2;
        self.says(said)
    }

    /// Runs it; what is not as expected is told.
    fn problems(&self) -> Vec<String> {
        let desk = Desk::new();
        for (path, bytes) in &self.files {
            desk.write(path, bytes);
        }
        (self.make)(&desk);
        let lexicon = lexicon_folder();
        let mut args = vec!["scan", "--out", "out", "--format", "jsonl", "--lexicon"];
        args.push(lexicon.to_str().expect("a plain path"));
        args.extend(self.inputs.iter().map(String::as_str));
        args.extend(self.args.iter().map(String::as_str));
        let run = desk.run_with(&args, &self.stdin);
        let mut problems = Vec::new();
        if run.status != self.status {
            problems.push(format!("status {} for {}", run.status, self.status));
        }
        for part in &self.said {
            if !run.stderr.contains(part) {
                problems.push(format!("it does not say {part:?}"));
            }
        }
        if run.stderr.contains("panicked") || run.stderr.contains("stopped at") {
            problems.push("it panicked".to_owned());
        }
        if self.status == 2 {
            if desk.path("out").exists() {
                problems.push("a folder is left".to_owned());
            }
        } else if run.status == self.status {
            problems.extend(self.table_problems(&desk));
        }
        if !problems.is_empty() {
            problems.push(run.stderr);
        }
        problems
    }

    fn table_problems(&self, desk: &Desk) -> Vec<String> {
        let mut problems = Vec::new();
        let manifest: Value = serde_json::from_str(&desk.read("out/manifest.json")).unwrap();
        let count = |name: &str| manifest["counts"][name].as_u64().unwrap();
        let read = count("records_read");
        if read != self.read {
            problems.push(format!("{read} records read for {}", self.read));
        }
        if read != count("records_scanned") + count("records_rejected") {
            problems.push("read is not scanned and rejected".to_owned());
        }
        let rejected: Vec<Value> = rows(&desk.read("out/rejected.jsonl"));
        let reasons: Vec<(u64, &str)> = rejected
            .iter()
            .map(|row| {
                let line = row["line"].as_u64().unwrap();
                (line, row["reason"].as_str().unwrap())
            })
            .collect();
        let fits = reasons.len() == self.rejected.len()
            && reasons
                .iter()
                .zip(&self.rejected)
                .all(|(a, b)| a.0 == b.0 && a.1.contains(&b.1));
        if !fits {
            problems.push(format!("rejected {reasons:?} for {:?}", self.rejected));
        }
        // A reason never holds what was told.
        if reasons.iter().any(|(_, reason)| reason.contains("card")) {
            problems.push("a reason holds narrative text".to_owned());
        }
        problems.extend(self.offset_problems(&rejected, desk));
        let evidence = rows(&desk.read("out/evidence.jsonl"));
        for part in &self.found {
            let holds = |row: &Value| {
                ["case_id", "incident_id", "incident_date", "sentence"]
                    .iter()
                    .any(|column| row[*column].as_str().unwrap().contains(part.as_str()))
            };
            if !evidence.iter().any(holds) {
                problems.push(format!("no evidence with {part:?} in {evidence:?}"));
            }
        }
        problems
    }

    /// Where a plain file has lines, the byte of a rejected record is the beginning of its line.
    fn offset_problems(&self, rejected: &[Value], desk: &Desk) -> Vec<String> {
        let mut problems = Vec::new();
        for row in rejected {
            let Ok(offset) = row["byte_offset"].as_str().unwrap().parse::<usize>() else {
                continue;
            };
            let Ok(bytes) = std::fs::read(desk.path(row["source"].as_str().unwrap())) else {
                continue;
            };
            let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            if std::str::from_utf8(text).is_err() || !text.contains(&b'\n') {
                continue;
            }
            let line = 1 + bytes[..offset].iter().filter(|b| **b == b'\n').count() as u64;
            if row["line"].as_u64() != Some(line) {
                problems.push(format!("byte {offset} is on line {line}: {row}"));
            }
        }
        problems
    }
}

fn rows(text: &str) -> Vec<Value> {
    let rows = text.lines().map(serde_json::from_str);
    rows.collect::<Result<_, _>>().unwrap()
}

fn run(cases: Vec<Case>) {
    let mut failed = BTreeMap::new();
    let mut names = std::collections::BTreeSet::new();
    for case in cases {
        assert!(names.insert(case.name), "{} stands twice", case.name);
        let problems = case.problems();
        if !problems.is_empty() {
            failed.insert(case.name, problems.join("\n  "));
        }
    }
    let told: Vec<String> = failed.iter().map(|(n, p)| format!("{n}:\n  {p}")).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

fn csv(rows: &str) -> String {
    format!("incident_id,narrative\n{rows}")
}

#[test]
fn tables() {
    let told = |id: &str| format!("{id},{TOLD}\n");
    let two = csv(&(told("1") + &told("2")));
    let wide_header: Vec<String> = (0..999).map(|n| format!("c{n}")).collect();
    let wide_cells = vec!["x"; 999].join(",");
    run(vec![
        file("byte-order mark", "a.csv", format!("\u{FEFF}{two}")).reads(2).finds(&["1", "2"]),
        file("two byte-order marks", "a.csv", format!("\u{FEFF}\u{FEFF}narrative\n{TOLD}\n")).reads(1),
        file("CRLF", "a.csv", two.replace('\n', "\r\n")).reads(2),
        file("CR only", "a.csv", two.replace('\n', "\r")).reads(2).finds(&[TOLD]),
        file("mixed line ends", "a.csv", "incident_id,narrative\r\n1,a\n2,b\r3,c\r\n").reads(3),
        file("CRLF in quotes", "a.csv", csv(&format!("1,\"first\r\n{TOLD}\"\r\n2,b\r\n"))).reads(2).finds(&["1"]),
        file("no line end at the end", "a.csv", csv(&format!("1,{TOLD}"))).reads(1).finds(&[TOLD]),
        file("end-of-file mark of old systems", "a.csv", csv(&format!("1,{TOLD}\n\x1A"))).reads(1),
        file("leading blank lines", "a.csv", format!("\n\r\n  \n{two}")).reads(2).finds(&["2"]),
        file("blank lines between", "a.csv", csv("1,a\n\n\n2,b\n")).reads(2),
        file("NULs", "a.csv", csv(&format!("1,a \0 {TOLD}\n2,\0\n"))).reads(2).finds(&[TOLD]),
        file("lone quote in a word", "a.csv", csv(&format!("1,he said \"stop and {TOLD}\n2,b\n"))).reads(2).finds(&["1"]),
        file("inches and feet", "a.csv", csv(&format!("1,he is 6'2\" and {TOLD}\n2,5\" knife\n"))).reads(2).finds(&["1"]),
        file("unescaped quotes in a quoted field", "a.csv", csv(&format!("1,\"he said \"yes\" and {TOLD}\"\n2,b\n"))).reads(2).finds(&["1"]),
        file("quote that swallows the file", "a.csv", format!("incident_id,date,narrative\n1,2024-01-01,\"he shouted\n2,2024-01-02,{TOLD}\n3,2024-01-03,b\n"))
            .reads(3).rejects(&[(2, "the quoted field that opened on line 2 is never closed")]).finds(&["2"]),
        file("last quote never closed", "a.csv", csv(&format!("1,{TOLD}\n2,\"and then")))
            .reads(2).rejects(&[(3, "never closed")]),
        file("ragged rows", "a.csv", csv(&format!("1\n2,{TOLD}\n3,a,b,c\n4,c,,\n")))
            .reads(4).rejects(&[(2, "1 field where the header has 2"), (4, "4 fields where the header has 2")]).finds(&["2"]),
        file("unquoted comma", "a.csv", csv(&format!("1,she left, {TOLD}\n2,{TOLD}\n")))
            .reads(2).rejects(&[(2, "3 fields where the header has 2")]).finds(&["2"]),
        file("empty file", "a.csv", "").fails(&["a.csv: the file is empty; expected a header line"]),
        file("only blanks", "a.csv", " \n\t\n\r\n").fails(&["the file is empty"]),
        file("header only", "a.csv", "incident_id,narrative\n").reads(0),
        file("no header", "a.csv", format!("1,{TOLD}\n2,b\n")).fails(&["no column looks like the narrative", "is the first line a header?"]),
        file("two narrative columns of one name", "a.csv", format!("id,Narrative,narrative\n1,a,{TOLD}\n"))
            .fails(&["more than one column that would do", "\"Narrative\" (column 2), \"narrative\" (column 3)"]),
        file("duplicate headers that are not needed", "a.csv", format!("id,x,x,,,narrative\n1,,,,,{TOLD}\n")).reads(1).finds(&[TOLD]),
        file("blanks and quotes in the header", "a.csv", format!("\" Incident ID \",\"Narrative\n(free text)\"\n7,{TOLD}\n"))
            .args(&["--text-column", "narrative free text"]).reads(1).finds(&["7"]),
        file("column that is not there", "a.csv", &two).args(&["--text-column", "narative"])
            .fails(&["no column \"narative\" (--text-column); did you mean \"narrative\"?"]),
        file("a thousand columns", "a.csv", format!("{},narrative\n{wide_cells},{TOLD}\n", wide_header.join(","))).reads(1).finds(&[TOLD]),
        file("empty narratives", "a.csv", csv(&format!("1,\n2,\"  \"\n3,{TOLD}\n"))).reads(3).says(&["(2 without text)"]),
        file("sep line of Excel", "a.csv", format!("sep=;\r\nincident_id;narrative\r\n1;{TOLD}, and left\r\n")).reads(1).finds(&["and left"]),
        file("sep line with quotes", "a.csv", format!("\"sep=|\"\nincident_id|narrative\n1|{TOLD}\n")).reads(1).finds(&["1"]),
        file("semicolons and decimal commas", "a.csv", format!("id;sum;narrative\n1;2,50;{TOLD}, all 10,00 of it\n2;3,5;b\n")).reads(2).finds(&["all 10,00"]),
        file("semicolons with a comma in the header", "a.csv", format!("id;date, time;narrative\n1;01/02/2024, 10:00;{TOLD}\n")).reads(1).finds(&["01/02/2024, 10:00"]),
        file("tabs in a csv", "a.csv", format!("id\tnarrative\n1\t{TOLD}, then left\n")).reads(1).finds(&["then left"]),
        file("bars", "a.csv", format!("id|narrative\n1|{TOLD}, then; left\n")).reads(1).finds(&["then; left"]),
        file("tsv that holds commas", "a.tsv", format!("id,narrative\n1,{TOLD}\n")).reads(1).finds(&[TOLD]),
        file("one column", "a.csv", format!("narrative\n{TOLD}\n\nb\n")).reads(2),
        file("references that are large numbers", "a.csv", csv(&format!("00012345678901234567890,{TOLD}\n1e5,{TOLD}\n"))).reads(2).finds(&["00012345678901234567890", "1e5"]),
        file("Excel dates that lost their form", "a.csv", format!("id,date,narrative\n1,45415,{TOLD}\n")).reads(1).finds(&["45415"]),
        file("marks for writing from the right", "a.csv", csv(&format!("1,\u{202E}\u{200F}{TOLD}\u{202C}\n2,\u{5E9}\u{5DC}\u{5D5}\u{5DD}\n"))).reads(2).finds(&[TOLD]),
        file("emoji and combined characters", "a.csv", csv(&format!("1,\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467} cafe\u{301} {TOLD}\n"))).reads(1).finds(&["cafe\u{301}"]),
        file("narrative of 20 MiB", "a.csv", csv(&format!("1,{}\n2,{TOLD}\n", "word ".repeat(4 << 20))))
            .reads(2).rejects(&[(2, "record over 16777216 bytes")]).finds(&["2"]),
        file("narrative within a raised limit", "a.csv", csv(&format!("1,{}\n2,{TOLD}\n", "word ".repeat(100))))
            .args(&["--max-record-bytes", "100"]).reads(2).rejects(&[(2, "record over 100 bytes")]),
        file("titles above the header", "a.csv", format!("Report: incidents\nMade on,01/02/2024\n\nid,date,beat,narrative\n1,2024-01-02,N1,\"{TOLD}\nand left\"\n2,2024-01-03\n"))
            .reads(2).rejects(&[(7, "2 fields where the header has 4")]).finds(&["1", TOLD]).says(&["header on line 4"]),
        file("titles of another delimiter above the header", "a.csv", format!("Report, all areas,,\r\nid;date;beat;ward;area;narrative\r\n1;;;;;{TOLD}, and left\r\n")).reads(1).finds(&["and left"]),
        file("data in the place of a header", "a.csv", format!("1,2024-01-02,{TOLD}\n2,2024-01-02,notes\n")).fails(&["no column looks like the narrative", "is the first line a header?"]),
        file("long text in another column", "a.csv", format!("id,summary,Officer account,address\n1,{TOLD},{},\n", "word ".repeat(20))).reads(1).says(&["text in summary; long text in \"Officer account\" is not read (--text-column)"]),
        file("long text without a header", "a.csv", format!("1,notes,{}\n2,{TOLD},{}\n", "word ".repeat(20), "card ".repeat(20))).reads(1).finds(&[TOLD]).says(&["long text in \"column 3\" is not read"]),
        file("formula-like cells", "a.csv", csv(&format!("=1+1,{TOLD}\n"))).reads(1).finds(&["=1+1"]),
    ]);
}

#[test]
fn encodings() {
    let text = csv(&format!("1,“no” – café {TOLD}\n2,naïve\n"));
    let late = csv(&"1,she left again\n".repeat(6000));
    run(vec![
        file(
            "UTF-16LE with mark",
            "a.csv",
            utf16le(&format!("\u{FEFF}{text}")),
        )
        .reads(2)
        .finds(&["“no” – café"])
        .says(&["read as utf-16le, 0 characters replaced"]),
        file(
            "UTF-16BE with mark",
            "a.csv",
            utf16be(&format!("\u{FEFF}{text}")),
        )
        .reads(2)
        .finds(&["“no” – café"]),
        file("UTF-16LE without mark", "a.csv", utf16le(&text))
            .reads(2)
            .finds(&["“no” – café"])
            .says(&["utf-16le"]),
        file("UTF-16BE without mark", "a.csv", utf16be(&text))
            .reads(2)
            .finds(&["“no” – café"])
            .says(&["utf-16be"]),
        file(
            "UTF-16 cut in a character",
            "a.csv",
            [utf16le(&format!("\u{FEFF}{text}")), vec![b'x']].concat(),
        )
        .reads(3)
        .rejects(&[(4, "1 field where the header has 2")])
        .says(&["1 characters replaced"]),
        file(
            "Unicode text of Excel",
            "a.txt",
            utf16le(&format!("\u{FEFF}{}", text.replace(',', "\t"))),
        )
        .args(&["--input-format", "tsv"])
        .reads(2)
        .finds(&["“no” – café"]),
        file("Windows-1252", "a.csv", cp1252(&text))
            .reads(2)
            .finds(&["“no” – café"])
            .says(&["read as windows-1252, 0 characters replaced"]),
        file(
            "Latin-1",
            "a.csv",
            cp1252(&csv(&format!("1,\"caf\u{E9} {TOLD}, \u{A3}20\"\n"))),
        )
        .reads(1)
        .finds(&["café", "£20"]),
        file(
            "one apostrophe of Windows-1252",
            "a.csv",
            cp1252(&csv(&format!("1,it’s so, {TOLD}\n").replace(", ", " "))),
        )
        .reads(1)
        .finds(&["it’s so"]),
        file(
            "Windows-1251 by name",
            "a.csv",
            b"incident_id,narrative\n1,\xEF\xF0\xE8 he took her bank card\n",
        )
        .args(&["--encoding", "windows-1251"])
        .reads(1)
        .finds(&["при"]),
        file(
            "UTF-8 with rows of an older system",
            "a.csv",
            [
                late.as_bytes(),
                b"9,she didn\x92t, he took her bank card\n".as_slice(),
            ]
            .concat(),
        )
        .reads(6001)
        .rejects(&[(6002, "3 fields")]),
        file(
            "UTF-8 with bytes of an older system",
            "a.csv",
            [
                late.as_bytes(),
                b"9,didn\x92t know he took her bank card\n".as_slice(),
            ]
            .concat(),
        )
        .reads(6001)
        .finds(&["didn’t know"])
        .says(&["1 characters could not be decoded and were replaced"]),
        file(
            "the same with --strict",
            "a.csv",
            [
                late.as_bytes(),
                b"9,didn\x92t know he took her bank card\n".as_slice(),
            ]
            .concat(),
        )
        .args(&["--strict"])
        .reads(6001)
        .rejects(&[(6002, "invalid UTF-8 in field \"narrative\" (--strict)")]),
        file(
            "characters lost before, with --strict",
            "a.csv",
            csv(&format!("1,a \u{FFFD} {TOLD}\n2,{TOLD}\n")),
        )
        .args(&["--strict"])
        .reads(2)
        .rejects(&[(2, "could not be decoded")])
        .finds(&["2"]),
        file(
            "mark against what is named",
            "a.csv",
            format!("\u{FEFF}{text}"),
        )
        .args(&["--encoding", "windows-1252"])
        .reads(2)
        .finds(&["“no” – café"]),
        file("wrong encoding named", "a.csv", &text)
            .args(&["--encoding", "klingon"])
            .fails(&["unknown encoding \"klingon\""]),
        file(
            "UTF-16 named, 8-bit text",
            "a.csv",
            "incident_id,narrative\n1,a\n",
        )
        .args(&["--encoding", "utf-16le"])
        .fails(&["no column looks like the narrative"]),
        file(
            "random bytes",
            "a.csv",
            (0..5000u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
                .collect::<Vec<u8>>(),
        )
        .fails(&["a.csv: "]),
    ]);
}

#[test]
fn json() {
    let object = |id: &str| format!("{{\"incident_id\":\"{id}\",\"narrative\":\"{TOLD}\"}}");
    let (one, two) = (object("1"), object("2"));
    run(vec![
        file("JSON Lines with bad lines", "a.jsonl", format!("{one}\n{{\"narrative\":\n[1]\nnull\n{two}\n"))
            .reads(5).rejects(&[(2, "broken JSON"), (3, "not a JSON object"), (4, "not a JSON object")]).finds(&["1", "2"]),
        file("JSON Lines without text", "a.jsonl", "").fails(&["the file is empty"]),
        file("nested values", "a.jsonl", format!("{{\"incident_id\":\"1\",\"narrative\":{{\"body\":\"x\"}}}}\n{two}\n"))
            .reads(2).rejects(&[(1, "field \"narrative\" is an object, not a string")]).finds(&["2"]),
        file("references that are numbers", "a.jsonl", format!("{{\"incident_id\":20240000000012345,\"narrative\":\"{TOLD}\"}}\n")).reads(1).finds(&["20240000000012345"]),
        file("numbers beyond any integer", "a.jsonl", format!("{{\"incident_id\":123456789012345678901234567890,\"narrative\":\"{TOLD}\"}}\n")).reads(1)
            .rejects(&[(1, "a number of more digits than are kept")]),
        file("escaped emoji", "a.jsonl", format!("{{\"incident_id\":\"1\\ud83d\\ude00\",\"narrative\":\"{TOLD}\"}}\n")).reads(1).finds(&["\u{1F600}"]),
        file("half of an escaped emoji", "a.jsonl", format!("{{\"incident_id\":\"1\\ud83d\",\"narrative\":\"{TOLD}\"}}\n{two}\n"))
            .reads(2).finds(&["1", "\u{FFFD}"]).says(&["1 characters could not be decoded and were replaced"]),
        file("a key that stands twice", "a.jsonl", format!("{{\"narrative\":\"a\",\"narrative\":\"{TOLD}\"}}\n{two}\n"))
            .reads(2).rejects(&[(1, "stands twice")]),
        file("brackets without end", "a.jsonl", format!("{{\"narrative\":{}\n{two}\n", "[".repeat(100_000)))
            .reads(2).rejects(&[(1, "broken JSON")]).finds(&["2"]),
        file("array", "a.json", format!("[{one},\n{two}]")).reads(2).finds(&["1", "2"]),
        file("array over many lines", "a.json", format!("\u{FEFF}[\r\n  {{\r\n    \"incident_id\": 1,\r\n    \"narrative\": \"{TOLD}\"\r\n  }},\r\n  {two}\r\n]\r\n")).reads(2).finds(&["1", "2"]),
        file("array of nothing", "a.json", "[]").fails(&["no JSON object found"]),
        file("array cut in a record", "a.json", format!("[{one},\n{}", &two[..20])).reads(2).rejects(&[(2, "is the file cut short?")]).finds(&["1"]),
        file("array cut behind a record", "a.json", format!("[\n{one},\n{two}\n")).reads(3).rejects(&[(4, "the array is not closed")]).finds(&["2"]),
        file("array with a broken record", "a.json", format!("[\n{{\"narrative\": oops}},\n{two},\n7\n]")).reads(3)
            .rejects(&[(2, "broken JSON"), (4, "not a JSON object")]).finds(&["2"]),
        file("array with a quote that is not closed", "a.json", format!("[\n{{\"narrative\": \"he\n}},\n{two}\n]")).reads(2)
            .rejects(&[(2, "a line ends within a string")]).finds(&["2"]),
        file("array with a bracket that is not closed", "a.json", format!("[\n  {{\n    \"narrative\": \"a\",\n    \"x\": {{\n  }},\n  {two}\n]")).reads(2)
            .rejects(&[(2, "broken JSON")]).finds(&["2"]),
        file("array with a record that is too long", "a.json", format!("[{{\"narrative\":\"{}\"}},\n{two}]", "word ".repeat(100)))
            .args(&["--max-record-bytes", "200"]).reads(2).rejects(&[(1, "record over 200 bytes")]).finds(&["2"]),
        file("objects one after the other", "a.json", format!("{{\n\"narrative\": \"a\"}}\n{two}\n")).reads(2).finds(&["2"]),
        file("JSON called csv", "a.csv", format!("{one}\n{two}\n")).reads(2).finds(&["2"]),
        file("array called jsonl", "a.jsonl", format!("[{one},{two}]")).reads(2).finds(&["2"]),
        file("array within an object", "a.json", format!("{{\"records\": [{one}, {two}]}}")).reads(2).finds(&["1", "2"]),
        file("array within an object over many lines", "a.json", format!("{{\n  \"exported\": \"2024\",\n  \"page\": {{\"n\": [{{}}]}},\n  \"whatever\": [\n    {one},\n    {two}\n  ],\n  \"total\": 2\n}}\n")).reads(2).finds(&["1", "2"]),
        file("array within an object that has a text", "a.json", format!("{{\"description\": \"Export\", \"incidents\": [{one}, {two}]}}")).reads(2).finds(&["1", "2"]),
        file("array within an object, called jsonl", "a.jsonl", format!("{{\"records\": [{one}]}}")).fails(&["lists and objects within a record are not looked into"]),
        file("two arrays within an object", "a.json", format!("{{\"records\": [{one}], \"open\": [{two}]}}")).fails(&["two arrays of objects, \"records\" and \"open\"", "leave one of them"]),
        file("a second array far behind the first", "a.json", format!("{{\"records\": [{}{one}], \"n\": [], \"open\": [{two}]}}", format!("{one},\n").repeat(20_000))).fails(&["two arrays of objects, \"records\" and \"open\""]),
        file("array within an object, without a narrative", "a.json", "{\"data\": [{\"x\": 1}]}").fails(&["the columns are \"x\""]),
        file("empty array within an object", "a.json", "{\"data\": []}").fails(&["the columns are \"data\""]),
        file("a record with a list of objects", "a.json", format!("{{\n\"narrative\": \"{TOLD}\",\n\"people\": [{{\"name\": \"x\"}}]\n}}")).reads(1).finds(&["1"]),
        file("records with lists of objects", "a.json", format!("{{\"incident_id\": \"1\", \"people\": [{{\"name\": \"x\"}}],\n\"narrative\": \"{TOLD}\"}}\n{two}\n")).reads(2).finds(&["1", "2"]),
        file("array within an object, cut in a record", "a.json", format!("{{\"records\": [{one},\n{}", &two[..20])).reads(2).rejects(&[(2, "is the file cut short?")]).finds(&["1"]),
        file("array within an object, cut behind a record", "a.json", format!("{{\"records\": [\n{one}\n")).reads(2).rejects(&[(3, "the array is not closed")]).finds(&["1"]),
        file("array within an object, cut behind the array", "a.json", format!("{{\"records\": [\n{one}\n],\n\"n\": 1")).reads(2).rejects(&[(3, "the object around \"records\" is not closed")]).finds(&["1"]),
        file("array within an object, and more behind it", "a.json", format!("{{\n\"records\": [{one}]}}\n{{\"records\": [{two}]}}")).reads(2).rejects(&[(2, "what stands behind")]).finds(&["1"]),
        file("array within an object with a broken record", "a.json", format!("{{\"records\": [\n{{\"narrative\": oops}},\n{two},\n7\n]}}")).reads(3).rejects(&[(2, "broken JSON"), (4, "not a JSON object")]).finds(&["2"]),
        file("long text under another key", "a.jsonl", format!("{{\"notes\":\"{TOLD}\",\"account\":\"{}\"}}\n", "word ".repeat(20))).reads(1).says(&["long text in \"account\" is not read"]),
        file("JSON Lines called json", "a.json", format!("{one}\n{{\n{two}\n")).reads(3).rejects(&[(2, "broken JSON")]).finds(&["2"]),
    ]);
}

#[test]
fn workbooks() {
    use V::{Blank, Date, Formula, Number, Text};
    let header: &[V<'_>] = &[
        Text("Incident ID"),
        Text("Case ID"),
        Text("Date"),
        Text("Narrative"),
    ];
    let row: &[V<'_>] = &[
        Number(20_240_001.0),
        Text("C1"),
        Date(45_415.819_444_444_4),
        Text(TOLD),
    ];
    let log: &[&[V<'_>]] = &[header, row];
    let lookup: &[&[V<'_>]] = &[&[Text("code"), Text("meaning")], &[Number(1.0), Text("x")]];
    let plain = xlsx(&[("Log", log)]);
    let bomb = zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/worksheets/sheet1.xml", &vec![b' '; 40 << 20]),
    ]);
    let encrypted = [
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(),
        &[0; 504],
        &utf16le("EncryptedPackage"),
        &[0; 900],
    ]
    .concat();
    let merged = {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        let form = rust_xlsxwriter::Format::new();
        fill(
            sheet,
            3,
            &[
                header,
                &[Number(1.0), Blank, Blank, Text(TOLD)],
                &[Number(2.0), Blank, Blank, Text(TOLD)],
            ],
        );
        sheet
            .merge_range(0, 0, 0, 3, "Incidents of May 2024", &form)
            .unwrap();
        sheet.merge_range(4, 1, 5, 1, "C77", &form).unwrap();
        book.save_to_buffer().unwrap()
    };
    let hidden = {
        let mut book = Workbook::new();
        fill(book.add_worksheet().set_name("Log").unwrap(), 0, log);
        fill(
            book.add_worksheet()
                .set_name("Old")
                .unwrap()
                .set_hidden(true),
            0,
            log,
        );
        book.save_to_buffer().unwrap()
    };
    let ods_rows = |row: &str| {
        let cells = |names: [&str; 2]| names.map(ods_cell).concat();
        format!(
            "<table:table-row>{}</table:table-row>{row}",
            cells(["incident_id", "narrative"])
        )
    };
    let ods_row = format!(
        "<table:table-row><table:table-cell office:value-type=\"float\" office:value=\"42\"><text:p>42</text:p></table:table-cell>{}</table:table-row>",
        ods_cell(TOLD)
    );
    let ods_bomb = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16000\"/></table:table-row>";
    run(vec![
        file("workbook", "a.xlsx", &plain).reads(1).finds(&["20240001", "C1", "2024-05-03 19:40:00", TOLD]).says(&["sheet \"Log\""]),
        file("workbook called csv", "a.csv", &plain).reads(1).finds(&["20240001"]),
        file("workbook without extension", "export", &plain).args(&["--input-format", "xlsx"]).reads(1),
        file("workbook named as csv", "a.xlsx", &plain).args(&["--input-format", "csv"]).fails(&["this is xlsx, not csv"]),
        file("packed workbook", "a.xlsx.gz", gzip(&plain)).reads(1).finds(&["20240001"]),
        file("workbook with a second sheet of something else", "a.xlsx", xlsx(&[("Codes", lookup), ("Log", log)])).reads(1).finds(&["C1"]).says(&["sheet \"Log\", not read: \"Codes\""]),
        file("workbook with two sheets that could be meant", "a.xlsx", xlsx(&[("Jan", log), ("Feb", log)])).fails(&["2 sheets could be meant: \"Jan\", \"Feb\"; name one with --sheet"]),
        file("sheet by name", "a.xlsx", xlsx(&[("Jan", log), ("Feb", log)])).args(&["--sheet", "feb"]).reads(1).says(&["sheet \"Feb\", not read: \"Jan\""]),
        file("sheet by number", "a.xlsx", xlsx(&[("Jan", log), ("Feb", log)])).args(&["--sheet", "2"]).reads(1).says(&["sheet \"Feb\""]),
        file("sheet that is not there", "a.xlsx", &plain).args(&["--sheet", "March"]).fails(&["no sheet \"March\" (--sheet); the sheets are \"Log\""]),
        file("hidden sheet", "a.xlsx", hidden).reads(1).says(&["sheet \"Log\""]),
        file("titles and merged cells", "a.xlsx", merged).reads(2).finds(&["C77"]),
        file("formulas", "a.xlsx", xlsx(&[("Log", &[header, &[Formula("=1+1", "2"), Text("C1"), Blank, Formula("=B9", "he took her bank card")]])])).reads(1).finds(&["2", TOLD]),
        file("numbers and times", "a.xlsx", xlsx(&[("Log", &[header, &[Number(1.5), Number(123_456_789_012.0), Date(45_415.0), Text(TOLD)]])])).reads(1).finds(&["1.5", "123456789012", "2024-05-03"]),
        file("blank rows and cells", "a.xlsx", xlsx(&[("Log", &[&[Blank], header, &[Blank], &[Blank, Blank, Blank, Text(TOLD)], &[Number(3.0), Blank, Blank, Blank]])])).reads(2).finds(&[TOLD]),
        file("line ends in cells", "a.xlsx", xlsx(&[("Log", &[header, &[Number(1.0), Text("C"), Blank, Text("he left\nhe took her bank card")]])])).reads(1).finds(&[TOLD]),
        file("empty workbook", "a.xlsx", xlsx(&[("Log", &[])])).fails(&["the workbook is empty"]),
        file("workbook without narrative", "a.xlsx", xlsx(&[("Codes", lookup)])).fails(&["sheet \"Codes\": no column looks like the narrative"]),
        file("zip bomb", "a.xlsx", &bomb).fails(&["100 times", "--max-sheet-bytes raises the limit"]),
        file("zip bomb that is trusted", "a.xlsx", &bomb).args(&["--max-sheet-bytes", "2147483648"]).fails(&["damaged workbook"]),
        file("workbook over the limit", "a.xlsx", &plain).args(&["--max-sheet-bytes", "9000"]).fails(&["it unpacks to over 9000 bytes; --max-sheet-bytes"]),
        file("password", "a.xlsx", encrypted).fails(&["under a password"]),
        file("old workbook", "a.xls", [b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(), &[0; 900]].concat()).fails(&["an old Excel workbook"]),
        file("workbook cut short", "a.xlsx", &plain[..plain.len() / 2]).fails(&["zip directory cannot be read"]),
        file("zip of something else", "a.csv", zip(&[("notes.txt", b"a")])).fails(&["a zip archive, not text"]),
        file("OpenDocument", "a.ods", ods(&ods_rows(&ods_row))).reads(1).finds(&["42", TOLD]),
        file("OpenDocument with rows without end", "a.ods", ods(&ods_rows(&(ods_row.clone() + "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>")))).reads(1),
        file("OpenDocument bomb", "a.ods", ods(&ods_rows(ods_bomb))).fails(&["its cells would take over", "--max-sheet-bytes"]),
    ]);
}

#[test]
fn documents() {
    let paragraph = |inside: &str| format!("<w:p>{inside}</w:p>");
    let run_of = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let parted = paragraph(
        &["he ", "took her", " bank", " card &amp; left"]
            .map(run_of)
            .concat(),
    );
    let table = format!(
        "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
        paragraph(&run_of("Victim")),
        paragraph(&run_of(TOLD))
    );
    let deleted = paragraph(&format!(
        "<w:del><w:r><w:delText>SECRET</w:delText></w:r></w:del>{}",
        run_of(TOLD)
    ));
    run(vec![
        file("Word document of runs", "I7.docx", docx(&parted))
            .reads(1)
            .finds(&["I7", "bank card & left"]),
        file("Word document with a table", "a.docx", docx(&table))
            .reads(1)
            .finds(&[TOLD]),
        file("Word document with changes", "a.docx", docx(&deleted))
            .reads(1)
            .finds(&[TOLD]),
        file("Word document without text", "a.docx", docx(""))
            .reads(1)
            .says(&["(1 without text)"]),
        file(
            "Word document that is broken",
            "a.docx",
            docx("<w:p><w:r></w:p>"),
        )
        .reads(1)
        .rejects(&[(1, "damaged Word document: broken XML")]),
        file("Word document cut short", "a.docx", &docx(&parted)[..200])
            .reads(1)
            .rejects(&[(1, "zip directory cannot be read")]),
        file("no Word document", "a.docx", "just text")
            .reads(1)
            .rejects(&[(1, "zip directory cannot be read")]),
        file("Word document over the limit", "a.docx", docx(&parted))
            .args(&["--max-sheet-bytes", "100"])
            .reads(1)
            .rejects(&[(1, "--max-sheet-bytes")]),
        file("text file", "I8.txt", format!("\u{FEFF}{TOLD}\r\n"))
            .reads(1)
            .finds(&["I8"]),
        file("empty text file", "a.txt", "")
            .reads(1)
            .says(&["(1 without text)"]),
        file(
            "text file in Windows-1252",
            "a.txt",
            b"she didn\x92t know he took her bank card",
        )
        .reads(1)
        .finds(&["didn’t know"]),
        file("Word document called txt", "a.txt", docx(&parted))
            .reads(1)
            .finds(&["bank card & left"]),
        file("PDF called txt", "a.txt", "%PDF-1.7 ...").fails(&["a PDF, not text"]),
    ]);
}

#[test]
fn packed_and_many() {
    let one = |id: &str| csv(&format!("{id},{TOLD}\n"));
    let two = csv(&format!("1,{TOLD}\n2,{TOLD}\n"));
    let packed = gzip(two.as_bytes());
    let frames = [
        zstd(one("1").as_bytes()),
        b"\x50\x2A\x4D\x18\x03\0\0\0abc".to_vec(),
        zstd(format!("2,{TOLD}\n").as_bytes()),
    ]
    .concat();
    let mut damaged = packed.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xFF;
    let mut bad_frame = zstd(two.repeat(50).as_bytes());
    bad_frame.truncate(bad_frame.len() - 9);
    let loops = |desk: &Desk| {
        #[cfg(unix)]
        std::os::unix::fs::symlink("..", desk.path("in/loop")).unwrap();
    };
    run(vec![
        file("gzip", "a.csv.gz", &packed).reads(2).finds(&["1", "2"]),
        file("gzip of several members", "a.csv.gz", [gzip(one("1").as_bytes()), gzip(format!("2,{TOLD}\n").as_bytes())].concat()).reads(2).finds(&["2"]),
        file("gzip without its extension", "a.csv", &packed).reads(2).finds(&["2"]),
        file("plain text called gz", "a.csv.gz", &two).reads(2),
        file("gzip cut short", "a.csv.gz", &packed[..packed.len() - 12]).fails(&["the gzip data ends too early"]),
        file("gzip that is damaged", "a.csv.gz", damaged).fails(&["the gzip data"]),
        file("gzip of 64 MiB on one line", "a.csv.gz", gzip(&[csv("1,").as_bytes(), &vec![b'x'; 64 << 20]].concat())).reads(1).rejects(&[(2, "record over 16777216 bytes")]),
        file("packed text", "I9.txt.gz", gzip(TOLD.as_bytes())).reads(1).finds(&["I9"]),
        file("zstd", "a.jsonl.zst", zstd(format!("{{\"id\":\"1\",\"text\":\"{TOLD}\"}}\n").as_bytes())).reads(1).finds(&["1"]),
        file("zstd of several frames, one to skip", "a.csv.zst", frames).reads(2).finds(&["2"]),
        file("zstd cut short", "a.csv.zst", bad_frame).fails(&["the zstd data"]),
        file("extension of another format", "a.parquet", "narrative\n").fails(&[if cfg!(feature = "parquet") { "cannot read this as Parquet" } else { "reads and writes no Parquet" }]),
        file("extension of no format", "a.dat", &two).fails(&["cannot tell the format from the extension; use --input-format"]),
        case("standard input").input("-").args(&["--input-format", "csv"]).piped(&two).reads(2),
        case("packed standard input").input("-").args(&["--input-format", "csv"]).piped(&packed).reads(2),
        case("workbook on standard input").input("-").args(&["--input-format", "xlsx"]).piped(xlsx(&[("Log", &[&[V::Text("id"), V::Text("text")], &[V::Text("1"), V::Text(TOLD)]])])).reads(1).finds(&[TOLD]),
        case("standard input without format").input("-").piped(&two).fails(&["standard input needs --input-format"]),
        case("folder of many kinds").with("in/a.csv", one("1")).with("in/b.tsv", one("2").replace(',', "\t")).with("in/c/d.jsonl", format!("{{\"narrative\":\"{TOLD}\",\"incident_id\":\"3\"}}\n"))
            .with("in/e.txt", TOLD).with("in/f.csv.gz", gzip(one("5").as_bytes())).with("in/g.docx", docx(&format!("<w:p><w:r><w:t>{TOLD}</w:t></w:r></w:p>")))
            .with("in/.hidden.csv", one("9")).with("in/~$g.docx", "lock").with("in/photo.jpg", "x").with("in/readme", "x").input("in").reads(6).finds(&["1", "2", "3", "e", "5", "g"])
            .says(&["2 files in the folders left out, of no known format by extension: 1 without extension, 1 .jpg"]),
        case("folder that leads back to itself").with("in/a.csv", one("1")).input("in").made(loops).reads(1),
        case("folder of nothing").with("in/photo.jpg", "x").input("in").fails(&["no input in this folder"]),
        case("pattern").with("in/b.csv", one("2")).with("in/a.csv", one("1")).with("in/c.txt", "x").input("in/*.csv").reads(2).finds(&["1", "2"]),
        case("pattern that fits nothing").input("in/*.csv").fails(&["no file fits this pattern"]),
        case("same columns in another order").with("a.csv", one("1")).with("b.csv", format!("narrative,x,incident_id\n{TOLD},,2\n")).input("a.csv").input("b.csv").reads(2).finds(&["1", "2"]),
        case("a file that lacks the column").with("a.csv", one("1")).with("b.csv", "id,sum\n1,2\n").input("a.csv").input("b.csv").fails(&["b.csv: no column looks like the narrative", "\"id\", \"sum\""]),
        case("a file that is named twice").with("in/a.csv", one("1")).input("in/a.csv").input("in").input("./in/*.csv").reads(1).says(&["named more than once, read once: in/a.csv, in/a.csv"]),
        case("a file and its copy").with("a.csv", one("1")).with("a (1).csv", one("1")).input("a.csv").input("a (1).csv").reads(2).says(&["same bytes, each record counted twice: a (1).csv = a.csv"]),
        case("a file that is not there").input("none.csv").fails(&["none.csv: cannot read"]),
    ]);
}

#[test]
fn misread() {
    let many = |row: &dyn Fn(u32) -> String| -> String { (0..100).map(row).collect() };
    let blank = many(&|n| {
        format!(
            "{n},{},{}\n",
            if n > 97 { "short" } else { "" },
            "he took her phone and left again"
        )
    });
    let ragged = many(&|n| format!("{n},{}{TOLD}\n", if n > 0 { "," } else { "" }));
    run(vec![
        file("the wrong column", "a.csv", format!("id,notes,account of it\n{blank}"))
            .fails(&["98% of 100 records have no text in column `notes`; did you mean `account of it`? (--text-column)", "--rejects-limit"]),
        file("the wrong column, put up with", "a.csv", format!("id,notes,account of it\n{blank}")).args(&["--rejects-limit", "100%"]).reads(100),
        file("the wrong column in JSON", "a.jsonl", many(&|n| format!("{{\"id\":{n},\"notes\":\"\",\"narrative\":\"x\"}}\n"))).args(&["--text-column", "notes"])
            .fails(&["100% of 100 records have no text in column `notes`; did you mean `narrative`?"]),
        file("the wrong delimiter all through", "a.csv", format!("id,narrative\n{ragged}")).fails(&["99% of 100 records were rejected, most of them for: N fields where the header has N"]),
        file("a lower limit", "a.csv", csv(&many(&|n| format!("{n},{}\n", if n % 2 == 0 { "" } else { TOLD })))).args(&["--rejects-limit", "0.4"]).fails(&["50% of 100 records", "more than 40%"]),
        file("few records tell nothing", "a.csv", csv("1,\n2,\n3,\n")).reads(3),
        file("the wrong encoding", "a.csv", csv(&many(&|n| format!("{n},{TOLD}\n")))).args(&["--encoding", "utf-16le"]).fails(&["is --encoding utf-16le right?"]),
        file("no share", "a.csv", csv("1,a\n")).args(&["--rejects-limit", "50"]).fails(&["a share such as 50% or 0.5"]),
        {
            let texts = (0..30).fold(case("a folder of empty texts"), |case, n| case.with(&format!("in/{n}.txt"), ""));
            texts.input("in").fails(&["of 30 records 0 were rejected and 30 have no text"])
        },
    ]);
}

/// Bytes turned at random, in the file and in what is packed in it: whatever comes of it is read or
/// refused, and nothing is lost of what is read.
#[test]
fn damaged_at_random() {
    use throughline::read::{ReadOptions, read_input};
    let told: &[&[V<'_>]] = &[
        &[V::Text("id"), V::Text("date"), V::Text("text")],
        &[V::Number(1.0), V::Date(45_415.5), V::Text(TOLD)],
        &[V::Formula("=1", "2"), V::Blank, V::Text("b")],
    ];
    let sheet = xlsx(&[("Log", told)]);
    let row = format!(
        "<table:table-row>{}{}</table:table-row>",
        ods_cell("id"),
        ods_cell("text")
    );
    let seeds = [
        ("a.xlsx", sheet),
        ("a.ods", ods(&row.repeat(3))),
        (
            "a.docx",
            docx("<w:p><w:r><w:t>a &amp; b</w:t><w:tab/></w:r></w:p>"),
        ),
        ("a.csv.gz", gzip(csv("1,a\n").as_bytes())),
        ("a.csv.zst", zstd(csv("1,a\n").repeat(9).as_bytes())),
        (
            "a.json",
            b"[{\"id\":1,\"text\":\"a\"},\n{\"text\":\"b\\ud83d\"}]".to_vec(),
        ),
        ("a.csv", b"id;text\r\n1;\"a\r\nb\"\r\n".to_vec()),
    ];
    let rounds: u64 = match std::env::var("THROUGHLINE_ROUNDS") {
        Ok(rounds) => rounds.parse().unwrap(),
        Err(_) => 150,
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, seed) in &seeds {
        let path = folder.path().join(name);
        for round in 0..rounds {
            let mut random = Random(round + 1);
            let bytes = match unzipped(seed) {
                // Every other time what is packed is turned, which no checksum guards then.
                Some(mut parts) if round % 2 == 0 => {
                    let part = random.below(parts.len());
                    random.turn(&mut parts[part].1);
                    let parts: Vec<(&str, &[u8])> =
                        parts.iter().map(|(n, b)| (n.as_str(), &b[..])).collect();
                    zip(&parts)
                }
                _ => {
                    let mut bytes = seed.clone();
                    random.turn(&mut bytes);
                    bytes
                }
            };
            std::fs::write(&path, &bytes).unwrap();
            let options = ReadOptions {
                max_sheet_bytes: 1 << 20,
                ..ReadOptions::default()
            };
            let mut records = 0;
            let read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                read_input(&path, &options, &mut |_| {
                    records += 1;
                    Ok(())
                })
            }));
            match read {
                Ok(Ok(info)) => assert_eq!(info.records, records, "{name}, round {round}"),
                Ok(Err(_)) => {}
                Err(_) => panic!("{name}, round {round} panics"),
            }
        }
    }
}

fn unzipped(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut part, &mut bytes).unwrap();
        parts.push((part.name().unwrap().to_string(), bytes));
    }
    Some(parts)
}

/// A small generator of numbers that are the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        for _ in 0..3 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
        }
        (self.0 % limit.max(1) as u64) as usize
    }

    /// Turns a few bytes: other values, some cut out, some twice.
    fn turn(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            if bytes.is_empty() {
                return;
            }
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(20)).min(bytes.len());
            match self.below(6) {
                0 => bytes[at] = self.below(256) as u8,
                1 => bytes[at] ^= 1 << self.below(8),
                2 => drop(bytes.drain(at..end)),
                3 => bytes.truncate(at),
                4 => {
                    let piece = bytes[at..end].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => bytes[at] = b"<>&\"0 9-A/"[self.below(10)],
            }
        }
    }
}
