//! Splits a text into tokens.
//!
//! One pass over the bytes. Most text is ASCII and stays on the short path; other characters are
//! classified by [`crate::normalise`]. Shapes that matter in police shorthand stay whole (`b/f`,
//! `w/o`, `24/7`, `A&E`, `19:42`, `200+`, `x3`); hyphenated words part (`self-harm`).

use super::token::{Break, Shape, Token, Word, WordLookup};
use crate::normalise::{CharClass, classify, fold_into};

/// Longest word, in bytes of its key, that is looked up; anything longer is unknown.
const LONGEST_KEY: usize = 48;

/// Splits `text` into tokens, appended to `tokens` (which is cleared first).
pub fn tokenise(text: &str, words: &impl WordLookup, tokens: &mut Vec<Token>) {
    tokens.clear();
    Tokeniser {
        text,
        bytes: text.as_bytes(),
        words,
        tokens,
        key: Vec::with_capacity(32),
        gap: Break::Sentence,
        queried: false,
        quote: None,
        at: 0,
        line_start: 0,
    }
    .run();
}

struct Tokeniser<'t, W> {
    text: &'t str,
    bytes: &'t [u8],
    words: &'t W,
    tokens: &'t mut Vec<Token>,
    key: Vec<u8>,
    gap: Break,
    queried: bool,
    quote: Option<u8>,
    at: usize,
    line_start: usize,
}

