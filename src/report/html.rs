//! The HTML report: the whole run on one page, for a person to read.
//!
//! Given a [`ReportData`], this writes a single file that needs no network and no other file. It
//! decides nothing about the findings: their order, tiers and wording come with the data.
//!
//! Narratives are hostile input here, so four walls stand between them and the page:
//!
//! - The shell (`html/report.html`) is a minijinja template with auto-escaping on.
//! - Everything else travels as JSON in data blocks in which `<`, `>` and `&` are written as
//!   `\u003c` and so on (see `block.rs`), so that no text can close its block.
//! - The script (`html/report.js`) puts text on the page through text nodes only.
//! - A Content-Security-Policy allows the one style sheet and the one script by their hash and
//!   nothing besides, and forbids the DOM calls that would parse text as HTML.
//!
//! The cases come last, one data block each: the page shows its summary while the rest still
//! loads, and the script parses a case only when it is opened or searched. Memory used here does
//! not grow with the number of narratives.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufWriter, Write};

use minijinja::Environment;
use minijinja::value::Serde;
use rayon::prelude::*;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::block::{block_size, write_block};
use super::charts::{Checks, OverTime, Together};
use super::packed::{Words, packed};
use super::rows::{
    ReportCase, ReportCategory, ReportCounts, ReportData, ReportIncident, ReportMention, ReportPart,
};
use crate::assertion::Group;
use crate::case::coverage::CoverageCounts;
use crate::case::link::LinkCounts;

const PAGE: &str = include_str!("html/report.html");
const STYLE: &str = include_str!("html/report.css");
/// The store of decisions first: the page's script uses it.
const SCRIPT: &str = concat!(
    include_str!("html/decisions.js"),
    include_str!("html/report.js")
);

/// Where the data blocks go. The template is cut here before it is rendered, so no value in the
/// data can be mistaken for the mark.
const DATA_MARK: &str = "<!-- DATA -->";

/// Cases that are turned into their blocks side by side.
const CASES_AT_ONCE: usize = 64;

/// Writes the report page for `data` to `out`, with the threads of the pool that it is called in.
///
/// The same data gives the same bytes. Writes are gathered here; `out` need not be buffered.
///
/// # Errors
///
/// Whatever `out` returns.
pub fn write_report(out: &mut dyn Write, data: &ReportData) -> io::Result<()> {
    let out = &mut BufWriter::with_capacity(64 * 1024, out);
    let page = unix_lines(PAGE);
    let (before, after) = page
        .split_once(DATA_MARK)
        .expect("the template holds the data mark");
    let (style, script) = (unix_lines(STYLE), unix_lines(SCRIPT));

    let mut templates = Environment::new();
    templates.add_filter("visible", |text: &str| visible(text));
    templates.add_filter("thousands", thousands);
    templates.add_filter("fragment", |text: &str| fragment(text));
    let shell = Shell {
        csp: content_security_policy(&style, &script),
        style: &style,
        version: &data.version,
        lexicon_version: &data.lexicon_version,
        lexicon_fingerprint: &data.lexicon_fingerprint,
        inputs: &data.inputs,
        counts: data.counts,
        coverage: data.coverage,
        inconsistencies_elsewhere: data.inconsistencies_elsewhere,
        links: data.links.as_ref(),
        cases_shown: data.cases.len(),
        flagged: data.tiers.iter().sum(),
        parts: &data.parts,
        here: data.part,
        tiers: tiers(data),
        charts: charts(&data.categories),
        over_time: OverTime::of(data),
        together: Together::of(data),
        checks: Checks::of(data),
    };
    // Named `.html`, so that minijinja escapes every value that is not marked safe.
    let rendered = templates
        .render_named_str("report.html", before, Serde(shell))
        .map_err(io::Error::other)?;
    out.write_all(rendered.as_bytes())?;

    // Twice, so that memory holds few packed cases at a time: first for the words, which stand before them.
    let mut words = Words::default();
    for case in &data.cases {
        packed(case, &mut |word| words.number(word));
    }
    write_block(out, "words", &words)?;
    write_block(out, "run", &Index::new(data))?;
    let block = |(number, case): (usize, &ReportCase)| {
        let mut block = Vec::new();
        let packed = packed(case, &mut |word| words.known(word));
        write_block(&mut block, &format!("case-{number}"), &packed)?;
        Ok::<_, io::Error>(block)
    };
    for (batch, cases) in data.cases.chunks(CASES_AT_ONCE).enumerate() {
        let numbers = batch * CASES_AT_ONCE..;
        let blocks: Vec<_> = numbers.zip(cases).collect();
        let blocks: io::Result<Vec<Vec<u8>>> = blocks.into_par_iter().map(block).collect();
        for block in blocks? {
            out.write_all(&block)?;
        }
    }
    write!(out, "<script>{script}</script>")?;
    out.write_all(after.as_bytes())?;
    out.flush()
}

