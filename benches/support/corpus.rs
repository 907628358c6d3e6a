//! Narratives made by a seed: filler sentences, and among them sentences that hold indicators.
//!
//! What is planted are the examples of the lexicon's own rules, so that a bench exercises every rule
//! that is shipped and grows with the lexicon. The texts are for speed and memory, never for accuracy.

use std::io::Write;

use throughline::lexicon::Lexicon;

const FILLERS: &str = include_str!("fillers.txt");

const NAMES: &[&str] = &[
    "Arlen Quillby",
    "Bessa Thornwick",
    "Corin Maddle",
    "Dilys Farrowgate",
    "Edrin Polwick",
    "Fenna Copsey",
    "Garrow Tindle",
    "Hesper Laithe",
    "Ivo Brackenby",
    "Jessa Mirfold",
    "Kester Ambleford",
    "Lorna Wexcombe",
    "Mabyn Drewsley",
    "Niall Oxtoby-Rudd",
    "Orla Pendrick",
    "Perrin Scaife",
    "Quenna Holmroyd",
    "Rafe Underlow",
    "Sabra Winterfold",
    "Tobin Ashgarth",
    "Una Kelmarsh",
    "Varden Stoke",
    "Wilma Crossthwaite",
    "Yestin Garthorne",
];
const STREETS: &[&str] = &[
    "Tallow Lane",
    "Fuller's Row",
    "Gosling Street",
    "Upper Wharf",
    "Pinder Close",
    "Saltpan Road",
    "Maltings Way",
    "Copper Hill",
    "Heron Drive",
    "Lime Walk",
    "Tanyard Court",
    "Windmill Rise",
    "Dovecote Avenue",
    "Orchard End",
];
const PLACES: &[&str] = &[
    "library",
    "corner shop",
    "bowls club",
    "swimming baths",
    "garage",
    "bakery",
    "community centre",
    "bus depot",
    "chapel",
    "allotments",
    "market hall",
    "health centre",
    "primary school",
    "sorting office",
    "launderette",
];
const ITEMS: &[&str] = &[
    "blue wheelbarrow",
    "garden strimmer",
    "camera",
    "set of spanners",
    "mountain bike",
    "laptop",
    "silver hatchback",
    "pram",
    "accordion",
    "pressure washer",
    "fishing rod",
    "violin case",
    "tool box",
    "white van",
    "leather satchel",
];
/// What is put before a planted sentence to negate or to distance it.
const DISTANCING: &[&str] = &[
    "She denies that ",
    "There is no suggestion that ",
    "It is not the case that ",
    "He was asked whether ",
    "In a previous relationship years ago, ",
    "Mother reports that ",
    "It is alleged that ",
];

/// Numbers by Weyl sequence and mixing (SplitMix64): small, seeded, the same everywhere.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// Numbers that begin at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (((u128::from(self.next())) * bound as u128) >> 64) as usize
    }

    fn of<'t, T: ?Sized>(&mut self, list: &[&'t T]) -> &'t T {
        list[self.below(list.len())]
    }
}

/// How long narratives are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// A few lines of a log.
    Short,
    /// A report, some 1,400 characters.
    Long,
}

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Narratives in a hundred that hold planted indicators.
    pub share: usize,
    /// How long they are.
    pub length: Length,
    /// The same seed makes the same text.
    pub seed: u64,
}

/// One row of a generated table.
#[derive(Debug)]
pub struct Row {
    /// Case reference; a case holds some three incidents.
    pub case: String,
    /// Incident reference.
    pub incident: String,
    /// Date as `YYYY-MM-DD`.
    pub date: String,
    /// The text.
    pub text: String,
    /// Whether indicators were planted in it.
    pub planted: bool,
}

/// Makes rows, one at a time, so that a table may be larger than the memory.
#[derive(Debug)]
pub struct Corpus {
    plan: Plan,
    random: Random,
    fillers: Vec<&'static str>,
    examples: Vec<String>,
    row: usize,
    case: usize,
    left_in_case: usize,
}

