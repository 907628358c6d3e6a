//! JSON Lines: one object a line.
//!
//! Columns are the keys of the objects near the start of the input. A key that a later object
//! lacks is an empty value. Only the values that are needed are built; the others are skipped.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use memchr::memchr;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::columns::Columns;
use super::repair::Repair;
use super::source::Source;
use super::tally::{Place, Tally};
use super::{Done, ReadOptions, Value, surrogates};
use crate::error::{Error, Result};

/// Reads all lines of `source`.
pub(super) fn read(
    mut source: Source,
    options: &ReadOptions,
    tally: &mut Tally<'_>,
) -> Result<Done> {
    let limit = options.limit();
    let keys = keys_near_start(&mut source, limit)?;
    let columns = Columns::of_keys(source.path(), &keys, options)?;
    tally.begin(&columns, &keys);
    let objects = Objects::new(&columns);
    let repair = Repair::new(options);
    let mut line = 0;
    loop {
        let offset = source.offset();
        let Some(length) = next_line(&mut source, limit)? else {
            break;
        };
        line += 1;
        let place = Place { line, offset };
        let bytes = match length {
            Line::Of(length) => &source.unread()[..length],
            Line::TooLong => {
                tally.reject(place, None, format!("record over {limit} bytes"))?;
                continue;
            }
        };
        if !bytes.trim_ascii().is_empty() {
            objects.take(bytes, place, &columns, &repair, tally)?;
        }
        let length = bytes.len();
        source.consume(length);
    }
    Done::of(source, columns.used(), &repair)
}

/// Reads objects of which some values are needed.
pub(super) struct Objects {
    names: Vec<Arc<str>>,
}

impl Objects {
    pub(super) fn new(columns: &Columns) -> Self {
        let mut names: Vec<Arc<str>> = Vec::new();
        for column in columns.all() {
            if !names.contains(&column.name) {
                names.push(column.name.clone());
            }
        }
        Self { names }
    }

    /// Hands on the record that `bytes` hold, or rejects it.
    pub(super) fn take(
        &self,
        bytes: &[u8],
        place: Place,
        columns: &Columns,
        repair: &Repair,
        tally: &mut Tally<'_>,
    ) -> Result<()> {
        let text = match repair.text(bytes, "(the whole object)") {
            Ok(text) => text.unwrap_or_default(),
            Err(reason) => return tally.reject(place, None, reason),
        };
        let mended: String;
        let mut slots = parse(&text, &self.names);
        if slots.is_err()
            && let Some((found, halves)) = surrogates::mend(&text)
        {
            mended = found;
            slots = match repair.replace(halves) {
                Ok(()) => parse(&mended, &self.names),
                Err(reason) => Err(reason),
            };
        }
        if slots.is_ok()
            && tally.weighs()
            && let Ok(lengths) = run(&text, Lengths)
        {
            tally.weigh_named(&lengths);
        }
        match slots {
            Err(reason) => tally.reject(place, None, reason),
            Ok(slots) => tally.take(columns, place, |column| {
                let slot = self.names.iter().position(|name| *name == column.name);
                let is_text = columns.text.contains(column);
                let value = slot.map_or(Ok(None), |slot| slots[slot].value(&column.name, is_text));
                match value? {
                    Some(value) => repair.whole(value, &column.name).map(Some),
                    None => Ok(None),
                }
            }),
        }
    }
}

/// The next line of an input.
enum Line {
    /// It is the first so many bytes unread, its line end included.
    Of(usize),
    /// It was longer than the limit and has been skipped.
    TooLong,
}

fn next_line(source: &mut Source, limit: usize) -> Result<Option<Line>> {
    let mut looked_at = 0;
    let mut too_long = false;
    loop {
        let unread = source.unread();
        let end = memchr(b'\n', &unread[looked_at..]).map(|found| looked_at + found + 1);
        looked_at = end.unwrap_or(unread.len());
        if too_long || looked_at > limit.saturating_add(1) {
            too_long = true;
            source.consume(looked_at);
            looked_at = 0;
        }
        if end.is_none() && source.fill()? {
            continue;
        }
        return Ok(match (too_long, looked_at) {
            (true, _) => Some(Line::TooLong),
            (false, 0) => None,
            (false, length) => Some(Line::Of(length)),
        });
    }
}