/// What the template shows.
#[derive(Serialize)]
struct Shell<'d> {
    csp: String,
    style: &'d str,
    version: &'d str,
    lexicon_version: &'d str,
    lexicon_fingerprint: &'d str,
    inputs: &'d [String],
    counts: ReportCounts,
    coverage: CoverageCounts,
    inconsistencies_elsewhere: usize,
    links: Option<&'d LinkCounts>,
    cases_shown: usize,
    /// Cases on all pages.
    flagged: u64,
    parts: &'d [ReportPart],
    /// Which of them this is, from 0.
    here: usize,
    tiers: Vec<Tier>,
    charts: Vec<Chart<'d>>,
    over_time: Option<OverTime>,
    together: Option<Together<'d>>,
    checks: Option<Checks<'d>>,
}

/// Line ends as a browser sees them when it checks a hash, whatever the checkout did to the file.
pub(crate) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The policy: nothing may load or run but the two inline blocks, known by their hash.
fn content_security_policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
        csp_hash(style),
        csp_hash(script),
    )
}

/// The hash of an inline block as a policy source, quotes included.
pub(crate) fn csp_hash(block: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(block.as_bytes())))
}

/// Standard base64 with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit <= chunk.len() {
                text.push(char::from(
                    ALPHABET[(bits >> (18 - 6 * digit)) as usize & 63],
                ));
            } else {
                text.push('=');
            }
        }
    }
    text
}

/// Replaces characters that are invisible or turn the reading direction with their code point in
/// brackets. For values in the shell; the script does the same for the rest.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_invisible(c) {
            shown.push_str(&format!("[U+{:04X}]", u32::from(c)));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Directional and zero-width format characters. U+200D is left alone: emoji are joined with it.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// `12345` as `12,345`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Percent-encodes `text` for the part of an address after `#`.
pub(super) fn fragment(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A tier in the summary.
#[derive(Serialize)]
struct Tier {
    number: u8,
    name: &'static str,
    meaning: &'static str,
    cases: usize,
    /// Cases on all pages.
    all: u64,
    /// Where its cases are listed: on this page, or on the first that has any.
    href: String,
    /// Length of the bar, in per cent of the longest.
    bar: String,
}

/// What each tier means, in the order of reading (domain reference, section 6.2).
const TIERS: [(u8, &str, &str); 3] = [
    (
        1,
        "Read first",
        "The text mentions something to see at once, such as strangulation, a threat to kill, or \
         thoughts, plans or urging of suicide.",
    ),
    (
        2,
        "Read next",
        "A pattern: several kinds of control together, control around a separation, repeats, or \
         children hurt or threatened.",
    ),
    (
        3,
        "Then read",
        "Every other case in which an indicator was found.",
    ),
];

fn tiers(data: &ReportData) -> Vec<Tier> {
    let count = |number: u8| data.cases.iter().filter(|case| case.tier == number).count();
    let longest = TIERS.iter().map(|tier| count(tier.0)).max().unwrap_or(0);
    let elsewhere = |number: u8| {
        let has = |part: &&ReportPart| (part.tiers[0]..=part.tiers[1]).contains(&number);
        let all = data.tiers[usize::from(number) - 1];
        data.parts
            .iter()
            .find(has)
            .filter(|_| all > 0)
            .map(|part| &part.file)
    };
    TIERS
        .iter()
        .map(|&(number, name, meaning)| {
            let cases = count(number);
            Tier {
                number,
                name,
                meaning,
                cases,
                all: data.tiers[usize::from(number) - 1],
                href: match elsewhere(number).filter(|_| cases == 0) {
                    Some(file) => format!("{file}#tier={number}"),
                    None => format!("#tier={number}"),
                },
                bar: per_cent(cases as u64, longest as u64),
            }
        })
        .collect()
}

/// The categories of one group, most cases first.
#[derive(Serialize)]
struct Chart<'d> {
    group: Group,
    title: &'static str,
    bars: Vec<Bar<'d>>,
    /// Titles of the categories that were looked for and not found.
    absent: Vec<&'d str>,
}

