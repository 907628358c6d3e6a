//! Multiplies parsed patterns out into linear variants.

use super::classes::{ClassTable, Members};
use crate::lexicon::inflect::noun_forms;
use crate::lexicon::pattern::{Node, PatternError, parse};
use crate::matcher::{ClassId, Element, MOST_STEPS, Step, Variant};

/// Most variants that one pattern may multiply out to.
const MOST_VARIANTS: usize = 800;

type Sequence = Vec<Element>;

/// Where a pattern stands; it decides whether it may begin or end with a gap.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A pattern that finds something.
    Target,
    /// An exception that touches the match.
    Touching,
}

/// Compiles one pattern. Anchors are set later, when all classes are known.
pub(super) fn compile_pattern(
    text: &str,
    owner: u32,
    clause: bool,
    place: Place,
    table: &mut ClassTable,
) -> Result<Vec<Variant>, PatternError> {
    let whole = |message: String| PatternError {
        at: 0..text.len(),
        message,
    };
    let nodes = parse(text)?;
    let sequences = sequence(&nodes, table).map_err(|e| PatternError {
        at: e.0.unwrap_or(0..text.len()),
        message: e.1,
    })?;
    let mut variants = Vec::new();
    for elements in sequences {
        let solid = |e: &Element| matches!(e.step, Step::Word(_) | Step::Class(_));
        if !elements.iter().any(solid) {
            return Err(whole(
                "no word or class to start from: every part is optional or a gap".into(),
            ));
        }
        if elements.len() > MOST_STEPS {
            return Err(whole(format!("more than {MOST_STEPS} steps")));
        }
        let edge_gap = |e: Option<&Element>| matches!(e.map(|e| e.step), Some(Step::Gap { .. }));
        if place == Place::Target && (edge_gap(elements.first()) || edge_gap(elements.last())) {
            return Err(whole("a pattern does not begin or end with a gap: it would match no word there; take it out".into()));
        }
        variants.push(Variant {
            owner,
            elements: elements.into(),
            anchor: 0,
            clause,
        });
    }
    Ok(variants)
}

type Problem = (Option<std::ops::Range<usize>>, String);

fn sequence(nodes: &[Node], table: &mut ClassTable) -> Result<Vec<Sequence>, Problem> {
    let mut sequences: Vec<Sequence> = vec![Vec::new()];
    for node in nodes {
        let choices = choices(node, table)?;
        if sequences.len() * choices.len() > MOST_VARIANTS {
            return Err((
                None,
                format!(
                    "multiplies out to more than {MOST_VARIANTS} variants; put alternatives of single words or fixed phrases into a class"
                ),
            ));
        }
        sequences = sequences
            .iter()
            .flat_map(|head| {
                choices
                    .iter()
                    .map(move |tail| head.iter().chain(tail).copied().collect())
            })
            .collect();
    }
    Ok(sequences)
}

fn step(step: Step) -> Sequence {
    vec![Element { step, slot: None }]
}

fn choices(node: &Node, table: &mut ClassTable) -> Result<Vec<Sequence>, Problem> {
    match node {
        Node::Word(word) => {
            let words = table.literal(word).map_err(|e| (None, e))?;
            Ok(vec![
                words
                    .into_iter()
                    .map(|w| Element {
                        step: Step::Word(w),
                        slot: None,
                    })
                    .collect(),
            ])
        }
        Node::Verb(verb) => {
            let forms = table.verb(verb);
            Ok(vec![step(forms_step(&forms, table)?)])
        }
        Node::Noun(noun) => {
            let forms = noun_forms(noun);
            Ok(vec![step(forms_step(&forms, table)?)])
        }
        Node::Class { name, role, at } => {
            let class = find_class(name, at, table)?;
            Ok(vec![vec![Element {
                step: Step::Class(class),
                slot: *role,
            }]])
        }
        Node::Group(branches) => match flat_group(branches, table)? {
            Some(class) => Ok(vec![step(Step::Class(class))]),
            None => {
                let mut all = Vec::new();
                for branch in branches {
                    all.extend(sequence(branch, table)?);
                }
                Ok(all)
            }
        },
        Node::Optional(inner) => {
            let mut all = vec![Vec::new()];
            all.extend(choices(inner, table)?);
            Ok(all)
        }
        Node::Gap { min, max, except } => {
            let except = if except.is_empty() {
                None
            } else {
                Some(class_of(except, table)?)
            };
            Ok(vec![step(Step::Gap {
                min: *min,
                max: *max,
                except,
            })])
        }
        Node::NotNext(nodes) => Ok(vec![step(Step::NotNext(class_of(nodes, table)?))]),
        Node::Start => Ok(vec![step(Step::Start)]),
        Node::End => Ok(vec![step(Step::End)]),
    }
}

