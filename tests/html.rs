//! The HTML report: nothing in the data can act on the page, and every mention leads to its words.

use serde_json::Value;
use sha2::{Digest, Sha256};
use throughline::assertion::Group;
use throughline::case::chronology::ChronologyRow;
use throughline::case::conduct::{Element, ElementQuote};
use throughline::case::inconsistency::Inconsistency;
use throughline::case::link::LinkCounts;
use throughline::report::html::write_report;
use throughline::report::rows::{
    ReportCase, ReportCategory, ReportCheck, ReportCounts, ReportData, ReportField, ReportIncident,
    ReportMention, ReportPart,
};

use crate::cli::Desk;
use crate::review::rows;

/// Invented text that tries every way out of its place in the page.
const HOSTILE: &str = "<script>alert(1)</script> \"><img src=x onerror=alert(2)> </style></SCRIPT ><!-- ]]> \
     <b>&amp;</b> \u{202e}desrever\u{202c}\u{2066}\u{2028}\u{2029}\u{feff}\u{0}\u{7f} 😀 he holds her bank card\r\nend";

fn mention(text: &str, quote: &str, category: &str, suppressed: Option<&str>) -> ReportMention {
    let at = text.find(quote).expect("the quote is in the text");
    let start = text[..at].encode_utf16().count();
    ReportMention {
        start,
        end: start + quote.encode_utf16().count(),
        place: [
            text[..at].chars().count(),
            text[..at].chars().count() + quote.chars().count(),
        ],
        category: category.to_owned(),
        rule: format!("{category}.<rule>"),
        tier: 2,
        heavy: false,
        axes: [
            "affirmed", "stated", "current", "victim", "suspect", "officer",
        ],
        cues: vec!["source=officer: \"</script>\"".to_owned()],
        suppressed: suppressed.map(str::to_owned),
    }
}

fn category(id: &str, group: Group, cases: u64) -> ReportCategory {
    ReportCategory {
        id: id.to_owned(),
        title: format!("Title of {id} <i>"),
        group,
        definition: "Wording that \"speaks\" of <it>.".to_owned(),
        cases,
        mentions: cases,
    }
}

/// A run with one case in which every text is hostile.
fn hostile_run() -> ReportData {
    let field = ReportField {
        name: HOSTILE.to_owned(),
        text: HOSTILE.to_owned(),
        mentions: vec![
            mention(HOSTILE, "alert(1)", "si_active", Some(HOSTILE)),
            mention(
                HOSTILE,
                "😀 he holds her bank card",
                "economic_control",
                None,
            ),
            mention(HOSTILE, "her bank card", "economic_control", None),
        ],
    };
    let incident = ReportIncident {
        id: HOSTILE.to_owned(),
        date: HOSTILE.to_owned(),
        iso_date: "2031-04-03".to_owned(),
        origin: HOSTILE.to_owned(),
        fields: vec![field],
    };
    let case = ReportCase {
        id: HOSTILE.to_owned(),
        tier: 1,
        reasons: vec![HOSTILE.to_owned()],
        prompts: vec![HOSTILE.to_owned()],
        checks: vec![ReportCheck {
            check: HOSTILE.to_owned(),
            title: HOSTILE.to_owned(),
            status: "stated_not_done",
            incident: 1,
            quote: HOSTILE.to_owned(),
            trigger: HOSTILE.to_owned(),
            why: HOSTILE.to_owned(),
            legal: vec![HOSTILE.to_owned()],
        }],
        first_date: HOSTILE.to_owned(),
        last_date: HOSTILE.to_owned(),
        key_quote: HOSTILE.to_owned(),
        areas: vec![HOSTILE.to_owned()],
        incidents: vec![incident],
        pattern: vec![HOSTILE.to_owned()],
        chronology: vec![ChronologyRow {
            incident_id: HOSTILE.to_owned(),
            placed_on: HOSTILE.to_owned(),
            reported_on: HOSTILE.to_owned(),
            happened: vec![HOSTILE.to_owned()],
            reporter: HOSTILE.to_owned(),
            grade: vec![HOSTILE.to_owned()],
            children: HOSTILE.to_owned(),
            key_quote: HOSTILE.to_owned(),
            ..ChronologyRow::default()
        }],
        conduct: vec![Element {
            element: HOSTILE.to_owned(),
            title: HOSTILE.to_owned(),
            part: HOSTILE.to_owned(),
            finding: HOSTILE.to_owned(),
            quotes: [(0, HOSTILE), (0, "elsewhere")]
                .map(|(incident, id)| ElementQuote {
                    incident,
                    incident_id: id.to_owned(),
                    incident_date: HOSTILE.to_owned(),
                    what: HOSTILE.to_owned(),
                    quote: HOSTILE.to_owned(),
                })
                .to_vec(),
        }],
        inconsistencies: vec![Inconsistency {
            incident: 0,
            incident_id: HOSTILE.to_owned(),
            incident_date: HOSTILE.to_owned(),
            kind: "form_and_text",
            finding: HOSTILE.to_owned(),
            quote: HOSTILE.to_owned(),
            against_incident_id: HOSTILE.to_owned(),
            against_quote: HOSTILE.to_owned(),
        }],
    };
    ReportData {
        version: "0.1.0".to_owned(),
        lexicon_version: HOSTILE.to_owned(),
        lexicon_fingerprint: "9f86d081884c7d65".to_owned(),
        inputs: vec![HOSTILE.to_owned()],
        counts: ReportCounts {
            read: 1204,
            scanned: 1203,
            rejected: 1,
            empty: 2,
            evidence: 2,
            suppressed: 1,
            cases: 3,
            flagged: 1,
            checks: [0, 1, 0],
        },
        categories: vec![
            category("economic_control", Group::Abuse, 1),
            category("si_active", Group::Suicide, 0),
            category("<script>", Group::Context, 1),
        ],
        cases: vec![case],
        conduct_law: HOSTILE.to_owned(),
        links: Some(LinkCounts {
            by_column: [(HOSTILE.to_owned(), 1)].into(),
            ..LinkCounts::default()
        }),
        ..ReportData::default()
    }
}

