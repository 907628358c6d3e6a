//! Multiplies parsed patterns out into linear variants.

use super::classes::{ClassTable, Forms, Members};
use super::problems::nearest;
use crate::lexicon::pattern::{Node, PatternError, parse};
use crate::lexicon::{Slot, limits};
use crate::matcher::{ClassId, Element, MOST_STEPS, People, Step, StepBits, Variant, Within};

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
    within: Within,
    place: Place,
    table: &mut ClassTable,
) -> Result<Vec<Variant>, PatternError> {
    let whole = |message: String| PatternError {
        at: 0..text.len(),
        message,
    };
    let nodes = parse(text)?;
    let mut sequences = Vec::new();
    for order in orders(&nodes).map_err(whole)? {
        sequences.extend(sequence(&order, table).map_err(|e| PatternError {
            at: e.0.unwrap_or(0..text.len()),
            message: e.1,
        })?);
    }
    table.variants += sequences.len();
    if table.variants > limits::VARIANTS {
        // Told once, when all files were read.
        return Ok(Vec::new());
    }
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
        let gap_words = |e: &Element| match e.step {
            Step::Gap { max, .. } => usize::from(max),
            _ => 0,
        };
        if elements.iter().map(gap_words).sum::<usize>() > limits::GAP_WORDS {
            let most = limits::GAP_WORDS;
            return Err(whole(format!("gaps of more than {most} words together")));
        }
        let edge_gap = |e: Option<&Element>| matches!(e.map(|e| e.step), Some(Step::Gap { .. }));
        if place == Place::Target && (edge_gap(elements.first()) || edge_gap(elements.last())) {
            return Err(whole("a pattern does not begin or end with a gap: it would match no word there; take it out".into()));
        }
        table.note_steps(elements.iter().map(|element| element.step));
        variants.push(Variant {
            owner,
            people: people(&elements),
            elements: elements.into(),
            anchor: 0,
            within,
            required: Box::default(),
        });
    }
    Ok(variants)
}

/// Whether the slots of a sequence ask for one person or for two.
fn people(elements: &[Element]) -> Option<People> {
    elements.iter().find_map(|e| match e.slot {
        Some(Slot::Other) => Some(People::Two),
        Some(Slot::Own) => Some(People::One),
        _ => None,
    })
}

/// Most parts that `<…>` may join: each more multiplies the orders.
const MOST_PARTS: usize = 4;

/// The plain sequences that a pattern with `<…>` between its parts stands for: every order of the
/// parts. Between two that stand side by side lies the gap that was written after the part which
/// came first as written.
pub(in crate::lexicon) fn orders(nodes: &[Node]) -> Result<Vec<Vec<Node>>, String> {
    let mut parts: Vec<Vec<Node>> = vec![Vec::new()];
    let mut joints = Vec::new();
    for node in nodes {
        if let Node::Near { min, max, except } = node {
            joints.push(Node::Gap {
                min: *min,
                max: *max,
                except: except.clone(),
            });
            parts.push(Vec::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(node.clone());
        }
    }
    if joints.is_empty() {
        return Ok(parts);
    }
    if parts.iter().any(Vec::is_empty) {
        return Err("`<…>` needs a part before it and one after it".to_owned());
    }
    if parts.len() > MOST_PARTS {
        return Err(format!("`<…>` joins {MOST_PARTS} parts at most"));
    }
    let mut all = Vec::new();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    permute(&mut order, 0, &mut |order| {
        let mut sequence = parts[order[0]].clone();
        for pair in order.windows(2) {
            sequence.push(joints[pair[0].min(pair[1])].clone());
            sequence.extend(parts[pair[1]].iter().cloned());
        }
        all.push(sequence);
    });
    Ok(all)
}

fn permute(order: &mut Vec<usize>, from: usize, each: &mut dyn FnMut(&[usize])) {
    if from == order.len() {
        each(order);
        return;
    }
    for next in from..order.len() {
        order.swap(from, next);
        permute(order, from + 1, each);
        order.swap(from, next);
    }
}

type Problem = (Option<std::ops::Range<usize>>, String);

fn sequence(nodes: &[Node], table: &mut ClassTable) -> Result<Vec<Sequence>, Problem> {
    let mut sequences: Vec<Sequence> = vec![Vec::new()];
    for node in nodes {
        let choices = choices(node, table)?;
        if sequences.len() * choices.len() > MOST_VARIANTS {
            return Err(too_many_variants());
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

fn too_many_variants() -> Problem {
    let message = format!(
        "multiplies out to more than {MOST_VARIANTS} variants; put alternatives of single words or fixed phrases into a class"
    );
    (None, message)
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
            let class = table.forms(Forms::Verb, verb).map_err(|e| (None, e))?;
            Ok(vec![step(Step::Class(class))])
        }
        Node::Noun(noun) => {
            let class = table.forms(Forms::Noun, noun).map_err(|e| (None, e))?;
            Ok(vec![step(Step::Class(class))])
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
                    if all.len() > MOST_VARIANTS {
                        return Err(too_many_variants());
                    }
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
        Node::Near { .. } => Err((
            None,
            "`<…>` joins the parts of a whole pattern; it cannot stand inside ( )".to_owned(),
        )),
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
            let near = nearest(name, table.names());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            (
                Some(at.clone()),
                format!("no class is called `{name}`{hint}"),
            )
        }),
    }
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
        Node::Class { .. }
        | Node::Gap { .. }
        | Node::Near { .. }
        | Node::NotNext(_)
        | Node::Start
        | Node::End => false,
    }
}

fn add_branch(
    branch: &[Node],
    members: &mut Members,
    table: &mut ClassTable,
) -> Result<(), Problem> {
    if let [Node::Class { name, at, .. }] = branch {
        members.includes.push(find_class(name, at, table)?);
        return Ok(());
    }
    for phrase in table.phrases(branch).map_err(|e| (None, e))? {
        if phrase.is_empty() {
            return Err((None, "an alternative may be empty; write `(a|b)?`".into()));
        }
        members.add(&phrase, &table.interner);
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
    bits: &StepBits,
) {
    let frequency = |step| table.step_frequency(step, class_frequency);
    for variant in variants {
        let solid = || {
            let steps = variant.elements.iter().enumerate();
            steps.filter(|(_, e)| matches!(e.step, Step::Word(_) | Step::Class(_)))
        };
        let anchor = solid().map(|(index, e)| (frequency(e.step), index)).min();
        variant.anchor = anchor.map_or(0, |(_, index)| index);
        let own = anchor.map(|(_, index)| bits.of(variant.elements[index].step));
        let mut beside: Vec<(u64, u32)> = solid()
            .map(|(_, e)| (frequency(e.step), bits.of(e.step)))
            .filter(|(_, bit)| Some(*bit) != own)
            .collect();
        beside.sort_unstable();
        beside.dedup();
        let beside = beside.into_iter().map(|(_, bit)| bit);
        variant.required = own.into_iter().chain(beside).collect();
    }
}