/// A category in a chart.
#[derive(Serialize)]
struct Bar<'d> {
    id: &'d str,
    title: &'d str,
    definition: &'d str,
    cases: u64,
    mentions: u64,
    /// Length of the bar, in per cent of the longest on the page.
    bar: String,
}

fn charts(categories: &[ReportCategory]) -> Vec<Chart<'_>> {
    // One scale for all charts, so that bars can be compared across them.
    let longest = categories
        .iter()
        .map(|category| category.cases)
        .max()
        .unwrap_or(0);
    [
        (Group::Abuse, "Coercive control and domestic abuse"),
        (Group::Suicide, "Suicide and self-harm"),
        (Group::Context, "Context, never an indicator alone"),
    ]
    .into_iter()
    .map(|(group, title)| {
        let (mut found, absent): (Vec<_>, Vec<_>) = categories
            .iter()
            .filter(|category| category.group == group)
            .partition(|category| category.cases > 0);
        found.sort_by_key(|category| std::cmp::Reverse(category.cases));
        let bars = found
            .into_iter()
            .map(|category| Bar {
                id: &category.id,
                title: &category.title,
                definition: &category.definition,
                cases: category.cases,
                mentions: category.mentions,
                bar: per_cent(category.cases, longest),
            })
            .collect();
        Chart {
            group,
            title,
            bars,
            absent: absent
                .into_iter()
                .map(|category| category.title.as_str())
                .collect(),
        }
    })
    .filter(|chart| !chart.bars.is_empty() || !chart.absent.is_empty())
    .collect()
}

/// `part` of `whole` in per cent with one decimal, by integers so that every machine agrees.
pub(super) fn per_cent(part: u64, whole: u64) -> String {
    let permille = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{}.{}", permille / 10, permille % 10)
}

/// What the script needs before any case is opened.
#[derive(Serialize)]
struct Index<'d> {
    run_id: &'d str,
    /// Number of this page among those of the report, from 0.
    part: usize,
    /// The other pages: file and references of their cases.
    elsewhere: Vec<(&'d str, &'d [String])>,
    /// Id and title of every response check with a finding in these cases.
    checks: Vec<(&'d str, &'d str)>,
    categories: &'d [ReportCategory],
    cases: Vec<IndexRow<'d>>,
    conduct_law: &'d str,
}

/// A case in the list.
#[derive(Serialize)]
struct IndexRow<'d> {
    id: &'d str,
    tier: u8,
    first: &'d str,
    last: &'d str,
    incidents: usize,
    quote: &'d str,
    /// Areas of its incidents.
    areas: &'d [String],
    /// Category ids with their number of mentions, in lexicon order.
    found: Vec<(&'d str, usize)>,
    /// Days of the incidents with evidence, in order.
    days: Vec<&'d str>,
    /// Response checks with a finding, as `check:status`.
    checks: Vec<String>,
    /// Whether the quote is of a mention to read first or about suicide.
    heavy: bool,
}