fn empty_run() -> ReportData {
    let mut data = hostile_run();
    data.cases.clear();
    data.categories
        .iter_mut()
        .for_each(|category| category.cases = 0);
    data.counts = ReportCounts {
        read: 5,
        scanned: 5,
        cases: 5,
        ..ReportCounts::default()
    };
    data
}

fn page(data: &ReportData) -> String {
    let mut out = Vec::new();
    write_report(&mut out, data).expect("memory can be written");
    String::from_utf8(out).expect("the page is UTF-8")
}

/// What stands between `open` and the next `close`.
fn between<'p>(page: &'p str, open: &str, close: &str) -> &'p str {
    let start = page.find(open).expect("the page holds the opening") + open.len();
    let end = page[start..].find(close).expect("the page holds the end") + start;
    &page[start..end]
}

fn block(page: &str, id: &str) -> Value {
    let json = between(
        page,
        &format!("<script type=\"application/json\" id=\"{id}\">"),
        "</script>",
    );
    serde_json::from_str(json).expect("the block is JSON")
}

/// A case of the page, with what stands once in the page put back in its place.
fn case(page: &str, number: usize) -> Value {
    fn word(words: &Value, packed: &mut Value) {
        match packed {
            Value::Array(list) => list.iter_mut().for_each(|item| word(words, item)),
            number => *number = words[number.as_u64().expect("a number") as usize].clone(),
        }
    }
    let words = block(page, "words");
    let mut case = block(page, &format!("case-{number}"));
    for (list, names) in [
        ("checks", &["check", "title", "status", "why", "legal"][..]),
        ("conduct", &["element", "title", "part"]),
    ] {
        for row in case[list].as_array_mut().expect("a list") {
            names.iter().for_each(|name| word(&words, &mut row[*name]));
        }
    }
    let incidents = case["incidents"].clone();
    for row in case["conduct"].as_array_mut().expect("a list") {
        for quote in row["quotes"].as_array_mut().expect("a list") {
            word(&words, &mut quote[1]);
            let number = quote[0].as_u64().expect("a number") as usize;
            let own = |name: &str, at: usize| match &quote[3] {
                Value::Null => incidents[number][name].clone(),
                named => named[at].clone(),
            };
            *quote = serde_json::json!({
                "incident": number, "incident_id": own("id", 0), "incident_date": own("date", 1),
                "what": quote[1], "quote": quote[2],
            });
        }
    }
    for incident in case["incidents"].as_array_mut().expect("a list") {
        for field in incident["fields"].as_array_mut().expect("a list") {
            for mention in field["mentions"].as_array_mut().expect("a list") {
                for at in [3, 4, 7] {
                    word(&words, &mut mention[at]);
                }
                let axes = mention[7].as_str().expect("a text").split(' ');
                *mention = serde_json::json!({
                    "start": mention[0], "end": mention[1], "place": mention[2],
                    "category": mention[3], "rule": mention[4], "tier": mention[5],
                    "heavy": mention[6] == 1, "axes": axes.collect::<Vec<_>>(),
                    "cues": mention[8], "suppressed": mention[9],
                });
            }
        }
    }
    case
}