impl<W: WordLookup> Tokeniser<'_, W> {
    fn run(mut self) {
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' => self.word(),
                b'0'..=b'9' => self.number(),
                b' ' | b'\t' => self.at += 1,
                b'\n' | b'\r' => self.newline(),
                0x80.. => self.non_ascii(),
                _ => self.punctuation(byte),
            }
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(b' ')
    }

    fn before(&self) -> u8 {
        if self.at == 0 {
            b' '
        } else {
            self.bytes[self.at - 1]
        }
    }

    fn raise(&mut self, gap: Break) {
        self.gap = self.gap.max(gap);
    }

    fn push(&mut self, start: usize, end: usize, word: impl Into<Word>) {
        let word: Word = word.into();
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.tokens.push(Token {
            start: offset(start),
            end: offset(end),
            word: word.id,
            gap: self.gap,
            queried: self.queried,
            quoted: self.quote.is_some(),
            twin: word.twin,
            corrected: word.corrected,
            term: word.term,
            named: false,
        });
        self.gap = Break::None;
        self.queried = false;
        self.at = end;
    }

    fn look_up(&self) -> Word {
        if self.key.len() > LONGEST_KEY {
            Word::default()
        } else {
            self.words.lookup(&self.key)
        }
    }

    /// A word that begins with a letter, or goes on after digits were split off.
    fn word(&mut self) {
        let start = self.at;
        self.key.clear();
        let mut at = start;
        let mut digits = false;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'a'..=b'z' => {
                    self.key.push(byte);
                    at += 1;
                }
                b'A'..=b'Z' => {
                    self.key.push(byte + 32);
                    at += 1;
                }
                b'0'..=b'9' => {
                    self.key.push(byte);
                    digits = true;
                    at += 1;
                }
                b'\'' | b'`' if self.letter_follows(at + 1) => at += 1,
                b'/' if !digits && self.short_slash(start, at) => {
                    self.key.push(b'/');
                    at += 1;
                }
                b'&' if at == start + 1 && self.single_letter_at(at + 1) => {
                    self.key.push(b'&');
                    at += 1;
                }
                0x80.. => {
                    let Some(c) = self.text[at..].chars().next() else {
                        break;
                    };
                    match classify(c) {
                        CharClass::Word => fold_into(c, &mut self.key),
                        CharClass::Apostrophe if self.letter_follows(at + c.len_utf8()) => {}
                        CharClass::Invisible if self.letter_follows(at + c.len_utf8()) => {}
                        _ => break,
                    }
                    at += c.len_utf8();
                }
                _ => break,
            }
        }
        let mut word = self.look_up();
        if word.id == 0 && is_times(&self.key) {
            word = self.words.shape(Shape::Times).into();
        } else if word.id == 0 && !digits && !self.may_be_name(start) {
            let read = self.words.correct(&self.key);
            if read.id != 0 {
                word = read;
            }
        }
        self.push(start, at, word);
    }

    /// Whether the word at `start` is written like a name: a capital, small letters, and not at the
    /// head of a sentence. Names are not corrected.
    fn may_be_name(&self, start: usize) -> bool {
        self.gap != Break::Sentence
            && self.bytes[start].is_ascii_uppercase()
            && self
                .bytes
                .get(start + 1)
                .is_some_and(u8::is_ascii_lowercase)
    }

    fn letter_follows(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            Some(b'a'..=b'z' | b'A'..=b'Z') => true,
            Some(0x80..) => self.text[at..]
                .chars()
                .next()
                .is_some_and(|c| classify(c) == CharClass::Word),
            _ => false,
        }
    }

    /// Whether `/` at `at` belongs to a short form such as `b/f`, `w/o` or `w/`.
    fn short_slash(&self, start: usize, at: usize) -> bool {
        let left = at - start;
        let right = self.bytes[at + 1..]
            .iter()
            .take(4)
            .take_while(|b| b.is_ascii_alphabetic())
            .count();
        if self.key.contains(&b'/') {
            return false;
        }
        match (left, right) {
            (1, 1 | 2) | (2, 1) => true,
            (1, _) => self.key.as_slice() == b"w" && right == 0,
            _ => false,
        }
    }

    fn single_letter_at(&self, at: usize) -> bool {
        self.bytes.get(at).is_some_and(u8::is_ascii_alphabetic)
            && !self
                .bytes
                .get(at + 1)
                .is_some_and(u8::is_ascii_alphanumeric)
    }

    /// A number, time or fraction; letters that follow begin a word of their own (`5yrs`), but for
    /// ordinals (`3rd`).
    fn number(&mut self) {
        let start = self.at;
        self.key.clear();
        let mut at = start;
        let mut colons = 0;
        while let Some(&byte) = self.bytes.get(at) {
            let digit_next = self.bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
            match byte {
                b'0'..=b'9' => {}
                b':' if digit_next => colons += 1,
                b'.' | b',' | b'/' if digit_next => {}
                _ => break,
            }
            self.key.push(byte);
            at += 1;
        }
        let rest = &self.bytes[at..];
        let letters = rest
            .iter()
            .take(5)
            .take_while(|b| b.is_ascii_alphabetic())
            .count();
        let suffix: Vec<u8> = rest[..letters.min(4)].to_ascii_lowercase();
        let ordinal = matches!(suffix.as_slice(), b"st" | b"nd" | b"rd" | b"th");
        let hours = matches!(suffix.as_slice(), b"hrs" | b"h" | b"am" | b"pm");
        if ordinal {
            self.key.extend_from_slice(&suffix);
            at += letters;
        } else if hours
            && (colons > 0 || self.key.contains(&b'.') || self.key.len() <= 4)
            && suffix.as_slice() != b"h"
        {
            at += letters;
            colons = colons.max(1);
        } else if rest.first() == Some(&b'+') {
            at += 1;
        }
        let listed = self.look_up();
        let word = if listed.id != 0 {
            listed.id
        } else if ordinal {
            0
        } else if colons > 0 {
            self.words.shape(Shape::Time)
        } else {
            self.words.shape(Shape::Number)
        };
        if colons > 0 && self.begins_log_entry(start) {
            self.raise(Break::Sentence);
        }
        self.push(start, at, word);
    }

    /// Whether a time at `start` opens a new entry of a log: at the head of a line, or after the
    /// end of a sentence. `at 19:42` inside a sentence does not.
    fn begins_log_entry(&self, start: usize) -> bool {
        self.text[self.line_start..start].trim_end().is_empty() || self.gap >= Break::Strong
    }

    fn newline(&mut self) {
        let head = self.line_start;
        let line = &self.text[head..self.at];
        let mut newlines = 0;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => newlines += 1,
                b'\r' if self.peek(1) != b'\n' => newlines += 1,
                b'\r' | b' ' | b'\t' => {}
                _ => break,
            }
            self.at += 1;
        }
        if newlines > 1 || self.line_ends_entry(line) {
            self.raise(Break::Sentence);
        }
        if newlines > 1 {
            self.quote = None;
        }
        self.line_start = self.at;
    }

    /// Whether the line break after `line` also ends a sentence. Hard-wrapped prose goes on over
    /// it; log entries, lists and short lines do not.
    fn line_ends_entry(&self, line: &str) -> bool {
        /// Lines shorter than this were ended on purpose: wrapped prose fills its lines.
        const WRAPPED_LINE: usize = 50;
        let line = line.trim();
        if line.len() < WRAPPED_LINE || line.ends_with(['.', '!', '?', ':', ';', '/', '|']) {
            return true;
        }
        let rest = &self.bytes[self.at..];
        match rest.first() {
            None | Some(b'-' | b'*' | b'\n' | b'>' | b'#') => true,
            // `19:42`, `0240`, `03/05/2024`, `2)`; but prose goes on with `5 times a day`.
            Some(b'0'..=b'9') => {
                let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                digits >= 4 || matches!(rest.get(digits), Some(b':' | b'.' | b'/' | b')' | b'-'))
            }
            Some(0x80..) => {
                let next = self.text[self.at..].chars().next();
                next.is_some_and(|c| matches!(classify(c), CharClass::Bullet | CharClass::Dash))
            }
            Some(_) => begins_with_label(&self.text[self.at..]),
        }
    }

    fn punctuation(&mut self, byte: u8) {
        let next = self.peek(1);
        match byte {
            b'.' => self.full_stop(next),
            b'!' => self.raise(Break::Sentence),
            b'?' => {
                let opens = (self.before().is_ascii_whitespace()
                    || matches!(self.before(), b'?' | b'(' | b'/' | b'-'))
                    && (next.is_ascii_alphanumeric() || next == b'?');
                // `IP upset, ? assaulted`: set off on both sides, it queries what follows. Without a
                // mark before it, it may be a question mark that strayed from its word.
                let apart = self.before() == b' ' || self.at == self.line_start;
                let opens_apart = apart
                    && next == b' '
                    && self.peek(2).is_ascii_alphanumeric()
                    && self.gap >= Break::Weak;
                if opens || opens_apart {
                    self.queried = true;
                } else {
                    // `what ??` queries nothing after it.
                    self.queried = false;
                    self.raise(Break::Sentence);
                }
            }
            b',' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b':' | b'=' | b'<' | b'>' => {
                self.raise(Break::Weak);
            }
            b';' => self.raise(Break::Strong),
            b'|' => self.raise(Break::Sentence),
            b'/' => {
                // Not the slashes of `https://`.
                let double = next == b'/' && self.before() != b':'
                    || self.before() == b'/' && self.at > 1 && self.bytes[self.at - 2] != b':';
                if double || (self.before().is_ascii_whitespace() && next.is_ascii_whitespace()) {
                    self.raise(Break::Sentence);
                }
            }
            b'-' => {
                let spaced = self.before().is_ascii_whitespace()
                    && (next.is_ascii_whitespace() || next == b'-');
                if spaced
                    || next == b'-'
                    || (self.before().is_ascii_whitespace() && next.is_ascii_alphabetic())
                {
                    self.raise(Break::Strong);
                }
            }
            b'"' => {
                self.quote = if self.quote == Some(b'"') {
                    None
                } else {
                    Some(b'"')
                };
                self.raise(Break::None);
            }
            b'\'' | b'`' => self.single_quote(next.is_ascii_alphanumeric() || next >= 0x80),
            b'&' | b'+' if self.before().is_ascii_whitespace() && next.is_ascii_whitespace() => {
                self.key.clear();
                self.key.extend_from_slice(b"and");
                let word = self.look_up();
                self.push(self.at, self.at + 1, word);
                return;
            }
            b'*' => self.raise(if self.before().is_ascii_whitespace() && next == b' ' {
                Break::Strong
            } else {
                Break::None
            }),
            _ => {}
        }
        self.at += 1;
    }

    fn single_quote(&mut self, word_follows: bool) {
        let after_word = self.before().is_ascii_alphanumeric()
            || matches!(self.before(), b'.' | b',' | b'!' | b'?');
        if self.quote == Some(b'\'') && after_word {
            self.quote = None;
        } else if self.quote.is_none() && word_follows && !after_word {
            self.quote = Some(b'\'');
        }
    }

    fn full_stop(&mut self, next: u8) {
        if next == b'.' {
            while self.peek(1) == b'.' {
                self.at += 1;
            }
            self.raise(Break::Strong);
            return;
        }
        let last = self
            .tokens
            .last()
            .copied()
            .filter(|t| t.end as usize == self.at);
        let single = last.is_some_and(|t| {
            t.end - t.start == 1 && self.bytes[t.start as usize].is_ascii_alphabetic()
        });
        let abbreviated = !single && last.is_some_and(|t| self.words.is_abbreviation(t.word));
        // `e.g.`, `a.m.`, initials, `s.20`: single letters with stops between them.
        let initial = single
            && (next.is_ascii_alphanumeric() || self.at > 1 && self.bytes[self.at - 2] == b'.');
        if abbreviated || initial || next.is_ascii_alphanumeric() && self.inside_address() {
            return;
        }
        if last.is_some_and(|t| self.counts_items(t)) {
            self.raise(Break::Weak);
            return;
        }
        self.raise(Break::Sentence);
    }

    /// Whether a number is the `1` of `1. First item`, at the head of a line.
    fn counts_items(&self, number: Token) -> bool {
        let start = number.start as usize;
        number.end - number.start <= 2
            && self.bytes[start].is_ascii_digit()
            && self.peek(1) == b' '
            && self.text[self.line_start..start].trim_end().is_empty()
    }

    /// Whether the place lies in a web or e-mail address, whose dots end nothing.
    fn inside_address(&self) -> bool {
        const LONGEST: usize = 80;
        let word = |b: &&u8| b.is_ascii_graphic();
        let before = self.bytes[..self.at]
            .iter()
            .rev()
            .take(LONGEST)
            .take_while(word)
            .count();
        let after = self.bytes[self.at..]
            .iter()
            .take(LONGEST)
            .take_while(word)
            .count();
        let run = &self.bytes[self.at - before..self.at + after];
        run.contains(&b'@')
            || run.windows(3).any(|w| w == b"://")
            || run.windows(4).any(|w| w.eq_ignore_ascii_case(b"www."))
    }

    fn non_ascii(&mut self) {
        let Some(c) = self.text[self.at..].chars().next() else {
            return;
        };
        let size = c.len_utf8();
        match classify(c) {
            CharClass::Word => {
                self.word();
                return;
            }
            CharClass::Apostrophe => {
                let follows = self.letter_follows(self.at + size);
                match c {
                    '\u{2018}' if follows => self.quote = self.quote.or(Some(b'\'')),
                    _ => self.single_quote(follows),
                }
            }
            CharClass::Quote => {
                self.quote = match c {
                    '\u{201C}' | '\u{201E}' | '\u{00AB}' => Some(b'"'),
                    _ => None,
                };
            }
            CharClass::Dash => {
                // A dash parts clauses, but `2–14` is a range.
                let range = self.before().is_ascii_digit() && self.peek(size).is_ascii_digit();
                if !range {
                    self.raise(Break::Strong);
                }
            }
            CharClass::Ellipsis | CharClass::Bullet => self.raise(Break::Strong),
            CharClass::Newline => {
                self.raise(Break::Sentence);
                self.line_start = self.at + size;
            }
            CharClass::Hyphen | CharClass::Invisible | CharClass::Space | CharClass::Other => {}
        }
        self.at += size;
    }
}

fn is_times(key: &[u8]) -> bool {
    key.len() > 1 && key[0] == b'x' && key[1..].iter().all(u8::is_ascii_digit)
}

/// Whether `line` begins like the line of a form: a capital, at most four words, a colon and a
/// space (`Preg: n/a`, `Police called before: no`).
fn begins_with_label(line: &str) -> bool {
    /// No label of a form is longer, in bytes.
    const LONGEST_LABEL: usize = 40;
    if !line.starts_with(|c: char| c.is_uppercase()) {
        return false;
    }
    let colon = line
        .bytes()
        .take(LONGEST_LABEL)
        .position(|b| matches!(b, b':' | b'\n' | b'\r'));
    let Some(colon) = colon.filter(|at| line.as_bytes()[*at] == b':') else {
        return false;
    };
    let after = line.as_bytes().get(colon + 1);
    after.is_none_or(u8::is_ascii_whitespace) && line[..colon].split_whitespace().count() <= 4
}
