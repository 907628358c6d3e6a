//! What can be typed. One place for every option, its help and its default.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::terminal::ColorChoice;

/// Finds indicators of coercive control and of suicide risk in incident narratives, follows them
/// across the incidents of a case, and writes reports for a human to review.
///
/// It works offline: it never opens a network connection, and nothing leaves this machine. Its
/// findings are prompts to read, never a score or a grade of anybody's risk.
#[derive(Debug, Parser)]
#[command(name = "throughline", version, max_term_width = 100)]
pub struct Cli {
    /// Colours in the terminal.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: ColorChoice,
    /// Files and folders that are made may be read by others as the system has it; without this they
    /// are for you alone.
    #[arg(long, global = true)]
    pub shared_output: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan narratives and write reports by case. The main job.
    Scan(ScanArgs),
    /// Show one narrative: every match, its cues and scope, what was set aside and why.
    Explain(ExplainArgs),
    /// Score against labelled narratives, per category and per axis.
    Evaluate(EvaluateArgs),
    /// Check, list, show, test or export the rule files.
    Lexicon(LexiconArgs),
    /// Read reviewers' decisions back: precision by rule, agreement, proposals, gold file.
    Review(ReviewArgs),
    /// Draw a random sample of records without evidence to read, and estimate what is missed.
    Sample(SampleArgs),
    /// Show cases and evidence gained or lost between two runs, and the rules responsible.
    Compare(CompareArgs),
    /// Write the method statement of a run, for disclosure and transparency records.
    Statement(StatementArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

/// Which lexicon to use.
#[derive(Clone, Debug, Default, Args)]
pub struct LexiconChoice {
    /// Rule files in this folder instead of the built-in ones.
    #[arg(long, value_name = "DIR", env = "THROUGHLINE_LEXICON")]
    pub lexicon: Option<PathBuf>,
    /// Rule files in this folder besides; a file of the same path replaces the one there was.
    #[arg(long, value_name = "DIR")]
    pub lexicon_add: Vec<PathBuf>,
}

/// Options of `scan`.
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Files, folders (searched at any depth, in order of name), patterns such as 'logs/*.csv', or `-`
    /// for standard input. Packed with gzip or zstd or not.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Output folder; made if missing. A folder that holds a run is refused without --force.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Replace a former run in the output folder.
    #[arg(long)]
    pub force: bool,
    /// Go on with a run that was interrupted in the output folder; input, lexicon and options must be
    /// those of that run. Without one, begin.
    #[arg(long, conflicts_with = "force")]
    pub resume: bool,
    /// Replace a former run even if its files were changed since, as by reviewers' decisions; without
    /// this such a run is never replaced.
    #[arg(long)]
    pub discard_review: bool,
    /// How to read the input.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Which lexicon.
    #[command(flatten)]
    pub lexicon: LexiconChoice,
    /// Sentences, one a line, whose mentions are set aside: form text, leaflets, standard endings.
    #[arg(long, value_name = "FILE")]
    pub mute: Option<PathBuf>,
    /// What to write: csv, jsonl, parquet, html, xlsx.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "csv,html"
    )]
    pub format: Vec<String>,
    /// Besides, a folder for each flagged case with its page and its evidence, in `per_case`.
    #[arg(long)]
    pub per_case: bool,
    /// Mask names, phone numbers, e-mail and postal addresses and other personal identifiers in all
    /// that is written. It can miss some: read before you share.
    #[arg(long, conflicts_with = "link_names")]
    pub redact: bool,
    /// Worker threads [default: all cores].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub jobs: usize,
    /// CSV without byte-order mark and without the guard before formula characters.
    #[arg(long)]
    pub raw_csv: bool,
    /// Join records into cases by the values of these columns, across case references too. `+` between
    /// columns compares their values with each other: victim_id+suspect_id.
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    pub link_by: Vec<String>,
    /// Write the table `link_proposals`: full names that stand in several cases. Nothing is joined by them.
    #[arg(long)]
    pub link_names: bool,
    /// A tick-box column to put beside the text: NAME=CATEGORY[,CATEGORY]; NAME:CODE=CATEGORY for a
    /// column of codes. May be given several times.
    #[arg(long, value_name = "NAME=CATEGORY")]
    pub coded_column: Vec<String>,
    /// A file with one such entry a line; lines that begin with # are left out.
    #[arg(long, value_name = "FILE")]
    pub coded_columns: Option<PathBuf>,
    /// Write the table `coverage`: texts that are empty, very short or perhaps cut short.
    #[arg(long)]
    pub coverage: bool,
    /// Cases that a page of the report holds at most; the rest go on in report-2.html and so on.
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub report_cases: usize,
    /// Where the incidents were, for the legal tests beside response checks.
    #[arg(long, value_name = "NAME", default_value = "england_and_wales")]
    pub jurisdiction: String,
    /// Stop, with status 2, where a larger share of an input is of no use (rejected, or without text):
    /// a wrong column is likelier than such data. Judged from 20 records on, at the end of an input and
    /// after 10,000 records.
    #[arg(long, value_name = "SHARE", default_value = "90%", value_parser = super::inputs::rejects_limit)]
    pub rejects_limit: f64,
    /// Exit with status 1 if a case reaches this tier.
    #[arg(long, value_name = "TIER", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub fail_on: Option<u8>,
    /// Print only errors.
    #[arg(long, short)]
    pub quiet: bool,
}

