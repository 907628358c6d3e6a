//! Reads the pattern language (see `lexicons/README.md`) into a small syntax tree.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::limits;

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// An exact word, as written.
    Word(String),
    /// Every form of a verb.
    Verb(String),
    /// Every form of a noun.
    Noun(String),
    /// A class or a shape, perhaps with a role.
    Class {
        name: String,
        role: Option<Slot>,
        at: Range<usize>,
    },
    /// One of several sequences.
    Group(Vec<Vec<Node>>),
    /// The node or nothing.
    Optional(Box<Node>),
    /// So many words, none of them among the excluded.
    Gap { min: u8, max: u8, except: Vec<Node> },
    /// What stands before it and what stands after it, in either order, so many words apart.
    Near { min: u8, max: u8, except: Vec<Node> },
    /// The next word is none of these.
    NotNext(Vec<Node>),
    /// The unit begins here.
    Start,
    /// The unit ends here.
    End,
}

/// The role that a slot fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Slot {
    Agent,
    Experiencer,
    /// The experiencer, who is not the agent: a pronoun of the agent's own kind does not fill it
    /// ("he banged his head" tells of nobody else).
    Other,
    /// The experiencer, who is the agent: a pronoun of the other kind does not fill it ("she wishes
    /// he was dead" tells nothing of her own wish to die).
    Own,
}

/// What is wrong with a pattern, and where in it (bytes).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PatternError {
    pub at: Range<usize>,
    pub message: String,
}

/// Most words that one gap may span.
const WIDEST_GAP: u8 = 12;

/// Reads one pattern.
pub(crate) fn parse(pattern: &str) -> Result<Vec<Node>, PatternError> {
    let mut parser = Parser {
        text: pattern,
        at: 0,
        depth: 0,
    };
    if pattern.len() > limits::PATTERN_BYTES {
        let message = format!("longer than {} bytes", limits::PATTERN_BYTES);
        return Err(parser.error(0..1, message));
    }
    let nodes = parser.sequence(false)?;
    if parser.at < pattern.len() {
        return Err(parser.error(
            parser.at..parser.at + 1,
            "a closing bracket without an opening one",
        ));
    }
    if nodes.is_empty() {
        return Err(parser.error(0..pattern.len(), "the pattern is empty"));
    }
    Ok(nodes)
}

struct Parser<'p> {
    text: &'p str,
    at: usize,
    /// Groups that are open.
    depth: usize,
}

