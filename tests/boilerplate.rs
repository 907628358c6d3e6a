//! Sentences that many cases share are named, and can be muted.

use crate::cli::Desk;

const SHARED: &str = "The leaflet says that he took her bank card.";

fn input() -> String {
    let mut text = String::from("case_id,incident_id,narrative\n");
    for case in 1..=6 {
        text += &format!("C{case},I{case},\"He hid key {case}. {SHARED}\"\n");
    }
    text
}

#[test]
fn a_shared_sentence_is_named_and_its_line_mutes_it() {
    let desk = Desk::new();
    desk.write("in.csv", input());
    let run = desk.scan("one", &["in.csv"], 0);
    assert!(
        run.stderr.contains("1 sentences stand in many cases"),
        "{}",
        run.stderr
    );
    // No narrative text on the terminal.
    assert!(!run.stderr.contains("leaflet"), "{}", run.stderr);
    let named = desk.read("one/boilerplate.txt");
    assert!(named.contains("# 6 cases, 6 mentions\n"), "{named}");
    assert!(named.contains(&format!("# {SHARED}\n")), "{named}");
    assert!(desk.read("one/evidence.csv").contains("bank card"));

    // As it stands the file mutes nothing; with the mark taken off, that sentence.
    let run = desk.scan("two", &["in.csv", "--mute", "one/boilerplate.txt"], 0);
    assert!(
        run.stderr.contains("6 = 6 evidence + 0 set aside"),
        "{}",
        run.stderr
    );
    desk.write("mute.txt", named.replace(&format!("# {SHARED}"), SHARED));
    let run = desk.scan("three", &["in.csv", "--mute", "mute.txt"], 0);
    assert!(
        run.stderr.contains("6 = 0 evidence + 6 set aside"),
        "{}",
        run.stderr
    );
    let aside = desk.read("three/suppressed.csv");
    assert_eq!(aside.matches("muted sentence (line ").count(), 6, "{aside}");
    assert!(!desk.path("three/boilerplate.txt").exists());
    assert!(
        desk.read("three/manifest.json")
            .contains("the leaflet says that he took her bank card")
    );
}

#[test]
fn a_mute_file_that_is_not_there_stops_the_run() {
    let desk = Desk::new();
    desk.write("in.csv", input());
    let run = desk.scan("out", &["in.csv", "--mute", "none.txt"], 2);
    assert!(run.stderr.contains("none.txt"), "{}", run.stderr);
    assert!(!desk.path("out").exists());
}