/// How to read the input.
#[derive(Clone, Debug, Args)]
pub struct ReadArgs {
    /// csv, tsv, jsonl, json, parquet, xlsx, ods, txt or docx [default: by extension and first bytes].
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<String>,
    /// Narrative columns, read in this order [default: guessed from the header].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub text_column: Vec<String>,
    /// Column of case references [default: guessed; without one each record is its own case].
    #[arg(long, value_name = "NAME")]
    pub case_column: Option<String>,
    /// Column of incident references [default: guessed; without one the record number].
    #[arg(long, value_name = "NAME")]
    pub id_column: Option<String>,
    /// Column of incident dates [default: guessed].
    #[arg(long, value_name = "NAME")]
    pub date_column: Option<String>,
    /// Columns of people's names, which --redact masks in the texts as well.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub name_columns: Vec<String>,
    /// Column of the dates of reports, apart from those of incidents [default: guessed].
    #[arg(long, value_name = "NAME")]
    pub reported_column: Option<String>,
    /// Column of risk grades [default: guessed].
    #[arg(long, value_name = "NAME")]
    pub grade_column: Option<String>,
    /// Column of outcomes [default: guessed].
    #[arg(long, value_name = "NAME")]
    pub outcome_column: Option<String>,
    /// Column of areas (force, district, beat, ward …), to filter cases by in the report [default: guessed].
    #[arg(long, value_name = "NAME")]
    pub area_column: Option<String>,
    /// Character encoding: auto, utf-8, windows-1252, utf-16le … A byte-order mark outranks it.
    #[arg(long, value_name = "LABEL", default_value = "auto")]
    pub encoding: String,
    /// Reject a record in which a character cannot be decoded [default: the character is replaced and
    /// counted]. The run goes on.
    #[arg(long)]
    pub strict: bool,
    /// Sheet of a workbook [default: the only one that has a narrative column].
    #[arg(long, value_name = "NAME|N")]
    pub sheet: Option<String>,
    /// A record over this size is rejected, without being read into memory as a whole.
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024 * 1024)]
    pub max_record_bytes: usize,
    /// A workbook or Word document that unpacks to more than this is refused; so is one that unpacks
    /// to over a hundred times its size, if that is more than a 32nd of this.
    #[arg(long, value_name = "BYTES", default_value_t = 512 * 1024 * 1024)]
    pub max_sheet_bytes: u64,
}

/// Options of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The narrative itself; `-` reads it from standard input.
    #[arg(
        value_name = "TEXT",
        required_unless_present = "input",
        conflicts_with = "input"
    )]
    pub text: Option<String>,
    /// Read the narrative from this file instead.
    #[arg(long, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Incident reference of the record to explain [default: the first record].
    #[arg(long, value_name = "ID", requires = "input")]
    pub id: Option<String>,
    /// How to read the input.
    #[command(flatten)]
    pub read: ReadArgs,
    /// Which lexicon.
    #[command(flatten)]
    pub lexicon: LexiconChoice,
}

