//! The table of weights as a file: one feature a line, to be read and changed by hand.
//!
//! ```text
//! # comment
//! :categories<tab> isolation <tab> threats … <tab> @abuse
//! :belongs   <tab> @abuse    <tab> @abuse  … <tab> @abuse
//! :bias      <tab> -1.02     <tab> -0.98   … <tab> -0.40
//! :threshold <tab> 0.10      <tab> 0.15    … <tab> 0.00
//! :keep      <tab> -0.90     <tab> -1.10   … <tab> 0.00
//! :share     <tab> 0.25
//! :alone     <tab> 0.20
//! :account   <tab> 0.15 <tab> -0.40
//! :trusted   <tab> threats.kill <tab> …
//! :function  <tab> the a an of …
//! won't let  <tab> 1 0.84 <tab> 2 -0.12
//! card ~ purse <tab> 4 1.10
//! ```
//!
//! A threshold can be `never`: nothing is found by weight, but what rules find may be set aside.
//!
//! Words of a feature stand in a row, or, with ` ~ ` between them, near each other. Categories have the numbers of their places in
//! `:categories`, from 1 (a name does as well): the table is too large for names. A category that begins with `@` stands
//! for all that belong to it: its weights are those of a whole text. What a trusted rule finds is never set aside.

use super::features::{self, Feature, Term};
use super::model::Weigher;
use crate::segment::Shape;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How shapes of words are written in the table.
pub(crate) const SHAPES: [(Shape, &str); 3] = [
    (Shape::Number, "#number"),
    (Shape::Time, "#time"),
    (Shape::Times, "#times"),
];

/// A threshold that no sum reaches: nothing is found, but what rules find may be set aside.
pub(crate) const NEVER: i32 = i32::MAX;

/// Whether a category of the table is what is said of a response check.
pub(crate) fn is_of_check(id: &str) -> bool {
    id.starts_with(crate::lexicon::OF_CHECK)
}

/// What stands between the words of a pair.
const NEAR: &str = " ~ ";

/// A table as it is read, before its categories are tied to those of a lexicon.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Ids of the categories; those of whole texts begin with `@`.
    pub categories: Vec<String>,
    /// By category the index of that of the whole text.
    pub belongs: Vec<usize>,
    /// What is added to every sum, by category, in hundredths.
    pub bias: Vec<i32>,
    /// What a sum must reach, by category, in hundredths; [`NEVER`] written `never`.
    pub threshold: Vec<i32>,
    /// Below what sum a mention that a rule found is set aside, by category, in hundredths.
    pub keep: Vec<i32>,
    /// What part of the sum of the whole text is added to that of a sentence, in hundredths.
    pub share: i32,
    /// How much more than the threshold, in hundredths, a sentence must weigh in a text in which nothing else is found.
    pub alone: i32,
    /// What is added to each threshold and to each `keep` of an indicator, in hundredths, where somebody tells their own story.
    pub account: [i32; 2],
    /// Words, in the order of their numbers, which begin at 1.
    pub words: Vec<String>,
    /// Which of them carry no content.
    pub function: Vec<Term>,
    /// Ids of the rules whose findings are not set aside, whatever the words weigh.
    pub trusted: Vec<String>,
    /// Weights in hundredths by feature and index of the category.
    pub weights: BTreeMap<Feature, Vec<(u8, i16)>>,
}

