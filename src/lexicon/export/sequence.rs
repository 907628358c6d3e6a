//! A pattern as plain sequences of steps with their words, the form from which both exports are made.

use std::rc::Rc;

use super::book::{Book, Choice};
use crate::lexicon::compile::orders;
use crate::lexicon::pattern::{Node, parse};

/// One step of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// One of these words and phrases.
    Any(Rc<Choice>),
    /// So many words, none of the excepted among them.
    Gap {
        min: u8,
        max: u8,
        except: Rc<Choice>,
    },
    /// A condition without words of its own.
    Condition,
}

/// The sequences of a pattern; none if it cannot be read, which checked files rule out.
pub(super) fn sequences(pattern: &str, book: &Book) -> Vec<Vec<Step>> {
    let Ok(nodes) = parse(pattern) else {
        return Vec::new();
    };
    let orders = orders(&nodes).unwrap_or_default();
    orders
        .iter()
        .flat_map(|order| sequence(order, book))
        .collect()
}

fn sequence(nodes: &[Node], book: &Book) -> Vec<Vec<Step>> {
    let mut all = vec![Vec::new()];
    for node in nodes {
        let choices = choices(node, book);
        let longer = all.iter().flat_map(|head: &Vec<Step>| {
            choices
                .iter()
                .map(move |tail| head.iter().chain(tail).cloned().collect())
        });
        all = longer.collect();
    }
    all
}

fn choices(node: &Node, book: &Book) -> Vec<Vec<Step>> {
    match node {
        Node::Word(_) | Node::Verb(_) | Node::Noun(_) | Node::Class { .. } => {
            vec![vec![Step::Any(any(std::slice::from_ref(node), book))]]
        }
        Node::Group(branches) => {
            let flat = |branch: &Vec<Node>| {
                matches!(branch.as_slice(), [Node::Class { .. }]) || is_literal(branch)
            };
            if branches.iter().all(flat) {
                let mut choice = Choice::default();
                for branch in branches {
                    let own = any(branch, book);
                    choice.phrases.extend(own.phrases.iter().cloned());
                    choice.shapes.extend(own.shapes.iter().cloned());
                }
                return vec![vec![Step::Any(Rc::new(choice))]];
            }
            branches
                .iter()
                .flat_map(|branch| sequence(branch, book))
                .collect()
        }
        Node::Optional(inner) => {
            let mut all = vec![Vec::new()];
            all.extend(choices(inner, book));
            all
        }
        Node::Gap { min, max, except } => {
            let mut choice = Choice::default();
            for node in except {
                let own = match node {
                    Node::Group(branches) => {
                        branches.iter().map(|branch| any(branch, book)).collect()
                    }
                    other => vec![any(std::slice::from_ref(other), book)],
                };
                for own in own {
                    choice.phrases.extend(own.phrases.iter().cloned());
                    choice.shapes.extend(own.shapes.iter().cloned());
                }
            }
            vec![vec![Step::Gap {
                min: *min,
                max: *max,
                except: Rc::new(choice),
            }]]
        }
        Node::NotNext(_) | Node::Start | Node::End | Node::Near { .. } => {
            vec![vec![Step::Condition]]
        }
    }
}

/// The words of a class, or of a literal stretch of a pattern.
fn any(nodes: &[Node], book: &Book) -> Rc<Choice> {
    match nodes {
        [Node::Class { name, .. }] => book.class(name),
        nodes => Rc::new(Choice {
            phrases: book.phrases(nodes).into_iter().collect(),
            ..Choice::default()
        }),
    }
}

fn is_literal(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Word(_) | Node::Verb(_) | Node::Noun(_) => true,
        Node::Group(branches) => branches.iter().all(|branch| is_literal(branch)),
        Node::Optional(inner) => is_literal(std::slice::from_ref(inner)),
        Node::Class { .. }
        | Node::Gap { .. }
        | Node::Near { .. }
        | Node::NotNext(_)
        | Node::Start
        | Node::End => false,
    })
}
