//! The report in a real browser: headless Chromium, driven through its debugging pipe.
//!
//! Where no Chromium is installed these tests say so and stop.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cli::Desk;
use crate::review::rows;
use crate::support::{crate_folder, lexicon_folder};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
struct Browser {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    calls: u64,
    /// What the page complained of: exceptions, and what its policy blocked.
    complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

fn chromium() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    if found.is_none() {
        eprintln!("skipped: no Chromium is installed");
    }
    found
}

/// What asks for the value of an expression.
fn evaluation(expression: &str) -> Value {
    json!({ "expression": expression, "returnByValue": true, "awaitPromise": true })
}

impl Browser {
    /// Starts a browser that saves downloads in `downloads`; `None` if there is none.
    fn start(downloads: &Path) -> Option<Self> {
        let program = chromium()?;
        let profile = tempfile::tempdir().expect("a folder");
        // The pipe speaks on descriptors 3 and 4: a shell puts our two ends there.
        let mut process = Command::new("/bin/sh")
            .args([
                "-c",
                "exec \"$0\" \"$@\" 3<&0 4>&1 >/dev/null 2>&1 </dev/null",
            ])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
            ])
            .args(["--remote-debugging-pipe", "--window-size=1280,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the browser starts");
        let mut browser = Self {
            to: process.stdin.take().expect("piped"),
            from: BufReader::new(process.stdout.take().expect("piped")),
            process,
            session: String::new(),
            calls: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        let page = loop {
            let targets = browser.call("Target.getTargets", &json!({}));
            let infos = targets["targetInfos"].as_array().expect("a list").clone();
            if let Some(page) = infos.into_iter().find(|t| t["type"] == "page") {
                break page;
            }
        };
        let target = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &target);
        let folder = json!({ "behavior": "allow", "downloadPath": downloads });
        browser.call("Browser.setDownloadBehavior", &folder);
        browser.session = attached["sessionId"].as_str().expect("a name").to_owned();
        for domain in ["Page", "Runtime", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Sends a message and waits for its answer, which may be an error.
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.calls += 1;
        let id = self.calls;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).expect("the browser listens");
        loop {
            let mut answer = Vec::new();
            self.from
                .read_until(0, &mut answer)
                .expect("the browser speaks");
            assert_eq!(answer.pop(), Some(0), "the browser has gone");
            let answer: Value = serde_json::from_slice(&answer).expect("JSON");
            match answer["method"].as_str() {
                Some("Runtime.exceptionThrown" | "Log.entryAdded") => {
                    self.complaints.push(answer["params"].to_string());
                }
                Some("Page.javascriptDialogOpening") => {
                    self.complaints.push("a dialogue opened".to_owned());
                }
                _ => {}
            }
            if answer["id"] == id {
                return answer;
            }
        }
    }

    fn call(&mut self, method: &str, params: &Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The value of an expression in the page.
    fn value(&mut self, expression: &str) -> Value {
        let answer = self.call("Runtime.evaluate", &evaluation(expression));
        assert!(
            answer.get("exceptionDetails").is_none(),
            "{expression}: {answer}"
        );
        answer["result"]["value"].clone()
    }

    /// Whether a condition holds; `false` where the page is being left, which ends what it was asked.
    fn holds(&mut self, condition: &str) -> bool {
        let expression = format!("Boolean({condition})");
        let answer = self.ask("Runtime.evaluate", &evaluation(&expression));
        let left = answer["error"]["message"] == "Inspected target navigated or closed";
        assert!(left || answer.get("error").is_none(), "{answer}");
        let result = &answer["result"];
        assert!(
            result.get("exceptionDetails").is_none(),
            "{condition}: {answer}"
        );
        result["result"]["value"] == json!(true)
    }

    /// The text of an expression in the page.
    fn text(&mut self, expression: &str) -> String {
        self.value(expression)
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    fn wait_for(&mut self, condition: &str) {
        let start = Instant::now();
        while !self.holds(condition) {
            assert!(start.elapsed() < PATIENCE, "never came true: {condition}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Until the file holds something: the browser makes an empty one first, by which it keeps the name.
    fn wait_for_download(&mut self, file: &Path) {
        let start = Instant::now();
        while std::fs::metadata(file).map_or(0, |file| file.len()) == 0 {
            assert!(start.elapsed() < PATIENCE, "nothing was downloaded");
            std::thread::sleep(Duration::from_millis(20));
            self.value("1");
        }
    }

    fn open(&mut self, file: &Path) {
        // Away first, so that the wait below is for the new page.
        self.call("Page.navigate", &json!({ "url": "about:blank" }));
        self.wait_for("location.href === 'about:blank'");
        self.call(
            "Page.navigate",
            &json!({ "url": format!("file://{}", file.display()) }),
        );
        self.wait_for("location.protocol === 'file:' && document.readyState === 'complete'");
    }

    fn press(&mut self, key: &str) {
        let mut down = json!({ "type": "keyDown", "key": key });
        if key.chars().count() == 1 {
            down["text"] = json!(key);
        } else if key == "Enter" {
            down["text"] = json!("\r");
        }
        self.call("Input.dispatchKeyEvent", &down);
        self.call(
            "Input.dispatchKeyEvent",
            &json!({ "type": "keyUp", "key": key }),
        );
    }

    fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Closing the pipe ends a browser that was told to live by it; the wait reaps it.
        let message = json!({ "id": 0, "method": "Browser.close" }).to_string();
        let told = self
            .to
            .write_all(message.as_bytes())
            .and_then(|()| self.to.write_all(&[0]));
        if told.is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Emoji before the words make UTF-16 units and Unicode scalar values differ; the second case holds
/// every way out of a page that a text could try.
const INPUT: &str = "case_id,incident_id,incident_date,narrative\n\
    C-1,I-1,2024-01-05,\"😀😀 He took her bank card. She is suicidal.\"\n\
    C-1,I-2,2024-03-05,He took her bank card again.\n\
    C-2,\"=I<3>\",2024-04-01,\"<script>window.hit=1</script> \"\"><img src=x onerror=\"\"window.hit=1\"\"> </style></script> \u{202e}He took her bank card.\"\n\
    C-3,I-4,2024-03-09,quiet shift\n";

/// A scanned folder with a report, and a browser on it.
fn report(desk: &Desk) -> Option<Browser> {
    let mut browser = Browser::start(&desk.path("downloads"))?;
    desk.write("in.csv", INPUT);
    desk.scan("run", &["in.csv"], 0);
    browser.open(&desk.path("run/report.html"));
    Some(browser)
}

/// The checker for accessibility, where `.ci/run` or `npm install --prefix target/tmp axe-core` has put it.
fn axe() -> Option<String> {
    let file = concat!(
        env!("CARGO_TARGET_TMPDIR"),
        "/node_modules/axe-core/axe.min.js"
    );
    let found = std::fs::read_to_string(file).ok();
    if found.is_none() {
        eprintln!("skipped: no axe-core in target/tmp/node_modules");
    }
    found
}

fn focus(selector: &str) -> String {
    format!("document.querySelector({}).focus()", json!(selector))
}

#[test]
fn decisions_made_by_keyboard_come_back_through_review() {
    let desk = Desk::new();
    let Some(mut browser) = report(&desk) else {
        return;
    };
    let evidence = rows(&desk.read("run/evidence.csv"));

    // From the list: the second case is dismissed there, the first opened.
    browser.press("j");
    browser.press("j");
    let second = browser.text("document.activeElement.textContent");
    browser.press("d");
    browser.press("k");
    let first = browser.text("document.activeElement.textContent");
    assert_eq!((first.as_str(), second.as_str()), ("C-1", "C-2"));
    browser.press("Enter");
    browser.wait_for("!document.getElementById('case').hidden");
    browser.press("a");

    // The text about suicide is covered; its button is the first stop on the way through the marks.
    browser.press("j");
    let covered = browser.text("document.activeElement.className");
    assert_eq!(covered, "covered");
    browser.press("a");
    let case_still =
        browser.text("document.querySelector('.mine [aria-pressed=true]').textContent");
    assert_eq!(
        case_still, "Accept",
        "a covered text is not decided on, nor is its case changed"
    );
    browser.press("Enter");
    browser.wait_for("document.activeElement.matches('.ref')");
    browser.press("d");
    browser.press("r");
    browser.wait_for("document.activeElement.matches('select')");
    browser.value("document.activeElement.value = 'negated'; document.activeElement.dispatchEvent(new Event('change'))");
    browser.value(&focus(".notes li:first-child .decide input"));
    browser.type_text("=1+1, \"quoted\"");
    browser.press("Escape");
    browser.wait_for("document.activeElement.matches('.ref')");
    browser.press("j");
    browser.press("u");

    // Back to the list, a name, the counts, the file. All of it outlives the page.
    // Once for the details of the mention, once for the case.
    browser.press("Escape");
    browser.press("Escape");
    browser.wait_for("document.getElementById('case').hidden");
    browser.value(&focus("#reviewer"));
    browser.type_text("Kim O'Neill");
    let report = desk.path("run/report.html");
    browser.open(&report);
    assert_eq!(
        browser.text("document.getElementById('decided').textContent"),
        "2 of 2 cases and 2 of 4 mentions decided"
    );
    browser.value("document.getElementById('export').click()");
    browser.wait_for_download(&desk.path("downloads/reviewed.csv"));
    let told = desk.read("downloads/reviewed.csv");
    assert!(
        told.starts_with('\u{feff}') && told.contains("\r\n"),
        "{told}"
    );
    assert!(told.contains("\"'=1+1, \"\"quoted\"\"\""), "{told}");

    // Every row names its mention as the table does.
    let decided = rows(&told);
    assert_eq!(decided.len(), 4, "{told}");
    let place = |row: &std::collections::BTreeMap<String, String>| {
        let names = [
            "case_id",
            "incident_id",
            "field",
            "start",
            "end",
            "category",
            "rule_id",
        ];
        names.map(|name| row[name].clone())
    };
    let places: Vec<_> = evidence.iter().map(place).collect();
    let mentions: Vec<_> = decided
        .iter()
        .filter(|row| !row["rule_id"].is_empty())
        .collect();
    assert_eq!(mentions.len(), 2);
    for row in &mentions {
        assert!(places.contains(&place(row)), "{row:?} is not in {places:?}");
        assert_eq!(row["reviewer"], "Kim O'Neill");
    }
    let lexicon = lexicon_folder();
    let lexicon = lexicon.to_str().expect("a plain path");
    let review = desk.run(&[
        "review",
        "--lexicon",
        lexicon,
        "downloads/reviewed.csv",
        "--run",
        "run",
    ]);
    assert_eq!(review.status, 0, "{}\n{}", review.stdout, review.stderr);
    for line in [
        "reviewers  Kim O'Neill",
        "4 = 0 accepted + 1 dismissed + 0 differing + 1 unsure + 2 open",
        "cases of tier 1                          1.00 (0.21–1.00) n=1",
        "cases of tier 3                          0.00 (0.00–0.79) n=1",
    ] {
        assert!(
            review.stdout.contains(line),
            "no {line:?} in\n{}",
            review.stdout
        );
    }
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn filters_and_charts_narrow_the_list() {
    let desk = Desk::new();
    let Some(mut browser) = report(&desk) else {
        return;
    };
    let listed = "[...document.querySelectorAll('#cases a')].map((a) => a.textContent).join(' ')";
    let showing = |browser: &mut Browser, hash: &str, cases: &str| {
        browser.value(&format!("location.hash = {}", json!(hash)));
        let condition = format!("{listed} === {}", json!(cases));
        browser.wait_for(&condition);
    };
    showing(
        &mut browser,
        "#category=economic_control&also=any-suicide",
        "C-1",
    );
    showing(&mut browser, "#tier=", "C-1 C-2");
    showing(&mut browser, "#from=2024-04-01&to=2024-04-30", "C-2");
    showing(&mut browser, "#decided=accept", "");
    showing(&mut browser, "#search=again", "C-1");
    showing(&mut browser, "#tier=", "C-1 C-2");
    showing(&mut browser, "#sort=latest", "C-2 C-1");
    showing(
        &mut browser,
        "#sort=mentions&from=2024-04-01&to=2024-04-30",
        "C-2",
    );
    showing(&mut browser, "#tier=", "C-1 C-2");
    // The column of April leads to what happened then.
    browser.value(
        "document.querySelector('.time [data-href*=\"from=2024-04-01\"]').dispatchEvent(new MouseEvent('click', { bubbles: true }))",
    );
    browser.wait_for(&format!("{listed} === 'C-2'"));
    assert_eq!(
        browser.text("document.getElementById('by-from').value"),
        "2024-04-01"
    );
    // So does the bar of a category, not only its name.
    showing(&mut browser, "#tier=", "C-1 C-2");
    browser.value(
        "document.querySelector('.chart.suicide .bar rect').dispatchEvent(new MouseEvent('click', { bubbles: true }))",
    );
    browser.wait_for(&format!("{listed} === 'C-1'"));
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

#[test]
fn hostile_text_changes_nothing() {
    let desk = Desk::new();
    let Some(mut browser) = report(&desk) else {
        return;
    };
    browser.value("location.hash = '#case=C-2'");
    browser.wait_for("document.querySelector('#incidents .narrative')");
    let shown = browser.text("document.querySelector('#incidents .narrative').textContent");
    assert!(
        shown.contains("<script>window.hit=1</script> \"><img src=x"),
        "{shown}"
    );
    assert!(shown.contains("</style></script> U+202EHe took"), "{shown}");
    assert_eq!(browser.value("window.hit === undefined"), json!(true));
    assert_eq!(browser.value("document.images.length"), json!(0));
    assert_eq!(
        browser.value("document.querySelectorAll('style').length"),
        json!(1)
    );
    // What would call out is not merely absent: the policy forbids it.
    let violated = browser.text(
        "new Promise((told) => {
            document.addEventListener('securitypolicyviolation', (event) => told(event.effectiveDirective));
            fetch('data:,x').catch(() => {});
        })",
    );
    assert_eq!(violated, "connect-src");
}

#[test]
fn axe_finds_no_serious_violation() {
    let desk = Desk::new();
    let (Some(axe), Some(mut browser)) = (axe(), Browser::start(&desk.path("downloads"))) else {
        return;
    };
    let lexicon = lexicon_folder();
    let lexicon = lexicon.to_str().expect("a plain path");
    let sample = crate_folder().join("data/sample_cases.csv");
    let sample = sample.to_str().expect("a plain path");
    let scan = [
        "scan",
        sample,
        "--out",
        "run",
        "--lexicon",
        lexicon,
        "--report-cases",
        "15",
        "--per-case",
    ];
    assert_eq!(desk.run(&scan).status, 0);
    let cases = rows(&desk.read("run/cases.csv"));
    let first = &cases[0]["case_id"];
    let one = std::fs::read_dir(desk.path("run/per_case"))
        .expect("a folder")
        .flatten()
        .next();
    let one = one.expect("a case").path().join("report.html");
    let report = desk.path("run/report.html");
    let mut looked = 0;
    for scheme in ["light", "dark"] {
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.call("Emulation.setEmulatedMedia", &media);
        let case = format!("#case={first}");
        for (file, hash) in [
            (&report, ""),
            (&report, "#category=any-abuse&sort=latest"),
            (&report, &case),
            (&one, &case),
        ] {
            browser.open(file);
            browser.value(&format!("location.hash = {}", json!(hash)));
            if hash == case {
                browser.wait_for("!document.getElementById('case').hidden");
                // Everything that is folded or covered is looked at too.
                browser.value("for (const fold of document.querySelectorAll('#case details')) fold.open = true");
                browser.value("for (const button of document.querySelectorAll('#case .covered')) button.click()");
                browser.press("j");
                browser.press("d");
            } else {
                browser.value("for (const fold of document.querySelectorAll('#overview details')) fold.open = true");
            }
            browser.wait_for("document.querySelector('main').textContent.length > 500");
            browser.value(&format!("{axe}; undefined"));
            let told = browser.text(
                "axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify({ \
                 passes: r.passes.length, \
                 found: r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)) \
                 .map((v) => [v.id, v.nodes.slice(0, 5).map((n) => n.target.join(' ') + ' ' + n.failureSummary)]) }))",
            );
            let told: Value = serde_json::from_str(&told).expect("what axe says");
            assert_eq!(told["found"], json!([]), "{scheme} {hash}: {told:#}");
            assert!(
                told["passes"].as_u64() > Some(20),
                "axe looked at little: {told}"
            );
            looked += 1;
        }
    }
    assert_eq!(looked, 8);
}

#[test]
fn a_report_in_pages_leads_from_one_to_the_other() {
    let desk = Desk::new();
    let Some(mut browser) = Browser::start(&desk.path("downloads")) else {
        return;
    };
    desk.write("in.csv", AREAS);
    let lexicon = lexicon_folder();
    let lexicon = lexicon.to_str().expect("a plain path");
    let scan = [
        "scan",
        "in.csv",
        "--out",
        "run",
        "--lexicon",
        lexicon,
        "--report-cases",
        "2",
    ];
    assert_eq!(desk.run(&scan).status, 0);
    let listed = "[...document.querySelectorAll('#cases a')].map((a) => a.textContent).join(' ')";
    browser.open(&desk.path("run/report.html"));
    browser.wait_for(&format!("{listed} === 'C-1 C-2'"));
    let nav = browser.text("document.querySelector('.parts').innerText");
    assert!(
        nav.contains("This report has 3 pages") && nav.contains("Page 3: cases 5 to 5"),
        "{nav}"
    );
    // A link to a case on another page leads there.
    browser.value("location.hash = '#case=C-4'");
    browser.wait_for(
        "location.pathname.endsWith('report-2.html') && document.getElementById('case')?.hidden === false",
    );
    browser.press("a");
    browser.press("Escape");
    browser.wait_for(&format!("{listed} === 'C-3 C-4'"));
    browser.value("document.getElementById('export').click()");
    browser.wait_for_download(&desk.path("downloads/reviewed-2.csv"));
    let decided = rows(&desk.read("downloads/reviewed-2.csv"));
    assert_eq!(decided.len(), 1);
    assert_eq!(
        (&*decided[0]["case_id"], &*decided[0]["decision"]),
        ("C-4", "accept")
    );
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}

/// Five cases, some in several areas.
const AREAS: &str = "case_id,incident_id,beat,narrative\n\
    C-1,1,North 2,He took her bank card.\n\
    C-1,2,North 10,He took her bank card again.\n\
    C-2,3,\"<b>South</b>\",He took her bank card.\n\
    C-3,4,,He took her bank card.\n\
    C-4,5,North 10,He took her bank card.\n\
    C-5,6,North 2,He took her bank card.\n";

#[test]
fn cases_are_listed_by_area() {
    let desk = Desk::new();
    let Some(mut browser) = Browser::start(&desk.path("downloads")) else {
        return;
    };
    desk.write("in.csv", AREAS);
    desk.scan("run", &["in.csv"], 0);
    browser.open(&desk.path("run/report.html"));
    let options = browser.text(
        "[...document.querySelectorAll('#by-area option')].map((o) => o.textContent).join('|')",
    );
    assert_eq!(
        options,
        "All areas|<b>South</b> (1)|North 2 (2)|North 10 (2)"
    );
    let shown = browser.text("document.querySelector('#cases li').textContent");
    assert!(shown.contains("North 10, North 2"), "{shown}");
    for (hash, cases) in [
        ("#area=North%2010", "C-1 C-4"),
        ("#area=%3Cb%3ESouth%3C%2Fb%3E", "C-2"),
        ("#tier=", "C-1 C-2 C-3 C-4 C-5"),
    ] {
        browser.value(&format!("location.hash = {}", json!(hash)));
        browser.wait_for(&format!(
            "[...document.querySelectorAll('#cases a')].map((a) => a.textContent).join(' ') === {}",
            json!(cases)
        ));
    }
    let areas: Vec<String> = rows(&desk.read("run/cases.csv"))
        .iter()
        .map(|r| r["areas"].clone())
        .collect();
    assert_eq!(
        areas,
        [
            "North 10; North 2",
            "<b>South</b>",
            "",
            "North 10",
            "North 2"
        ]
    );
    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
}