/// The page without its own style and script, in lower case: everything that data could reach.
fn reachable(page: &str) -> String {
    let style = between(page, "<style>", "</style>");
    let script = between(page, "<script>", "</script>");
    page.replace(style, "")
        .replace(script, "")
        .to_ascii_lowercase()
}

#[test]
fn no_text_leaves_its_place() {
    let page = page(&hostile_run());
    let reachable = reachable(&page);
    // Three data blocks and the script, and not one element more.
    assert_eq!(reachable.matches("<script").count(), 4);
    assert_eq!(reachable.matches("</script").count(), 4);
    assert_eq!(reachable.matches("<style").count(), 1);
    assert_eq!(reachable.matches("</style").count(), 1);
    for markup in ["<img", "<!--", "<b>", "<i>", "<it>", "<rule>"] {
        assert!(
            !reachable.contains(markup),
            "{markup} is in the page as markup"
        );
    }
    for c in [
        '\u{202e}', '\u{202c}', '\u{2066}', '\u{2028}', '\u{2029}', '\u{feff}', '\0', '\u{7f}',
    ] {
        assert!(
            !page.contains(c),
            "U+{:04X} is in the page as it came",
            u32::from(c)
        );
    }
}

#[test]
fn the_policy_allows_the_two_inline_blocks_and_nothing_else() {
    let page = page(&hostile_run());
    let policy = between(
        &page,
        "http-equiv=\"Content-Security-Policy\" content=\"",
        "\"",
    );
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(
        !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"),
        "{policy}"
    );
    for (directive, open, close) in [
        ("style-src", "<style>", "</style>"),
        ("script-src", "<script>", "</script>"),
    ] {
        let hash = between(policy, &format!("{directive} 'sha256-"), "'");
        let digest = Sha256::digest(between(&page, open, close).as_bytes());
        assert_eq!(
            decode_base64(hash),
            digest.as_slice(),
            "{directive} must name the block as it stands"
        );
    }
    // What the policy would block must not be there: style attributes, handlers, other resources.
    let reachable = reachable(&page);
    for attribute in [
        " style=",
        " onclick=",
        " onload=",
        " src=\"",
        " action=",
        "url(",
        "@import",
        "<link",
    ] {
        assert!(
            !reachable
                .replace("<img src=x onerror", "")
                .contains(attribute),
            "{attribute} is in the page"
        );
    }
    assert!(
        !page.contains("http://") && !page.contains("https://"),
        "the page names a network address"
    );
}

fn decode_base64(text: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("not base64: {text}"),
    };
    let digits: Vec<u32> = text
        .trim_end_matches('=')
        .bytes()
        .map(|c| u32::from(value(c)))
        .collect();
    let mut bytes = Vec::new();
    for chunk in digits.chunks(4) {
        let bits = (0..4).fold(0, |bits, at| {
            bits << 6 | chunk.get(at).copied().unwrap_or(0)
        });
        bytes.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    bytes
}

#[test]
fn every_text_arrives_as_it_left() {
    let data = hostile_run();
    let shown = case(&page(&data), 0);
    let sent = serde_json::to_value(&data.cases[0]).expect("plain values");
    assert_eq!(shown, sent);
}

#[test]
fn offsets_lead_to_the_quoted_words() {
    let case = case(&page(&hostile_run()), 0);
    let field = &case["incidents"][0]["fields"][0];
    let text: Vec<u16> = field["text"]
        .as_str()
        .expect("a text")
        .encode_utf16()
        .collect();
    let quotes: Vec<String> = field["mentions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|mention| {
            let offset = |name: &str| mention[name].as_u64().expect("an offset") as usize;
            String::from_utf16(&text[offset("start")..offset("end")]).expect("whole characters")
        })
        .collect();
    assert_eq!(
        quotes,
        ["alert(1)", "😀 he holds her bank card", "her bank card"]
    );
}