/// Options of `evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// Gold files (JSONL, one labelled narrative a line).
    #[arg(value_name = "GOLD", required_unless_present = "assertion")]
    pub gold: Vec<PathBuf>,
    /// Score the context stage alone: a CSV file with the columns `id, condition, text, negation,
    /// temporality`, where the condition is the target.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["gold", "category"])]
    pub assertion: Option<PathBuf>,
    /// Only this category.
    #[arg(long, value_name = "ID")]
    pub category: Option<String>,
    /// Only the third of the documents that is kept aside, or the two thirds that rules may be learnt
    /// from; a hash of the document's id decides.
    #[arg(long, value_name = "PART", conflicts_with = "assertion")]
    pub part: Option<Part>,
    /// Write every false positive and false negative with its quote, tab-separated.
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Which lexicon.
    #[command(flatten)]
    pub lexicon: LexiconChoice,
}

/// A part of the labelled narratives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Two thirds, to learn from.
    Learn,
    /// A third, never read while rules are written.
    Kept,
}

/// Options of `lexicon`.
#[derive(Debug, Args)]
pub struct LexiconArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub action: LexiconAction,
}

/// A form in which `lexicon export` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportForm {
    /// Words and phrases with category and rule, as TSV.
    Terms,
    /// Rules of medspaCy, as JSON.
    Medspacy,
}

/// What to do with a lexicon.
#[derive(Debug, Subcommand)]
pub enum LexiconAction {
    /// Report every problem in the files, with file, line, column and a fix.
    Check(LexiconChoice),
    /// Run the examples in the files.
    Test {
        /// Only rules and modifiers whose id begins so.
        #[arg(long, value_name = "PREFIX", default_value = "")]
        rule: String,
        /// Which lexicon.
        #[command(flatten)]
        lexicon: LexiconChoice,
    },
    /// List categories and rules.
    List {
        /// Only this category.
        #[arg(long, value_name = "ID")]
        category: Option<String>,
        /// Which rules cover which behaviours of published lists.
        #[arg(long, conflicts_with = "category")]
        behaviours: bool,
        /// Which lexicon.
        #[command(flatten)]
        lexicon: LexiconChoice,
    },
    /// Write the lexicon in the form of another program, as far as that form can hold it. How much of it
    /// was left out, and why, is told on standard error and in the file.
    Export {
        /// `terms`: words and phrases with category and rule, as TSV. `medspacy`: rules of medspaCy, as JSON.
        #[arg(long, value_enum, value_name = "FORM")]
        format: ExportForm,
        /// Write to this file instead of to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Which lexicon.
        #[command(flatten)]
        lexicon: LexiconChoice,
    },
    /// Learn the table of weights anew from marked texts, and say what it finds in texts that it was not
    /// learnt from.
    Learn {
        /// Files or folders of marked texts (`.txt`; batches `.tsv`; labelled narratives `.jsonl`).
        #[arg(value_name = "TEXTS", required = true)]
        texts: Vec<PathBuf>,
        /// Marked texts that teach what words weigh but bring no words: what stands only in them stays out of the
        /// table. For texts that may not be passed on.
        #[arg(long, value_name = "TEXTS")]
        besides: Vec<PathBuf>,
        /// Write the table to this file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// How many right findings one wrong finding is worth, where thresholds are set.
        #[arg(long, value_name = "N", default_value_t = 0.5)]
        wrong_costs: f64,
        /// How many wrong findings of rules one right one is worth, where they are set aside.
        #[arg(long, value_name = "N", default_value_t = 2.5)]
        right_costs: f64,
        /// What part of the sum of the whole text is added to that of a sentence.
        #[arg(long, value_name = "PART", default_value_t = 0.1)]
        share: f32,
        /// What share of its findings must be right, in texts that it was not written for, that a rule is trusted:
        /// weights never set aside what it finds.
        #[arg(long, value_name = "SHARE", default_value_t = 0.82)]
        trusted: f64,
        /// How many times as much a sentence of `--besides` on the wrong side costs as one of the others.
        #[arg(long, value_name = "N", default_value_t = 3.0)]
        besides_cost: f32,
        /// Leave a feature out that stands in fewer texts.
        #[arg(long, value_name = "N", default_value_t = 3)]
        least_texts: u32,
        /// Leave a feature out that weighs less.
        #[arg(long, value_name = "WEIGHT", default_value_t = 0.2)]
        least_weight: f32,
        /// What a sentence on the wrong side costs, beside large weights.
        #[arg(long, value_name = "N", default_value_t = 0.5)]
        cost: f32,
        /// Which lexicon.
        #[command(flatten)]
        lexicon: LexiconChoice,
    },
    /// Show a category or rule in full.
    Show {
        /// Id of a category, rule or modifier.
        id: String,
        /// Which lexicon.
        #[command(flatten)]
        lexicon: LexiconChoice,
    },
}

