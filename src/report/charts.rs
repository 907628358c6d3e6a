//! What the charts of the report's overview show: indicators over time, categories that stand
//! together in cases, response checks by status. All count the cases of the page, so that a chart and
//! the list that it leads to agree. Only lengths and places are worked out here; the page draws.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::html::{evidence, per_cent};
use super::rows::ReportData;
use crate::assertion::Group;

/// The groups in the order of the page, and how a chart names them.
const GROUPS: [(Group, &str); 3] = [
    (Group::Abuse, "Coercive control and domestic abuse"),
    (Group::Suicide, "Suicide and self-harm"),
    (Group::Context, "Context"),
];

fn group_number(group: Group) -> usize {
    GROUPS.iter().position(|g| g.0 == group).unwrap_or(2)
}

fn groups_of(data: &ReportData) -> BTreeMap<&str, Group> {
    let categories = data.categories.iter();
    categories.map(|c| (c.id.as_str(), c.group)).collect()
}

// ---------------------------------------------------------------- over time

/// Months beyond which the chart counts by year.
const MOST_MONTHS: usize = 72;
/// Years beyond which only those with evidence have a column.
const MOST_YEARS: usize = 60;
/// Height of the bars of one group, in units of the drawing.
const ROW: usize = 64;
/// From one group's base to the next, title and air included.
const ROW_STEP: usize = ROW + 34;
/// Room for the label of a column.
const LABEL: usize = 66;
/// Left of the first column: room for the scale.
const MARGIN: usize = 44;

/// Mentions by month (or year) and group.
#[derive(Debug, Serialize)]
pub(super) struct OverTime {
    unit: &'static str,
    columns: Vec<Column>,
    rows: Vec<Row>,
    undated: usize,
    width: usize,
    height: usize,
}

/// A month or year.
#[derive(Debug, Serialize)]
struct Column {
    label: String,
    /// First and last day, for the filter.
    from: String,
    to: String,
    /// Mentions by group.
    counts: [usize; 3],
    x: usize,
    width: usize,
    /// Whether there is room for its label.
    labelled: bool,
}

/// The bars of one group.
#[derive(Debug, Serialize)]
struct Row {
    group: Group,
    title: &'static str,
    most: usize,
    /// Where the bars stand.
    base: usize,
    bars: Vec<Rectangle>,
}

#[derive(Debug, Serialize)]
struct Rectangle {
    x: usize,
    y: usize,
    width: usize,
    height: usize,
}

impl OverTime {
    /// `None` if no evidence has a date.
    pub fn of(data: &ReportData) -> Option<Self> {
        let groups = groups_of(data);
        let mut months: BTreeMap<(i32, u32), [usize; 3]> = BTreeMap::new();
        let mut undated = 0;
        for incident in data.cases.iter().flat_map(|case| &case.incidents) {
            for mention in evidence(incident) {
                let Some(month) = month_of(&incident.iso_date) else {
                    undated += 1;
                    continue;
                };
                let group = groups.get(mention.category.as_str());
                let number = group_number(group.copied().unwrap_or(Group::Context));
                months.entry(month).or_default()[number] += 1;
            }
        }
        let (first, last) = (*months.keys().next()?, *months.keys().next_back()?);
        let span = (last.0 - first.0) * 12 + last.1 as i32 - first.1 as i32 + 1;
        let (unit, counted) = if span as usize <= MOST_MONTHS {
            ("month", by_month(&months, first, span))
        } else {
            ("year", by_year(&months, first.0, last.0))
        };
        Some(Self::lay_out(unit, counted, undated))
    }