fn find_class(
    name: &str,
    at: &std::ops::Range<usize>,
    table: &mut ClassTable,
) -> Result<ClassId, Problem> {
    match name {
        "#num" | "#time" | "#times" | "#letter" => Ok(table.declare(name)),
        _ => table.named(name).ok_or_else(|| {
            let near = super::nearest(name, table.names());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            (
                Some(at.clone()),
                format!("no class is called `{name}`{hint}"),
            )
        }),
    }
}

fn forms_step(forms: &[String], table: &mut ClassTable) -> Result<Step, Problem> {
    let mut members = Members::default();
    for form in forms {
        members.add(table.literal(form).map_err(|e| (None, e))?);
    }
    Ok(Step::Class(table.anonymous(members)))
}

/// One class for a group whose branches are all fixed phrases or whole classes without a role.
fn flat_group(branches: &[Vec<Node>], table: &mut ClassTable) -> Result<Option<ClassId>, Problem> {
    let flat = |branch: &Vec<Node>| match branch.as_slice() {
        [Node::Class { role: None, .. }] => true,
        nodes => nodes.iter().all(is_literal),
    };
    if !branches.iter().all(flat) {
        return Ok(None);
    }
    let mut members = Members::default();
    for branch in branches {
        add_branch(branch, &mut members, table)?;
    }
    Ok(Some(table.anonymous(members)))
}

fn is_literal(node: &Node) -> bool {
    match node {
        Node::Word(_) | Node::Verb(_) | Node::Noun(_) => true,
        Node::Group(branches) => branches.iter().flatten().all(is_literal),
        Node::Optional(inner) => is_literal(inner),
        Node::Class { .. } | Node::Gap { .. } | Node::NotNext(_) | Node::Start | Node::End => false,
    }
}

fn add_branch(
    branch: &[Node],
    members: &mut Members,
    table: &mut ClassTable,
) -> Result<(), Problem> {
    if let [Node::Class { name, at, .. }] = branch {
        members.includes.insert(find_class(name, at, table)?);
        return Ok(());
    }
    for phrase in table.phrases(branch).map_err(|e| (None, e))? {
        if phrase.is_empty() {
            return Err((None, "an alternative may be empty; write `(a|b)?`".into()));
        }
        members.add(phrase);
    }
    Ok(())
}

fn class_of(nodes: &[Node], table: &mut ClassTable) -> Result<ClassId, Problem> {
    let mut members = Members::default();
    for node in nodes {
        match node {
            Node::Group(branches) => {
                for branch in branches {
                    add_branch(branch, &mut members, table)?;
                }
            }
            other => add_branch(std::slice::from_ref(other), &mut members, table)?,
        }
    }
    Ok(table.anonymous(members))
}

/// Sets the anchor of each variant on its rarest step.
pub(super) fn set_anchors<'v>(
    variants: impl Iterator<Item = &'v mut Variant>,
    table: &ClassTable,
    class_frequency: &[u64],
) {
    for variant in variants {
        let rarest = |(index, element): (usize, &Element)| match element.step {
            Step::Word(word) => Some((table.word_frequency(word), index)),
            Step::Class(class) => Some((class_frequency[class as usize], index)),
            Step::Gap { .. } | Step::NotNext(_) | Step::Start | Step::End => None,
        };
        let anchor = variant.elements.iter().enumerate().filter_map(rarest).min();
        variant.anchor = anchor.map_or(0, |(_, index)| index);
    }
}