/// Options of `review`.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    /// Reviewed files: evidence.csv or cases.csv with the reviewer's columns filled in, or
    /// reviewed.csv. `NAME=FILE` names the reviewer of rows that name none [default: the file's name].
    #[arg(value_name = "REVIEWED", required = true)]
    pub files: Vec<String>,
    /// Folder of the run [default: the one in which a reviewed file lies].
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// Write precision, agreement, disagreements, proposals and false positives as CSV into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Add the decided texts to this gold file (JSONL) for `evaluate`; the sentences of the evidence,
    /// or with --input the whole narratives.
    #[arg(long, value_name = "FILE")]
    pub gold: Option<PathBuf>,
    /// The inputs of the run, for the gold file.
    #[arg(long, value_name = "INPUT", requires = "gold", num_args = 1..)]
    pub input: Vec<PathBuf>,
    /// Which lexicon.
    #[command(flatten)]
    pub lexicon: LexiconChoice,
}

/// Options of `sample`.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// The inputs of the run [default: as its manifest names them].
    #[arg(long, value_name = "INPUT", num_args = 1..)]
    pub input: Vec<PathBuf>,
    /// Write the sample to this file (CSV); without it, only say how many to read.
    #[arg(long, value_name = "FILE.csv", conflicts_with = "read")]
    pub out: Option<PathBuf>,
    /// Records to draw [default: as many as --rate and --margin ask for].
    #[arg(long, value_name = "N")]
    pub n: Option<usize>,
    /// Seed of the draw: the same seed gives the same records.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Guessed share of records without evidence in which something is missed.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, value_parser = share)]
    pub rate: f64,
    /// How closely to know it: ± this share.
    #[arg(long, value_name = "SHARE", default_value_t = 0.03, value_parser = share)]
    pub margin: f64,
    /// Read the sample back with its decisions, and estimate what is missed.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub read: Vec<PathBuf>,
    /// Decisions on what was flagged, as `review` reads them, to estimate recall.
    #[arg(long, value_name = "REVIEWED", num_args = 1.., requires = "read")]
    pub reviewed: Vec<String>,
}

fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if share > 0.0 && share < 1.0 => Ok(share),
        _ => Err("a share between 0 and 1, such as 0.05".to_owned()),
    }
}

/// Options of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Folder of the run to compare from.
    #[arg(value_name = "RUN_A")]
    pub run_a: PathBuf,
    /// Folder of the run to compare to.
    #[arg(value_name = "RUN_B")]
    pub run_b: PathBuf,
    /// What to write: text goes to standard output, csv and html into --out.
    #[arg(
        long,
        value_enum,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "text"
    )]
    pub format: Vec<CompareFormat>,
    /// Folder for csv and html.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// A form of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum CompareFormat {
    /// On standard output, without quotes.
    Text,
    /// changed_cases.csv, changed_evidence.csv, changed_rules.csv, changed_checks.csv.
    Csv,
    /// comparison.html, one file without script or network.
    Html,
}

/// Options of `statement`.
#[derive(Debug, Args)]
pub struct StatementArgs {
    /// Folder of the run.
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Write to this file (Markdown) [default: standard output].
    #[arg(long, value_name = "FILE.md")]
    pub out: Option<PathBuf>,
    /// Decisions on the run, as `review` reads them, for its measured precision.
    #[arg(long, value_name = "REVIEWED", num_args = 1..)]
    pub reviewed: Vec<String>,
    /// A sample of the run with its decisions, as `sample --read` reads it, for what is missed.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub sample: Vec<PathBuf>,
}