/// A line of a table that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadLine {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(text: &str) -> Result<Self, BadLine> {
        let mut table = Self::default();
        let mut numbers = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let own = line.trim_end();
            if own.is_empty() || own.starts_with('#') {
                continue;
            }
            table
                .read_line(own, &mut numbers)
                .map_err(|message| BadLine {
                    line: index + 1,
                    message,
                })?;
        }
        let rows = [
            table.belongs.len(),
            table.bias.len(),
            table.threshold.len(),
            table.keep.len(),
        ];
        if table.categories.is_empty() || rows != [table.categories.len(); 4] {
            let message = "`categories`, `belongs`, `bias`, `threshold` and `keep` must have as many entries, one at least";
            return Err(BadLine {
                line: 1,
                message: message.to_owned(),
            });
        }
        Ok(table)
    }

    fn read_line(
        &mut self,
        line: &str,
        numbers: &mut BTreeMap<String, Term>,
    ) -> Result<(), String> {
        let mut cells = line.split('\t');
        let head = cells.next().unwrap_or_default();
        match head {
            ":categories" if self.categories.is_empty() => {
                self.categories = cells.map(str::to_owned).collect();
                if !self.categories.is_sorted_by_key(|id| id.starts_with('@')) {
                    return Err("categories of whole texts stand behind the others".to_owned());
                }
                if self.categories.len() > usize::from(u8::MAX) {
                    return Err("more than 255 categories".to_owned());
                }
            }
            ":bias" if self.bias.is_empty() => {
                self.bias = cells.map(hundredths).collect::<Result<_, _>>()?;
            }
            ":belongs" if self.belongs.is_empty() => {
                for id in cells {
                    let whole = self.categories.iter().position(|c| c == id);
                    let whole = whole.filter(|_| id.starts_with('@'));
                    self.belongs.push(
                        whole.ok_or_else(|| format!("`{id}` is no category of whole texts"))?,
                    );
                }
            }
            ":keep" if self.keep.is_empty() => {
                self.keep = cells.map(hundredths).collect::<Result<_, _>>()?;
            }
            ":share" => self.share = hundredths(cells.next().unwrap_or_default())?,
            ":alone" => self.alone = hundredths(cells.next().unwrap_or_default())?,
            ":account" => {
                for own in &mut self.account {
                    *own = hundredths(cells.next().unwrap_or_default())?;
                }
            }
            ":threshold" if self.threshold.is_empty() => {
                let threshold = |cell| match cell {
                    "never" => Ok(NEVER),
                    cell => hundredths(cell),
                };
                self.threshold = cells.map(threshold).collect::<Result<_, _>>()?;
            }
            ":trusted" if self.trusted.is_empty() => {
                self.trusted = cells.map(str::to_owned).collect();
            }
            ":function" if self.function.is_empty() => {
                for word in cells.flat_map(str::split_whitespace) {
                    let term = self.number(word, numbers)?;
                    self.function.push(term);
                }
            }
            _ => {
                let feature = self.feature(head, numbers)?;
                let mut own = Vec::new();
                for cell in cells {
                    let (id, weight) = cell
                        .split_once(' ')
                        .ok_or_else(|| format!("`{cell}` is no category and weight"))?;
                    let category = match id.parse::<usize>() {
                        Ok(number) => number.checked_sub(1).filter(|c| *c < self.categories.len()),
                        Err(_) => self.categories.iter().position(|c| c == id),
                    };
                    let category =
                        category.ok_or_else(|| format!("`{id}` is not among `:categories`"))?;
                    let weight = i16::try_from(hundredths(weight)?)
                        .map_err(|_| format!("the weight {weight} is too large"))?;
                    own.push((category as u8, weight));
                }
                own.sort_unstable();
                if self.weights.insert(feature, own).is_some() {
                    return Err(format!("`{head}` stands there twice"));
                }
            }
        }
        Ok(())
    }

    fn feature(
        &mut self,
        head: &str,
        numbers: &mut BTreeMap<String, Term>,
    ) -> Result<Feature, String> {
        if head.starts_with('[') {
            return Err(format!(
                "`{head}`: that a rule matches is no feature; learn the table anew"
            ));
        }
        let near = head.contains(NEAR);
        let parts = if near {
            head.split(NEAR).collect()
        } else {
            head.split(' ').collect::<Vec<_>>()
        };
        let terms = parts.iter().map(|word| self.number(word, numbers));
        let terms = terms.collect::<Result<Vec<Term>, _>>()?;
        match terms[..] {
            [first, second] if near => Ok(features::pair(first, second)),
            [_] | [_, _] | [_, _, _] if !near => Ok(features::row(&terms)),
            _ => Err(format!(
                "`{head}` is no one to three words, nor two with ~ between"
            )),
        }
    }

    fn number(&mut self, word: &str, numbers: &mut BTreeMap<String, Term>) -> Result<Term, String> {
        if word.is_empty() {
            return Err("an empty word".to_owned());
        }
        if let Some(term) = numbers.get(word) {
            return Ok(*term);
        }
        self.words.push(word.to_owned());
        let term =
            Term::try_from(self.words.len()).map_err(|_| "more than 65,535 words".to_owned())?;
        numbers.insert(word.to_owned(), term);
        Ok(term)
    }

    /// The table as text, features in the order of their words.
    pub fn write(&self, comment: &str) -> String {
        let mut out = String::new();
        for line in comment.lines() {
            let _ = writeln!(out, "# {line}");
        }
        let _ = writeln!(out, ":categories\t{}", self.categories.join("\t"));
        let whole: Vec<&str> = self
            .belongs
            .iter()
            .map(|whole| self.categories[*whole].as_str())
            .collect();
        let _ = writeln!(out, ":belongs\t{}", whole.join("\t"));
        let (share, alone) = ([self.share], [self.alone]);
        for (name, list) in [
            (":bias", &self.bias[..]),
            (":threshold", &self.threshold),
            (":keep", &self.keep),
            (":share", &share),
            (":alone", &alone),
            (":account", &self.account),
        ] {
            let cells: Vec<String> = list.iter().map(|n| decimal(*n)).collect();
            let _ = writeln!(out, "{name}\t{}", cells.join("\t"));
        }
        if !self.trusted.is_empty() {
            let _ = writeln!(out, ":trusted\t{}", self.trusted.join("\t"));
        }
        let word = |term: Term| self.words[usize::from(term) - 1].as_str();
        let function: Vec<&str> = self.function.iter().map(|t| word(*t)).collect();
        let _ = writeln!(out, ":function\t{}", function.join(" "));
        let mut lines: Vec<String> = Vec::with_capacity(self.weights.len());
        for (feature, weights) in &self.weights {
            let (words, near) = features::words(*feature);
            let words: Vec<&str> = words.map(word).collect();
            let mut line = words.join(if near { NEAR } else { " " });
            for (category, weight) in weights {
                let _ = write!(line, "\t{} {}", category + 1, decimal(i32::from(*weight)));
            }
            lines.push(line);
        }
        lines.sort_unstable();
        for line in lines {
            out.push_str(&line);
            out.push('\n');
        }
        out
    }

    /// The table as it is used. `category` and `rule` tell which category and rule of the lexicon an id
    /// stands for, `word` which word of its vocabulary a word is.
    pub fn weigher(
        &self,
        targets: impl Fn(&str) -> Option<(usize, Option<usize>)>,
        rule: impl Fn(&str) -> Option<usize>,
        known: impl Fn(&str) -> Option<u32>,
        vocabulary: usize,
    ) -> Weigher {
        let targets = self.categories.iter().map(|id| targets(id)).collect();
        let mut by_word = vec![0; vocabulary];
        for (index, word) in self.words.iter().enumerate() {
            if let Some(id) = known(word) {
                by_word[id as usize] = index as Term + 1;
            }
        }
        let trusted = self.trusted.iter().filter_map(|id| rule(id)).collect();
        Weigher::new(self, targets, trusted, by_word)
    }
}