/// What a decision names must be what the table of evidence names, whatever the page shows.
#[test]
fn places_are_those_of_the_table_of_evidence() {
    let desk = Desk::new();
    desk.write(
        "in.csv",
        "case_id,incident_id,incident_date,narrative\n\
         C-1,I-1,2024-01-05,\"😀 Call 07700 900123. Her partner, Dean Harlow, took her bank card. é She is suicidal.\"\n",
    );
    for options in [&[][..], &["--redact"]] {
        // With the lexicon of the program: the tests' own says nothing of masks.
        let args = [&["scan", "in.csv", "--out", "run", "--force"], options].concat();
        let run = desk.run(&args);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let html = desk.read("run/report.html");
        assert_eq!(html.contains("07700 900123"), options.is_empty());
        let mut shown: Vec<[String; 3]> = Vec::new();
        for field in case(&html, 0)["incidents"][0]["fields"]
            .as_array()
            .expect("a list")
        {
            for mention in field["mentions"].as_array().expect("a list") {
                if !mention["suppressed"].is_null() {
                    continue;
                }
                let rule = mention["rule"].as_str().expect("a text").to_owned();
                shown.push([
                    rule,
                    mention["place"][0].to_string(),
                    mention["place"][1].to_string(),
                ]);
            }
        }
        let mut told: Vec<[String; 3]> = rows(&desk.read("run/evidence.csv"))
            .into_iter()
            .map(|row| ["rule_id", "start", "end"].map(|name| row[name].clone()))
            .collect();
        shown.sort();
        told.sort();
        assert!(told.len() >= 2, "{told:?}");
        assert_eq!(shown, told, "{options:?}");
        let manifest: Value = serde_json::from_str(&desk.read("run/manifest.json")).expect("JSON");
        assert_eq!(block(&html, "run")["run_id"], manifest["run_id"]);
    }
}

#[test]
fn the_list_counts_evidence_and_not_what_was_set_aside() {
    let index = block(&page(&hostile_run()), "run");
    let row = &index["cases"][0];
    assert_eq!(row["id"], HOSTILE);
    assert_eq!(row["tier"], 1);
    assert_eq!(row["found"], serde_json::json!([["economic_control", 2]]));
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    assert_eq!(page(&hostile_run()), page(&hostile_run()));
}

#[test]
fn the_header_states_coverage_and_every_count() {
    let page = page(&hostile_run());
    for words in [
        "Findings are prompts to read, not a risk score.",
        "text only; other systems not checked",
        "1,204<small>1,203 scanned, 1 rejected, 2 empty</small>",
        "1 record was rejected and not scanned",
        "2 scanned records held no text",
        "an order of reading, not a grade",
        "no indicators matched in the text supplied",
        "[U+202E]desrever",
        "116 123",
        "0808 2000 247",
        "For human review.",
        "<noscript>",
        "<html lang=\"en-GB\">",
    ] {
        assert!(page.contains(words), "the page does not say: {words}");
    }
}

#[test]
fn an_empty_result_says_so_and_never_says_that_there_is_no_risk() {
    let page = page(&empty_run());
    assert!(page.contains("No indicators matched in the text supplied."));
    assert!(page.contains("It does not mean that there is no risk."));
    assert!(page.contains("evidence.csv"));
    assert!(
        !page.contains("id=\"filters\" class"),
        "there is no list to filter"
    );
    assert_eq!(block(&page, "run")["cases"], serde_json::json!([]));
}

#[test]
fn the_pages_of_a_large_report_are_listed_on_each() {
    let mut data = hostile_run();
    let part = |file: &str, from, to| ReportPart {
        file: file.to_owned(),
        from,
        to,
        tiers: [1, 3],
        cases: vec![format!("</script>{from}")],
    };
    data.tiers = [1500, 0, 0];
    data.parts = vec![part("report.html", 1, 1), part("report-2.html", 2, 1500)];
    data.part = 0;
    let page = page(&data);
    for words in [
        "This report has 2 pages",
        "<strong aria-current=\"page\">Page 1 (this one)</strong>",
        "<a href=\"report-2.html\">Page 2</a>: cases 2 to 1,500 in reading order, tiers 1 to 3",
        "The export of this page covers its cases, 1 to 1",
    ] {
        assert!(page.contains(words), "the page does not say: {words}");
    }
    let elsewhere = &block(&page, "run")["elsewhere"];
    assert_eq!(
        *elsewhere,
        serde_json::json!([["report-2.html", ["</script>2"]]])
    );
}

#[test]
fn a_failing_writer_is_reported() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let error = write_report(&mut Full, &hostile_run()).expect_err("nothing can be written");
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}