    fn lay_out(unit: &'static str, counted: Vec<(Period, [usize; 3])>, undated: usize) -> Self {
        let slot = (880 / counted.len()).clamp(11, 48);
        let every = LABEL.div_ceil(slot);
        let width = (MARGIN + counted.len() * slot).max(420);
        let columns: Vec<Column> = counted
            .into_iter()
            .enumerate()
            .map(|(at, (period, counts))| Column {
                label: period.label(),
                from: period.first_day(),
                to: period.last_day(),
                counts,
                x: MARGIN + at * slot,
                width: slot,
                labelled: at % every == 0 && MARGIN + at * slot + LABEL <= width + 4,
            })
            .collect();
        let rows: Vec<Row> = GROUPS
            .iter()
            .enumerate()
            .filter_map(|(number, &(group, title))| {
                let most = columns.iter().map(|c| c.counts[number]).max()?;
                (most > 0).then_some((number, group, title, most))
            })
            .enumerate()
            .map(|(at, (number, group, title, most))| {
                let base = (at + 1) * ROW_STEP;
                let bar = |column: &Column| {
                    let count = column.counts[number];
                    // What was found at all is seen.
                    let height = (count * ROW / most).max(usize::from(count > 0) * 2);
                    Rectangle {
                        x: column.x + 1,
                        y: base - height,
                        width: column.width - 2,
                        height,
                    }
                };
                let bars = columns.iter().map(bar).filter(|b| b.height > 0).collect();
                Row {
                    group,
                    title,
                    most,
                    base,
                    bars,
                }
            })
            .collect();
        Self {
            unit,
            width,
            height: rows.len() * ROW_STEP + 24,
            columns,
            rows,
            undated,
        }
    }
}

/// A month, or a year where the month is `None`.
#[derive(Clone, Copy, Debug)]
struct Period {
    year: i32,
    month: Option<u32>,
}

impl Period {
    fn label(self) -> String {
        const NAMES: [&str; 12] = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ];
        match self.month {
            Some(month) => format!("{} {:04}", NAMES[month as usize - 1], self.year),
            None => format!("{:04}", self.year),
        }
    }

    fn first_day(self) -> String {
        format!("{:04}-{:02}-01", self.year, self.month.unwrap_or(1))
    }

    fn last_day(self) -> String {
        let month = self.month.unwrap_or(12);
        let days = jiff::civil::Date::new(self.year as i16, month as i8, 1)
            .map_or(31, jiff::civil::Date::days_in_month);
        format!("{:04}-{month:02}-{days:02}", self.year)
    }
}

/// Year and month of a date as the report writes it.
fn month_of(iso_date: &str) -> Option<(i32, u32)> {
    let mut parts = iso_date.split('-');
    let year = parts.next()?.parse().ok()?;
    let month = parts.next()?.parse().ok()?;
    ((0..=9999).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

fn by_month(
    months: &BTreeMap<(i32, u32), [usize; 3]>,
    first: (i32, u32),
    span: i32,
) -> Vec<(Period, [usize; 3])> {
    (0..span)
        .map(|step| {
            let number = first.0 * 12 + first.1 as i32 - 1 + step;
            let (year, month) = (number / 12, (number % 12 + 1) as u32);
            let period = Period {
                year,
                month: Some(month),
            };
            let counts = months.get(&(year, month)).copied();
            (period, counts.unwrap_or_default())
        })
        .collect()
}

fn by_year(
    months: &BTreeMap<(i32, u32), [usize; 3]>,
    first: i32,
    last: i32,
) -> Vec<(Period, [usize; 3])> {
    let mut years: BTreeMap<i32, [usize; 3]> = BTreeMap::new();
    if ((last - first) as usize) < MOST_YEARS {
        years.extend((first..=last).map(|year| (year, [0; 3])));
    }
    for ((year, _), counts) in months {
        let sum = years.entry(*year).or_default();
        for (sum, count) in sum.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    let period = |year| Period { year, month: None };
    years
        .into_iter()
        .map(|(y, counts)| (period(y), counts))
        .collect()
}

// ---------------------------------------------------------------- together

/// Categories that the matrix shows at most: those of most cases.
const MOST_CATEGORIES: usize = 25;
/// Side of a cell.
const CELL: usize = 25;
/// Letters of a name that the matrix has room for; the table and the pointer show all of it.
const NAME_LETTERS: usize = 60;

/// Room for the longest of the names beside the rows, and for the number after each.
fn room_for(names: &[String]) -> usize {
    let letters = names.iter().map(|name| name.chars().count()).max();
    (letters.unwrap_or(0) * 66 / 10).max(90) + 34
}

/// A name of a row, cut between words if it is too long.
fn short_name(title: &str) -> String {
    if title.chars().count() <= NAME_LETTERS {
        return title.to_owned();
    }
    let cut: String = title.chars().take(NAME_LETTERS - 1).collect();
    let whole = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(words, _)| words);
    format!("{whole}…")
}

/// How many cases hold two categories.
#[derive(Debug, Serialize)]
pub(super) struct Together<'d> {
    /// In rows from the top and columns from the left.
    categories: Vec<Line<'d>>,
    cells: Vec<Cell>,
    /// Pairs with a case, most cases first.
    pairs: Vec<Pair<'d>>,
    /// Categories that were found and left out for room.
    left_out: usize,
    /// Left end of the cells.
    names: usize,
    width: usize,
    height: usize,
}

#[derive(Debug, Serialize)]
struct Line<'d> {
    title: &'d str,
    /// The title as far as there is room.
    name: String,
    group: Group,
    /// Top of its row; left of its column.
    y: usize,
    x: usize,
}