/// A number with at most two places after the point, in hundredths.
fn hundredths(text: &str) -> Result<i32, String> {
    let bad = || format!("`{text}` is no number with two places");
    let number: f64 = text.parse().map_err(|_| bad())?;
    let scaled = (number * 100.0).round();
    if !scaled.is_finite() || scaled.abs() > 1e6 {
        return Err(bad());
    }
    Ok(scaled as i32)
}

fn decimal(hundredths: i32) -> String {
    if hundredths == NEVER {
        return "never".to_owned();
    }
    let sign = if hundredths < 0 { "-" } else { "" };
    let size = hundredths.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# by hand\n:categories\ta\t@b\n:belongs\t@b\t@b\n:bias\t-1.00\t-0.50\n:threshold\tnever\t0.20\n\
        :keep\t-1.00\t0.00\n:share\t0.25\n:alone\t0.20\n:account\t0.15\t-0.40\n:function\tthe of\ncard ~ purse\t1 1.10\nthe card\t1 -0.07\t2 0.30\n";

    #[test]
    fn what_is_written_is_what_was_read() {
        let named = TEXT.replace("purse\t1", "purse\ta");
        assert_eq!(Table::read(&named).expect("sound").write("by hand"), TEXT);
        let table = Table::read(TEXT).expect("sound");
        assert_eq!(table.write("by hand"), TEXT);
        assert_eq!(table.bias, [-100, -50]);
    }

    #[test]
    fn a_bad_line_is_named() {
        for (line, text) in [
            (12, TEXT.replace("the card\t1", "the card\tc")),
            (12, TEXT.replace("the card\t1", "the card\t3")),
            (12, TEXT.replace("the card\t1", "the card\t0")),
            (12, TEXT.replace("the card", "the card of purses held")),
            (11, TEXT.replace("1.10", "much")),
            (11, TEXT.replace("card ~ purse", "[threats.kill]")),
            (1, TEXT.replace("\t-0.50", "")),
            (1, String::new()),
            (2, TEXT.replace(":categories\ta\t@b", ":categories\t@b\ta")),
            (3, TEXT.replace(":belongs\t@b", ":belongs\ta")),
        ] {
            assert_eq!(Table::read(&text).expect_err("bad").line, line, "{text}");
        }
    }
}