impl Parser<'_> {
    fn error(&self, at: Range<usize>, message: impl Into<String>) -> PatternError {
        PatternError {
            at: at.start.min(self.text.len())..at.end.min(self.text.len()),
            message: message.into(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn sequence(&mut self, in_group: bool) -> Result<Vec<Node>, PatternError> {
        let mut nodes = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                c if c.is_whitespace() => {
                    self.bump();
                }
                ')' | '|' if in_group => break,
                ')' => break,
                '|' => {
                    return Err(self.error(
                        self.at..self.at + 1,
                        "`|` stands only inside ( ) or a gap's exceptions",
                    ));
                }
                _ => {
                    let node = self.item()?;
                    nodes.push(node);
                }
            }
        }
        Ok(nodes)
    }

    fn item(&mut self) -> Result<Node, PatternError> {
        let start = self.at;
        let node = match self.peek() {
            Some('^') => {
                self.bump();
                return Ok(Node::Start);
            }
            Some('$') => {
                self.bump();
                return Ok(Node::End);
            }
            Some('!') => {
                self.bump();
                let inner = self.atom()?;
                return Ok(Node::NotNext(alternatives(inner)));
            }
            Some('[') => {
                let (min, max, except) = self.gap(']')?;
                return Ok(Node::Gap { min, max, except });
            }
            Some('<') => {
                let (min, max, except) = self.gap('>')?;
                return Ok(Node::Near { min, max, except });
            }
            Some(_) => self.atom()?,
            None => return Err(self.error(start..start, "something is missing here")),
        };
        if self.peek() == Some('?') {
            self.bump();
            return Ok(Node::Optional(Box::new(node)));
        }
        Ok(node)
    }

    fn atom(&mut self) -> Result<Node, PatternError> {
        let start = self.at;
        match self.peek() {
            Some('(') => self.group(),
            Some('{') => self.class(),
            Some('#') => {
                self.bump();
                let name = self.word_text();
                Ok(Node::Class {
                    name: format!("#{name}"),
                    role: None,
                    at: start..self.at,
                })
            }
            Some('~') => {
                self.bump();
                let word = self.word_text();
                if word.is_empty() {
                    return Err(self.error(start..self.at, "`~` needs a verb after it"));
                }
                Ok(Node::Verb(word))
            }
            Some(_) => {
                let word = self.word_text();
                if word.is_empty() {
                    let end = start + self.peek().map_or(0, char::len_utf8);
                    return Err(self.error(start..end, "this character means nothing here"));
                }
                if self.peek() == Some('+') {
                    self.bump();
                    return Ok(Node::Noun(word));
                }
                Ok(Node::Word(word))
            }
            None => Err(self.error(start..start, "something is missing here")),
        }
    }

    fn word_text(&mut self) -> String {
        let start = self.at;
        while let Some(c) = self.peek() {
            let inside =
                c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | '/' | '&' | ':' | '.' | '_');
            if !inside {
                break;
            }
            self.bump();
        }
        self.text[start..self.at].to_owned()
    }

    fn group(&mut self) -> Result<Node, PatternError> {
        let start = self.at;
        self.bump();
        self.depth += 1;
        if self.depth > limits::NESTING {
            let message = format!("brackets within brackets, {} at most", limits::NESTING);
            return Err(self.error(start..start + 1, message));
        }
        let mut branches = Vec::new();
        loop {
            let branch = self.sequence(true)?;
            if branch.is_empty() {
                return Err(self.error(
                    start..self.at + 1,
                    "an empty alternative; write `(a|b)?` for one that may be missing",
                ));
            }
            branches.push(branch);
            match self.bump() {
                Some('|') => {}
                Some(_) => break,
                None => return Err(self.error(start..start + 1, "this bracket is never closed")),
            }
        }
        self.depth -= 1;
        Ok(Node::Group(branches))
    }

    fn class(&mut self) -> Result<Node, PatternError> {
        let start = self.at;
        self.bump();
        let Some(length) = self.text[self.at..].find('}') else {
            return Err(self.error(start..start + 1, "this brace is never closed"));
        };
        let inside = &self.text[self.at..self.at + length];
        self.at += length + 1;
        let (name, role) = match inside.split_once(':') {
            None => (inside, None),
            Some((name, "agent")) => (name, Some(Slot::Agent)),
            Some((name, "experiencer" | "victim")) => (name, Some(Slot::Experiencer)),
            Some((name, "other")) => (name, Some(Slot::Other)),
            Some((name, "own")) => (name, Some(Slot::Own)),
            Some((_, other)) => {
                return Err(self.error(
                    start..self.at,
                    format!("no role is called `{other}`: agent, experiencer, other and own are"),
                ));
            }
        };
        Ok(Node::Class {
            name: name.trim().to_owned(),
            role,
            at: start..self.at,
        })
    }

    fn gap(&mut self, closing: char) -> Result<(u8, u8, Vec<Node>), PatternError> {
        let start = self.at;
        self.bump();
        let Some(length) = self.text[self.at..].find(closing) else {
            return Err(self.error(start..start + 1, "this bracket is never closed"));
        };
        let inside = self.text[self.at..self.at + length].to_owned();
        let (range, except) = match inside.split_once('!') {
            Some((range, except)) => (range.trim(), Some(except)),
            None => (inside.trim(), None),
        };
        let (min, max) = range.split_once('-').unwrap_or((range, range));
        let bounds = (min.trim().parse::<u8>(), max.trim().parse::<u8>());
        let (Ok(min), Ok(max)) = bounds else {
            return Err(self.error(
                start..self.at + length + 1,
                "a gap is written [2] or [0-3], or <0-3> where either order will do",
            ));
        };
        if min > max || max > WIDEST_GAP {
            return Err(self.error(
                start..self.at + length + 1,
                format!("a gap runs from fewer to more words, {WIDEST_GAP} at most"),
            ));
        }
        let except = match except {
            None => Vec::new(),
            Some(list) => {
                let mut parser = Parser {
                    text: list,
                    at: 0,
                    depth: self.depth,
                };
                let mut branches = Vec::new();
                loop {
                    branches.push(
                        parser
                            .sequence(true)
                            .map_err(|e| self.error(start..start + 1, e.message))?,
                    );
                    if parser.bump().is_none() {
                        break;
                    }
                }
                alternatives(Node::Group(branches))
            }
        };
        self.at += length + 1;
        Ok((min, max, except))
    }
}

/// The alternatives of a group, or the item itself. An alternative of several items stays together
/// as a group of its own: `!(to move|to leave)` must not forbid every `to`.
fn alternatives(node: Node) -> Vec<Node> {
    let whole = |mut branch: Vec<Node>| match branch.len() {
        1 => branch.swap_remove(0),
        _ => Node::Group(vec![branch]),
    };
    match node {
        Node::Group(branches) => branches.into_iter().map(whole).collect(),
        other => vec![other],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_step() {
        let nodes = parse("{person:agent} ~stop [0-3 !not|{kin}] (see|speak to)? friend+ !again $")
            .expect("valid");
        assert_eq!(nodes.len(), 7);
        assert!(matches!(&nodes[2], Node::Gap { min: 0, max: 3, except } if except.len() == 2));
        assert!(
            matches!(&nodes[3], Node::Optional(inner) if matches!(&**inner, Node::Group(b) if b.len() == 2))
        );
        assert_eq!(nodes[4], Node::Noun("friend".into()));
        let Node::NotNext(except) = &parse("!(to move|trying) go").expect("valid")[0] else {
            panic!("an exclusion")
        };
        assert!(
            matches!(except.as_slice(), [Node::Group(one), Node::Word(_)] if one.len() == 1 && one[0].len() == 2)
        );
    }

    #[test]
    fn says_where_a_pattern_is_wrong() {
        for (pattern, at) in [
            ("a [3-1] b", 2..7),
            ("(a|b", 0..1),
            ("{kin", 0..1),
            ("a | b", 2..3),
            ("{kin:boss}", 0..10),
            ("a )", 2..3),
        ] {
            assert_eq!(parse(pattern).expect_err(pattern).at, at, "{pattern}");
        }
    }
}