#[derive(Debug, Serialize)]
struct Cell {
    row: usize,
    column: usize,
    cases: usize,
    /// 1 to 5, by share of the largest; 0 on the diagonal.
    level: usize,
    x: usize,
    y: usize,
    href: String,
}

#[derive(Debug, Serialize)]
struct Pair<'d> {
    first: &'d str,
    second: &'d str,
    cases: usize,
    href: String,
}

impl<'d> Together<'d> {
    /// `None` if no case of the page holds two categories.
    pub fn of(data: &'d ReportData) -> Option<Self> {
        let told: Vec<BTreeSet<&str>> = data
            .cases
            .iter()
            .map(|case| {
                let mentions = case.incidents.iter().flat_map(evidence);
                mentions.map(|m| m.category.as_str()).collect()
            })
            .collect();
        let cases_with = |ids: &[&str]| {
            let holds = |set: &&BTreeSet<&str>| ids.iter().all(|id| set.contains(id));
            told.iter().filter(holds).count()
        };
        let mut found: Vec<_> = data
            .categories
            .iter()
            .map(|category| (cases_with(&[&category.id]), category))
            .filter(|(cases, _)| *cases > 0)
            .collect();
        found.sort_by_key(|(cases, _)| std::cmp::Reverse(*cases));
        let left_out = found.len().saturating_sub(MOST_CATEGORIES);
        found.truncate(MOST_CATEGORIES);
        found.sort_by_key(|(_, category)| group_number(category.group));

        let names: Vec<String> = found.iter().map(|(_, c)| short_name(&c.title)).collect();
        let left = room_for(&names);
        let mut cells = Vec::new();
        let mut pairs = Vec::new();
        for (row, (own, category)) in found.iter().enumerate() {
            for (column, (_, other)) in found[..=row].iter().enumerate() {
                let alone = row == column;
                let cases = if alone {
                    *own
                } else {
                    cases_with(&[&category.id, &other.id])
                };
                if cases == 0 {
                    continue;
                }
                let href = if alone {
                    format!("#category={}", super::html::fragment(&category.id))
                } else {
                    let [one, two] = [&other.id, &category.id].map(|id| super::html::fragment(id));
                    format!("#category={one}&also={two}")
                };
                if !alone {
                    pairs.push(Pair {
                        first: &other.title,
                        second: &category.title,
                        cases,
                        href: href.clone(),
                    });
                }
                cells.push(Cell {
                    row,
                    column,
                    cases,
                    level: usize::from(!alone),
                    x: left + column * CELL,
                    y: CELL + row * CELL,
                    href,
                });
            }
        }
        let most = pairs.iter().map(|pair| pair.cases).max()?;
        for cell in cells.iter_mut().filter(|cell| cell.level > 0) {
            cell.level = (cell.cases * 5).div_ceil(most);
        }
        pairs.sort_by_key(|pair| std::cmp::Reverse(pair.cases));
        let side = found.len() * CELL;
        let categories = found.iter().zip(names).enumerate();
        Some(Self {
            categories: categories
                .map(|(at, ((_, category), name))| Line {
                    title: &category.title,
                    name,
                    group: category.group,
                    y: CELL + at * CELL,
                    x: left + at * CELL,
                })
                .collect(),
            cells,
            pairs,
            left_out,
            names: left,
            width: left + side + 4,
            height: CELL + side + 4,
        })
    }
}