/// The keys of the objects at the start of the input, in order of appearance. Consumes nothing.
///
/// All objects in the first chunk are looked at, because the first of them may lack a key that
/// the others have; if none is whole, more is read until one is.
fn keys_near_start(source: &mut Source, limit: usize) -> Result<Vec<String>> {
    let path = source.path().to_owned();
    if source.unread().is_empty() && !source.fill()? {
        return Err(Error::input(
            &path,
            None,
            "the file is empty; expected one JSON object a line",
        ));
    }
    let mut ended = false;
    loop {
        let mut keys: Vec<String> = Vec::new();
        let mut problem = None;
        for (index, line) in source
            .unread()
            .split_inclusive(|&byte| byte == b'\n')
            .enumerate()
        {
            let whole = ended || line.ends_with(b"\n");
            if line.trim_ascii().is_empty() || !whole {
                continue;
            }
            if let Err(reason) = add_keys(line, &mut keys) {
                problem.get_or_insert((index as u64 + 1, reason));
            }
        }
        if !keys.is_empty() {
            return Ok(keys);
        }
        let before = source.unread().len();
        if ended || before > limit {
            let (line, reason) = match problem {
                Some((line, reason)) => (Some(line), format!("no JSON object found: {reason}")),
                None => (None, "no JSON object found; expected one a line".to_owned()),
            };
            return Err(Error::input(&path, line, reason));
        }
        // Twice as much each time, so that a long first line is not gone over again and again.
        while source.unread().len() < 2 * before && !ended {
            ended = !source.fill()?;
        }
    }
}

/// Adds the keys of an object that are not there yet.
pub(super) fn add_keys(object: &[u8], keys: &mut Vec<String>) -> std::result::Result<(), String> {
    run(&String::from_utf8_lossy(object), Keys(keys))
}

/// The values of one object under `names`, or why the line is no object.
fn parse<'de>(text: &'de str, names: &[Arc<str>]) -> std::result::Result<Vec<Slot<'de>>, String> {
    let mut slots = vec![Slot::Missing; names.len()];
    run(
        text,
        Values {
            names,
            slots: &mut slots,
        },
    )?;
    Ok(slots)
}

/// Parses all of `text` with `seed`; an error tells what is wrong without quoting the text.
fn run<'de, S: DeserializeSeed<'de>>(
    text: &'de str,
    seed: S,
) -> std::result::Result<S::Value, String> {
    let mut parser = serde_json::Deserializer::from_str(text);
    let result = seed
        .deserialize(&mut parser)
        .and_then(|value| parser.end().map(|()| value));
    result.map_err(|error| match error.classify() {
        Category::Syntax | Category::Eof => {
            // Of these, the messages are fixed strings followed by the position.
            let message = error.to_string();
            let what = message.split(" at line ").next().unwrap_or_default();
            format!("broken JSON: {what} at column {}", error.column())
        }
        // A message about the data may quote it; ours are marked, and do not.
        Category::Data | Category::Io => {
            let message = error.to_string();
            match message
                .split(" at line ")
                .next()
                .and_then(|m| m.strip_prefix(REPEATED))
            {
                Some(key) => format!("key {key} stands twice in the object"),
                None => "not a JSON object".to_owned(),
            }
        }
    })
}

/// Marks our own message about a repeated key on its way through serde.
const REPEATED: &str = "repeated key ";

/// Gathers the keys of an object.
struct Keys<'k>(&'k mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            map.next_value::<IgnoredAny>()?;
            if !self.0.contains(&key) {
                self.0.push(key);
            }
        }
        Ok(())
    }
}

/// Measures the strings of an object by their keys.
struct Lengths;

impl<'de> DeserializeSeed<'de> for Lengths {
    type Value = BTreeMap<String, usize>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Lengths {
    type Value = BTreeMap<String, usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut lengths = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value::<serde_json::Value>()?;
            lengths.insert(key, value.as_str().map_or(0, str::len));
        }
        Ok(lengths)
    }
}

