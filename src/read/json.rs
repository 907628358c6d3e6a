//! JSON that is not one object a line: an array of objects, by itself or under a key of an object, or
//! objects one after the other, over as many lines as they like.
//!
//! The input is never parsed as a whole. Its values are found by their brackets and parsed one by
//! one, so memory follows the longest of them, and a broken one costs itself: reading resumes at the
//! next line that begins an object in the same column.

use memchr::memchr_iter;

use super::columns::Columns;
use super::envelope::{self, Envelope, Tail};
use super::jsonl::{Objects, add_keys};
use super::repair::Repair;
use super::source::Source;
use super::tally::{Place, Tally};
use super::{Done, ReadOptions};
use crate::error::{Error, Result};

/// Reads all values of `source`.
pub(super) fn read(
    mut source: Source,
    options: &ReadOptions,
    tally: &mut Tally<'_>,
) -> Result<Done> {
    let limit = options.limit();
    let path = source.path().to_owned();
    let envelope = envelope::find(&mut source, limit, options, |bytes| {
        keys_of(bytes, Scan::in_array())
    })?;
    let keys = keys_near_start(&mut source, limit, envelope.as_ref())?;
    if keys.is_empty() {
        return Err(Error::input(
            &path,
            None,
            "no JSON object found; expected an array of objects",
        ));
    }
    let columns = Columns::of_keys(&path, &keys, options)?;
    tally.begin(&columns, &keys);
    let objects = Objects::new(&columns);
    let repair = Repair::new(options);
    let mut values = Values::new(source, limit, envelope);
    while let Some(found) = values.next()? {
        let place = values.place;
        match found {
            Found::Broken(reason) => tally.reject(place, None, reason)?,
            Found::Value => objects.take(values.value(), place, &columns, &repair, tally)?,
        }
    }
    Done::of(values.source, columns.used(), &repair)
}

/// The keys of the objects at the start of the input. Consumes nothing.
fn keys_near_start(
    source: &mut Source,
    limit: usize,
    envelope: Option<&Envelope>,
) -> Result<Vec<String>> {
    let mut ended = false;
    loop {
        let unread = source.unread();
        let keys = match envelope {
            Some(envelope) => keys_of(&unread[envelope.start..], Scan::in_array()),
            None => keys_of(unread, Scan::default()),
        };
        let before = unread.len();
        if !keys.is_empty() || ended || before > limit {
            return Ok(keys);
        }
        while source.unread().len() < 2 * before.max(1) && !ended {
            ended = !source.fill()?;
        }
    }
}

/// The keys of the objects that are whole in `bytes`.
fn keys_of(bytes: &[u8], mut scan: Scan) -> Vec<String> {
    let mut keys = Vec::new();
    loop {
        match scan.advance(bytes) {
            // What is wrong with an object is told where it is read.
            Step::Value { start, end } => {
                let _ = add_keys(&bytes[start..end], &mut keys);
            }
            Step::BrokenString { .. } => {}
            Step::Closed | Step::More { .. } => return keys,
        }
    }
}

/// What [`Values::next`] came upon.
enum Found {
    Value,
    Broken(String),
}

/// Goes through the values of a source.
struct Values {
    source: Source,
    limit: usize,
    scan: Scan,
    /// Line of the first unread byte.
    line: u64,
    /// Where the value at hand begins.
    place: Place,
    /// Where it stands in what is unread, until the next call.
    at: (usize, usize),
    /// Column of its first byte, where only blanks stand before it on its line.
    indent: Option<usize>,
    told: bool,
    /// Key of the array that the values stand in, where an object is around it.
    key: Option<String>,
}

impl Values {
    fn new(source: Source, limit: usize, envelope: Option<Envelope>) -> Self {
        let mut values = Self {
            source,
            limit,
            scan: Scan::default(),
            line: 1,
            place: Place::line(1),
            at: (0, 0),
            indent: None,
            told: false,
            key: None,
        };
        if let Some(Envelope { key, start }) = envelope {
            values.pass(start);
            values.scan = Scan::in_array();
            values.key = Some(key);
        }
        values
    }

    fn value(&self) -> &[u8] {
        &self.source.unread()[self.at.0..self.at.1]
    }

    /// Consumes what is before `end`.
    fn pass(&mut self, end: usize) {
        let passed = &self.source.unread()[..end];
        self.line += memchr_iter(b'\n', passed).count() as u64;
        self.source.consume(end);
        self.scan.at = self.scan.at.saturating_sub(end);
        self.at = (0, 0);
    }