// ---------------------------------------------------------------- response checks

/// Response checks by status.
#[derive(Debug, Serialize)]
pub(super) struct Checks<'d> {
    checks: Vec<CheckBar<'d>>,
}

#[derive(Debug, Serialize)]
struct CheckBar<'d> {
    title: &'d str,
    parts: [Part; 3],
}

/// The cases with one status of a check; a case may have several.
#[derive(Debug, Serialize)]
struct Part {
    status: &'static str,
    cases: usize,
    /// Left end and length, in per cent of the longest bar.
    x: String,
    width: String,
    href: String,
}

/// In the order of the columns: what asks for a look first.
const STATUSES: [&str; 3] = ["stated_not_done", "no_mention_found", "done"];

impl<'d> Checks<'d> {
    /// `None` if the cases of the page have no findings.
    pub fn of(data: &'d ReportData) -> Option<Self> {
        let mut checks: BTreeMap<&str, (&str, [usize; 3])> = BTreeMap::new();
        for case in &data.cases {
            let own = case.checks.iter();
            let own: BTreeSet<_> = own
                .map(|c| (c.check.as_str(), c.title.as_str(), c.status))
                .collect();
            for (id, title, status) in own {
                let Some(column) = STATUSES.iter().position(|s| *s == status) else {
                    continue;
                };
                checks.entry(id).or_insert((title, [0; 3])).1[column] += 1;
            }
        }
        let sum = |counts: &[usize; 3]| counts.iter().sum::<usize>();
        let longest = checks.values().map(|(_, counts)| sum(counts)).max()?;
        let mut rows: Vec<_> = checks.into_iter().collect();
        rows.sort_by_key(|(id, (_, counts))| (std::cmp::Reverse((counts[0], sum(counts))), *id));
        let bar = |(id, (title, counts)): (&str, (&'d str, [usize; 3]))| {
            let mut before = 0;
            let parts = [0, 1, 2].map(|column| {
                let cases = counts[column];
                let part = Part {
                    status: STATUSES[column],
                    cases,
                    x: per_cent(before as u64, longest as u64),
                    width: per_cent(cases as u64, longest as u64),
                    href: format!(
                        "#check={}",
                        super::html::fragment(&format!("{id}:{}", STATUSES[column]))
                    ),
                };
                before += cases;
                part
            });
            CheckBar { title, parts }
        };
        Some(Self {
            checks: rows.into_iter().map(bar).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_without_evidence_keep_their_column() {
        let months = [((2030, 11), [1, 0, 0]), ((2031, 2), [0, 2, 0])].into();
        let chart = OverTime::lay_out("month", by_month(&months, (2030, 11), 4), 0);
        let told: Vec<_> = chart
            .columns
            .iter()
            .map(|c| (c.label.as_str(), c.to.as_str(), c.counts))
            .collect();
        assert_eq!(
            told,
            [
                ("Nov 2030", "2030-11-30", [1, 0, 0]),
                ("Dec 2030", "2030-12-31", [0, 0, 0]),
                ("Jan 2031", "2031-01-31", [0, 0, 0]),
                ("Feb 2031", "2031-02-28", [0, 2, 0]),
            ]
        );
        let rows: Vec<_> = chart.rows.iter().map(|r| (r.group, r.bars.len())).collect();
        assert_eq!(rows, [(Group::Abuse, 1), (Group::Suicide, 1)]);
    }

    #[test]
    fn a_stray_year_does_not_stretch_the_chart() {
        let months = [((1031, 1), [1, 0, 0]), ((2031, 2), [0, 2, 0])].into();
        let years: Vec<_> = by_year(&months, 1031, 2031)
            .into_iter()
            .map(|(period, counts)| (period.label(), counts))
            .collect();
        assert_eq!(
            years,
            [
                ("1031".to_owned(), [1, 0, 0]),
                ("2031".to_owned(), [0, 2, 0])
            ]
        );
    }
}