/// Fills the slots of the named keys from an object.
struct Values<'v, 'de> {
    names: &'v [Arc<str>],
    slots: &'v mut [Slot<'de>],
}

impl<'de> DeserializeSeed<'de> for Values<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Values<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(slot) = map.next_key_seed(Key(self.names))? {
            let Some(slot) = slot else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if !matches!(self.slots[slot], Slot::Missing) {
                let repeated = format!("{REPEATED}{:?}", self.names[slot]);
                return Err(serde::de::Error::custom(repeated));
            }
            self.slots[slot] = map.next_value_seed(SlotSeed)?;
        }
        Ok(())
    }
}

/// Finds the position of a key among the named ones without building it.
struct Key<'v>(&'v [Arc<str>]);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> std::result::Result<Self::Value, E> {
        Ok(self.0.iter().position(|name| **name == *key))
    }
}

/// A value as far as it is of use.
#[derive(Clone, Debug)]
enum Slot<'de> {
    Missing,
    Null,
    Text(Cow<'de, str>),
    Number(String),
    Flag(bool),
    Other(&'static str),
}

impl Slot<'_> {
    /// The value of the field `name`; a number will do for a reference but not for a narrative.
    fn value(&self, name: &str, is_text: bool) -> Value<'_> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(Cow::Borrowed(text))),
            Self::Number(number) if !is_text => Ok(Some(Cow::Borrowed(number))),
            // A tick: of use in a coded column only.
            Self::Flag(flag) if !is_text => {
                Ok(Some(Cow::Borrowed(if *flag { "true" } else { "false" })))
            }
            Self::Flag(_) => Err(format!("field {name:?} is true or false, not a string")),
            Self::Number(_) => Err(format!("field {name:?} is a number, not a string")),
            Self::Other(kind) => Err(format!("field {name:?} is {kind}, not a string")),
        }
    }
}

struct SlotSeed;

impl<'de> DeserializeSeed<'de> for SlotSeed {
    type Value = Slot<'de>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for SlotSeed {
    type Value = Slot<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Text(Cow::Owned(text)))
    }

    fn visit_unit<E>(self) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Slot<'de>, E> {
        Ok(Slot::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> std::result::Result<Slot<'de>, E> {
        // Digits beyond these are lost by now: another record's reference could come of it.
        if number.abs() >= 9_007_199_254_740_992.0 {
            return Ok(Slot::Other("a number of more digits than are kept"));
        }
        Ok(Slot::Number(number.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Slot<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Slot::Other("an array"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Slot<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Slot::Other("an object"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(line: &str) -> String {
        let names = [Arc::from("id"), Arc::from("text")];
        parse(line, &names)
            .map(|_| ())
            .expect_err("the line is broken")
    }

    #[test]
    fn values_are_kept_by_kind() {
        let names = ["id", "text", "date", "case"].map(Arc::from);
        let line = r#"{"x":[1,{"id":2}],"text":"a\u00e9","id":12345678901,"date":null}"#;
        let slots = parse(line, &names).expect("a good line");
        assert_eq!(slots[0].value("id", false), Ok(Some("12345678901".into())));
        assert_eq!(slots[1].value("text", true), Ok(Some("aé".into())));
        assert_eq!(slots[2].value("date", false), Ok(None));
        assert_eq!(slots[3].value("case", false), Ok(None));
        assert!(
            slots[0].value("id", true).is_err(),
            "a number is no narrative"
        );
    }

    #[test]
    fn reasons_never_quote_the_line() {
        for line in [
            r#"{"text":"he hit her"#,
            r#"{"text":"he hit her"} and more"#,
            r#""he hit her""#,
            r#"{"text":"he hit her","text":"he hit her"}"#,
            r#"{"id":1,"text":he hit her}"#,
        ] {
            let reason = reason(line);
            assert!(!reason.contains("hit"), "{reason}");
        }
        assert_eq!(
            reason("{"),
            "broken JSON: EOF while parsing an object at column 1"
        );
        assert_eq!(reason("[1]"), "not a JSON object");
        assert_eq!(
            reason(r#"{"id":1,"id":2}"#),
            r#"key "id" stands twice in the object"#
        );
    }
}