    /// Notes where the value that begins at `start` stands.
    fn begin(&mut self, start: usize) {
        let before = &self.source.unread()[..start];
        let line_start = before.iter().rposition(|byte| *byte == b'\n');
        let lead = &before[line_start.map_or(0, |at| at + 1)..];
        self.indent = lead.trim_ascii().is_empty().then_some(lead.len());
        self.pass(start);
        self.place = self.here();
    }

    fn next(&mut self) -> Result<Option<Found>> {
        // What the last call gave has been looked at by now; a broken one may have swallowed more.
        let (start, end) = self.at;
        if end > 0 {
            let broken = serde_json::from_slice::<serde::de::IgnoredAny>(self.value()).is_err();
            match broken.then(|| self.resumption(start, end)).flatten() {
                Some(at) => self.resume_at(at),
                None => self.pass(end),
            }
        }
        loop {
            match self.scan.advance(self.source.unread()) {
                Step::Value { start, end } => {
                    self.begin(start);
                    self.at = (0, end - start);
                    if end - start > self.limit {
                        self.pass(end - start);
                        return Ok(Some(self.too_long()));
                    }
                    return Ok(Some(Found::Value));
                }
                Step::BrokenString { start, at } => {
                    self.begin(start);
                    self.resync(at - start)?;
                    return Ok(Some(Found::Broken(
                        "a line ends within a string (unbalanced quotes?)".to_owned(),
                    )));
                }
                Step::Closed => {
                    self.pass(self.scan.at);
                    return self.behind();
                }
                Step::More { start: Some(start) }
                    if self.source.unread().len() - start > self.limit =>
                {
                    self.begin(start);
                    self.skip_value()?;
                    return Ok(Some(self.too_long()));
                }
                Step::More { start } => {
                    // Blanks between values need not be kept.
                    if start.is_none() {
                        self.pass(self.scan.at);
                    }
                    if !self.source.fill()? {
                        return Ok(self.end(start));
                    }
                }
            }
        }
    }

    /// Behind the array, where an object is around it: to the end of the input.
    fn behind(&mut self) -> Result<Option<Found>> {
        let key = self.key.take().unwrap_or_default();
        self.place = self.here();
        let reason = match envelope::tail(&mut self.source, &key)? {
            Tail::Closed => return Ok(None),
            Tail::CutShort => format!(
                "the object around {key:?} is not closed: the file is cut short, records may be missing"
            ),
            Tail::More => format!("what stands behind the array {key:?} is not read"),
        };
        // Nothing is read behind it.
        let length = self.source.unread().len();
        self.source.consume(length);
        while self.source.fill()? {
            let length = self.source.unread().len();
            self.source.consume(length);
        }
        self.scan = Scan::default();
        Ok(Some(Found::Broken(reason)))
    }

    /// The first unread byte.
    fn here(&self) -> Place {
        Place {
            line: self.line,
            offset: self.source.offset(),
        }
    }

    fn too_long(&self) -> Found {
        Found::Broken(format!("record over {} bytes", self.limit))
    }

    /// At the end of the input: what was begun and not ended.
    fn end(&mut self, start: Option<usize>) -> Option<Found> {
        if let Some(start) = start {
            self.begin(start);
            let end = self.source.unread().len();
            self.told = true;
            match self.resumption(0, end) {
                Some(at) => self.resume_at(at),
                None => {
                    self.pass(end);
                    self.scan = Scan::default();
                }
            }
            return Some(Found::Broken(
                "the record is not closed (is the file cut short?)".to_owned(),
            ));
        }
        if self.scan.array && !self.told {
            self.told = true;
            self.place = self.here();
            return Some(Found::Broken(
                "the array is not closed: the file is cut short, records may be missing".to_owned(),
            ));
        }
        None
    }

    /// Where, within a broken value, the next object seems to begin.
    fn resumption(&self, start: usize, end: usize) -> Option<usize> {
        let indent = self.indent?;
        let value = &self.source.unread()[start..end];
        memchr_iter(b'\n', value)
            .find(|&at| {
                let line = &value[at + 1..];
                let blanks = line
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\t'))
                    .count();
                blanks == indent && line.get(blanks) == Some(&b'{')
            })
            .map(|at| start + at + 1)
    }