impl Corpus {
    /// Rows with the examples of `lexicon` planted.
    pub fn new(lexicon: &Lexicon, plan: Plan) -> Self {
        let own = |line: &&str| !line.is_empty() && !line.starts_with('#');
        let rules = lexicon.indicator_rules();
        let examples = rules.flat_map(|rule| rule.examples.iter().map(|e| e.text.clone()));
        Self {
            plan,
            random: Random::new(plan.seed),
            fillers: FILLERS.lines().filter(own).collect(),
            examples: examples.collect(),
            row: 0,
            case: 0,
            left_in_case: 0,
        }
    }

    fn text(&mut self) -> (String, bool) {
        let sentences = match self.plan.length {
            Length::Short => 2 + self.random.below(4),
            Length::Long => 12 + self.random.below(21),
        };
        let planted = self.random.below(100) < self.plan.share;
        let plants = if planted { 1 + self.random.below(5) } else { 0 };
        let mut at: Vec<usize> = (0..plants).map(|_| self.random.below(sentences)).collect();
        at.sort_unstable();
        let mut text = String::new();
        for index in 0..sentences {
            if index > 0 {
                // Logs begin entries on new lines.
                text.push_str(if self.random.below(12) == 0 {
                    "\n"
                } else {
                    " "
                });
            }
            let filler = self.fillers[self.random.below(self.fillers.len())];
            self.fill(filler, &mut text);
            for _ in at.iter().filter(|own| **own == index) {
                text.push(' ');
                self.plant(&mut text);
            }
        }
        (text, planted)
    }

    fn plant(&mut self, text: &mut String) {
        let example = self.random.below(self.examples.len());
        let example = self.examples[example].trim();
        if self.random.below(100) < 15 {
            let before = self.random.of(DISTANCING);
            text.push_str(before);
        }
        text.push_str(example);
        if !example.ends_with(['.', '!', '?']) {
            text.push('.');
        }
    }

    fn fill(&mut self, filler: &str, text: &mut String) {
        let mut rest = filler;
        while let Some((head, tail)) = rest.split_once('{') {
            let (slot, tail) = tail.split_once('}').expect("a slot is closed");
            text.push_str(head);
            let random = &mut self.random;
            match slot {
                "name" => text.push_str(random.of(NAMES)),
                "street" => text.push_str(random.of(STREETS)),
                "place" => text.push_str(random.of(PLACES)),
                "item" => text.push_str(random.of(ITEMS)),
                "n" => text.push_str(&(2 + random.below(38)).to_string()),
                "time" => text.push_str(&format!("{:02}{:02}", random.below(24), random.below(60))),
                "date" => {
                    let (day, month) = (1 + random.below(28), 1 + random.below(12));
                    text.push_str(&format!("{day:02}/{month:02}/{}", 2023 + random.below(3)));
                }
                "ref" => {
                    let letters = ["LG", "CR", "EX", "TR"];
                    text.push_str(&format!(
                        "{}/{:05}/25",
                        random.of(&letters),
                        random.below(100_000)
                    ));
                }
                "unit" => text.push_str(&format!(
                    "Unit {}{}",
                    ["A", "B", "K"][random.below(3)],
                    10 + random.below(80)
                )),
                other => panic!("fillers.txt: no slot is called {other}"),
            }
            rest = tail;
        }
        text.push_str(rest);
    }
}

impl Iterator for Corpus {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.left_in_case == 0 {
            self.case += 1;
            self.left_in_case = 1 + self.random.below(5);
        }
        self.left_in_case -= 1;
        self.row += 1;
        let (year, month, day) = (
            2023 + self.random.below(3),
            1 + self.random.below(12),
            1 + self.random.below(28),
        );
        let (text, planted) = self.text();
        Some(Row {
            case: format!("C{:07}", self.case),
            incident: format!("I{:07}", self.row),
            date: format!("{year}-{month:02}-{day:02}"),
            text,
            planted,
        })
    }
}

/// Writes rows as CSV until `enough` says so, given rows and bytes of text written. Returns both.
pub fn write_csv(
    corpus: Corpus,
    out: impl Write,
    mut enough: impl FnMut(usize, usize) -> bool,
) -> csv::Result<(usize, usize)> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(["case_id", "incident_id", "incident_date", "narrative"])?;
    let (mut rows, mut bytes) = (0, 0);
    for row in corpus {
        if enough(rows, bytes) {
            break;
        }
        bytes += row.text.len();
        rows += 1;
        writer.write_record([&row.case, &row.incident, &row.date, &row.text])?;
    }
    writer.flush()?;
    Ok((rows, bytes))
}