impl<'d> Index<'d> {
    fn new(data: &'d ReportData) -> Self {
        let order: BTreeMap<&str, usize> = data
            .categories
            .iter()
            .enumerate()
            .map(|(at, category)| (category.id.as_str(), at))
            .collect();
        let cases = data
            .cases
            .iter()
            .map(|case| IndexRow::new(case, &order))
            .collect();
        let checks: BTreeMap<&str, &str> = data
            .cases
            .iter()
            .flat_map(|case| &case.checks)
            .map(|check| (check.check.as_str(), check.title.as_str()))
            .collect();
        let others = data
            .parts
            .iter()
            .enumerate()
            .filter(|(n, _)| *n != data.part);
        Self {
            run_id: &data.run_id,
            part: data.part,
            elsewhere: others
                .map(|(_, p)| (p.file.as_str(), p.cases.as_slice()))
                .collect(),
            checks: checks.into_iter().collect(),
            categories: &data.categories,
            cases,
            conduct_law: &data.conduct_law,
        }
    }
}

impl<'d> IndexRow<'d> {
    fn new(case: &'d ReportCase, order: &BTreeMap<&str, usize>) -> Self {
        let mut counts = BTreeMap::new();
        let mut days = BTreeSet::new();
        let mut heavy = false;
        let quote_units = case.key_quote.encode_utf16().count();
        for incident in &case.incidents {
            for mention in evidence(incident) {
                *counts.entry(mention.category.as_str()).or_insert(0) += 1;
                if !incident.iso_date.is_empty() {
                    days.insert(incident.iso_date.as_str());
                }
            }
        }
        // The quote comes without its mention; where the same words stand for several, the heaviest counts.
        for field in case.incidents.iter().flat_map(|i| &i.fields) {
            for mention in field.mentions.iter().filter(|m| m.suppressed.is_none()) {
                let quoted = || {
                    // Its length first: a text may hold as many heavy mentions as words.
                    if mention.end - mention.start != quote_units {
                        return false;
                    }
                    let units = field.text.encode_utf16();
                    let units = units.skip(mention.start).take(mention.end - mention.start);
                    units.eq(case.key_quote.encode_utf16())
                };
                heavy = heavy || (mention.heavy && quoted());
            }
        }
        let mut found: Vec<_> = counts.into_iter().collect();
        found.sort_by_key(|(id, _)| order.get(id).copied().unwrap_or(usize::MAX));
        let checks = case.checks.iter();
        let checks: BTreeSet<String> = checks
            .map(|check| format!("{}:{}", check.check, check.status))
            .collect();
        Self {
            id: &case.id,
            tier: case.tier,
            first: &case.first_date,
            last: &case.last_date,
            incidents: case.incidents.len(),
            quote: &case.key_quote,
            areas: &case.areas,
            found,
            days: days.into_iter().collect(),
            checks: checks.into_iter().collect(),
            heavy,
        }
    }
}

/// The mentions of an incident that count.
pub(super) fn evidence(incident: &ReportIncident) -> impl Iterator<Item = &ReportMention> {
    let mentions = incident.fields.iter().flat_map(|field| &field.mentions);
    mentions.filter(|mention| mention.suppressed.is_none())
}

/// Bytes that a case takes in a page: its own block and its row in the list, not what stands once.
pub(super) fn case_size(case: &ReportCase, words: &mut Words) -> usize {
    block_size(&packed(case, &mut |word| words.number(word)))
        + block_size(&IndexRow::new(case, &BTreeMap::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_matches_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xbf]), "+/+/");
    }

    #[test]
    fn embedded_files_cannot_close_their_element() {
        assert_eq!(PAGE.matches(DATA_MARK).count(), 1);
        assert!(!STYLE.to_ascii_lowercase().contains("</style"));
        let script = SCRIPT.to_ascii_lowercase();
        assert!(
            !script.contains("</script")
                && !script.contains("<!--")
                && !script.contains("innerhtml")
        );
    }

    #[test]
    fn turning_characters_are_shown_by_code_point() {
        assert_eq!(
            visible("log\u{202e}vsc.exe\0"),
            "log[U+202E]vsc.exe[U+0000]"
        );
        assert_eq!(visible("👩\u{200d}👧 ok"), "👩\u{200d}👧 ok");
    }

    #[test]
    fn numbers_are_grouped() {
        let shown: Vec<String> = [0, 999, 1000, 1_234_567]
            .into_iter()
            .map(thousands)
            .collect();
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(per_cent(1, 3), "33.3");
        assert_eq!(per_cent(0, 0), "0.0");
    }
}