    fn resume_at(&mut self, at: usize) {
        self.pass(at);
        self.scan = Scan {
            array: self.scan.array,
            enclosed: self.scan.enclosed,
            ..Scan::default()
        };
    }

    /// Goes on behind a broken string: at the next line that begins an object.
    fn resync(&mut self, mut at: usize) -> Result<()> {
        let indent = self.indent.unwrap_or(0);
        loop {
            let unread = self.source.unread();
            let line_end = unread[at..].iter().position(|byte| *byte == b'\n');
            let Some(line_end) = line_end.map(|found| at + found) else {
                self.pass(at);
                at = self.source.unread().len();
                if self.source.fill()? {
                    continue;
                }
                self.pass(at);
                break;
            };
            let line = &unread[line_end + 1..];
            let blanks = line
                .iter()
                .take_while(|b| matches!(b, b' ' | b'\t'))
                .count();
            let next = line.get(blanks).copied();
            if next.is_none() && self.source.fill()? {
                continue;
            }
            self.pass(line_end + 1);
            if next == Some(b'{') && blanks <= indent {
                break;
            }
            at = 0;
        }
        self.scan = Scan {
            array: self.scan.array,
            enclosed: self.scan.enclosed,
            ..Scan::default()
        };
        Ok(())
    }

    /// Passes over a value that is too long to be kept.
    fn skip_value(&mut self) -> Result<()> {
        loop {
            match self.scan.advance(self.source.unread()) {
                Step::Value { end, .. } => {
                    self.pass(end);
                    return Ok(());
                }
                Step::BrokenString { at, .. } => return self.resync(at),
                Step::Closed => return Ok(()),
                Step::More { .. } => {
                    let end = self.source.unread().len();
                    self.pass(end);
                    self.scan.start = Some(0);
                    if !self.source.fill()? {
                        self.scan.start = None;
                        self.told = true;
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// What a look at more bytes gave.
enum Step {
    /// A value that is whole.
    Value { start: usize, end: usize },
    /// A value with a line end in a string, which JSON does not allow.
    BrokenString { start: usize, at: usize },
    /// The array has ended, and an object is around it.
    Closed,
    /// More bytes are needed; `start` is where a value has begun.
    More { start: Option<usize> },
}

/// Finds values by their brackets, and can be taken up again when there are more bytes.
#[derive(Default)]
struct Scan {
    /// The next byte to look at.
    at: usize,
    /// Where the value at hand began.
    start: Option<usize>,
    depth: usize,
    string: bool,
    escape: bool,
    /// Whether the array around the values is open.
    array: bool,
    /// Whether an object is around it.
    enclosed: bool,
}

impl Scan {
    /// Begins in an array that is a value of an object.
    fn in_array() -> Self {
        Self {
            array: true,
            enclosed: true,
            ..Self::default()
        }
    }

    fn advance(&mut self, bytes: &[u8]) -> Step {
        while let Some(&byte) = bytes.get(self.at) {
            let Some(start) = self.start else {
                match byte {
                    b'[' if !self.array => self.array = true,
                    b']' if self.enclosed => {
                        self.at += 1;
                        (self.array, self.enclosed) = (false, false);
                        return Step::Closed;
                    }
                    b']' => self.array = false,
                    b',' | b' ' | b'\t' | b'\r' | b'\n' => {}
                    _ => {
                        self.start = Some(self.at);
                        (self.depth, self.string, self.escape) = (0, false, false);
                        continue;
                    }
                }
                self.at += 1;
                continue;
            };
            if self.string {
                match byte {
                    b'\n' => {
                        let at = self.at;
                        (self.start, self.string) = (None, false);
                        return Step::BrokenString { start, at };
                    }
                    _ if self.escape => self.escape = false,
                    b'\\' => self.escape = true,
                    b'"' => self.string = false,
                    _ => {}
                }
                self.at += 1;
                continue;
            }
            match byte {
                b'"' => self.string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.at += 1;
                        return self.whole(start, self.at);
                    }
                }
                // The end of something that is no object.
                b',' | b']' | b'}' | b'\n' if self.depth == 0 => {
                    if byte == b'}' {
                        self.at += 1;
                    }
                    return self.whole(start, self.at);
                }
                _ => {}
            }
            self.at += 1;
        }
        Step::More { start: self.start }
    }

    fn whole(&mut self, start: usize, end: usize) -> Step {
        self.start = None;
        Step::Value { start, end }
    }
}
