//! Folders of cases: a page and the evidence of one case, and nothing of another.

use crate::cli::Desk;

const INPUT: &str = "case_id,narrative\n../B:1,he took her bank card\nA,\"she is suicidal, zebrafinch\"\n\
                     ../B:1,she is suicidal by the kingfisher\nC,nothing here\n";

#[test]
fn each_flagged_case_has_a_folder_with_its_own_page_and_rows() {
    let desk = Desk::new();
    desk.write("in.csv", INPUT);
    desk.scan("out", &["in.csv", "--per-case", "--format", "csv"], 0);
    let files = desk.files("out");
    let inside: Vec<&str> = files
        .keys()
        .filter_map(|name| name.strip_prefix("per_case/"))
        .collect();
    let folders: Vec<String> = desk
        .read("out/cases.csv")
        .lines()
        .skip(1)
        .enumerate()
        .map(|(n, l)| {
            let id = l.split(',').next().unwrap();
            format!("{:05}_{}", n + 1, id.replace(['.', '/', ':'], "_"))
        })
        .collect();
    assert_eq!(folders.len(), 2);
    let wanted: Vec<String> = folders
        .iter()
        .flat_map(|f| [format!("{f}/evidence.csv"), format!("{f}/report.html")])
        .collect();
    assert_eq!(inside, wanted);
    assert!(!files.contains_key("report.html"), "it was not asked for");
    // Together the folders hold the evidence table, each row once.
    let rows = |name: &str| -> Vec<String> {
        let text = desk.read(name);
        let mut lines = text
            .trim_start_matches('\u{feff}')
            .lines()
            .map(str::to_owned);
        assert!(lines.next().unwrap().starts_with("case_id,"));
        lines.collect()
    };
    let mut all: Vec<String> = Vec::new();
    for folder in &folders {
        let own = rows(&format!("out/per_case/{folder}/evidence.csv"));
        assert!(!own.is_empty());
        let case = own[0].split(',').next().unwrap().to_owned();
        assert!(own.iter().all(|row| row.starts_with(&format!("{case},"))));
        let page = desk.read(&format!("out/per_case/{folder}/report.html"));
        assert_eq!(page.contains("zebrafinch"), case == "A", "{folder}");
        assert_eq!(page.contains("kingfisher"), case != "A", "{folder}");
        all.extend(own);
    }
    let mut table = rows("out/evidence.csv");
    table.sort();
    all.sort();
    assert_eq!(all, table);
}

#[test]
fn a_run_that_replaces_another_leaves_none_of_its_cases_and_nothing_else_is_touched() {
    let desk = Desk::new();
    desk.write("in.csv", INPUT);
    desk.scan("out", &["in.csv", "--per-case"], 0);
    desk.write("out/per_case/00001_A/notes.txt", "my own");
    desk.write("in.csv", "case_id,narrative\nD,she is suicidal\n");
    desk.scan("out", &["in.csv", "--per-case", "--force"], 0);
    let files: Vec<String> = desk
        .files("out")
        .into_keys()
        .filter(|name| name.starts_with("per_case/"))
        .collect();
    assert_eq!(
        files,
        [
            "per_case/00001_A/notes.txt",
            "per_case/00001_D/evidence.csv",
            "per_case/00001_D/report.html"
        ]
    );
    desk.scan("out", &["in.csv", "--force"], 0);
    assert!(
        !desk
            .files("out")
            .keys()
            .any(|name| name.contains("report.html/"))
    );
    assert!(!desk.path("out/per_case/00001_D").exists());
}
