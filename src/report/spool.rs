//! Keeps the texts of flagged records in a file until the report is written, so that memory holds
//! only what a case needs.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::assertion::Assertion;
use crate::error::{Error, Result};
use crate::mention::Mention;
use crate::narrative::Record;
use crate::span::CharOffsets;
use crate::spill::{Output, Storage, pack_into, unpack};

/// A text field with its mentions, as it waits for the report.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptField {
    pub name: String,
    pub text: String,
    pub mentions: Vec<KeptMention>,
}

/// A mention as it waits for the report; `start` and `end` in bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct KeptMention {
    pub start: usize,
    pub end: usize,
    /// Start and end in Unicode scalar values.
    pub place: [usize; 2],
    pub category: usize,
    pub rule: usize,
    pub assertion: Assertion,
    pub cues: Vec<String>,
    pub suppressed: Option<String>,
}

/// The file in which records wait.
#[derive(Debug)]
pub(super) struct Spool {
    path: PathBuf,
    file: BufWriter<Output>,
    at: u64,
    /// The record that is being kept.
    record: Vec<u8>,
}

impl Spool {
    pub fn create(storage: &Storage, path: PathBuf) -> Result<Self> {
        let file = storage.create(&path)?;
        Ok(Self {
            path,
            file: BufWriter::with_capacity(1 << 16, file),
            at: 0,
            record: Vec::new(),
        })
    }

    /// Keeps the fields of a record; returns where.
    pub fn keep(&mut self, fields: &[KeptField]) -> Result<u64> {
        let place = self.at;
        self.record.clear();
        pack_into(&fields, &mut self.record)?;
        let length = self.record.len() as u64;
        let mut all = || {
            self.file.write_all(&length.to_le_bytes())?;
            self.file.write_all(&self.record)
        };
        all().map_err(|e| Error::io("cannot write", &self.path, e))?;
        self.at += 8 + length;
        Ok(place)
    }

    /// Ends writing, to read back what was kept.
    pub fn read_back(self) -> Result<Kept> {
        let Self { path, file, .. } = self;
        file.into_inner()
            .map_err(|e| Error::io("cannot write", &path, e.into_error()))?;
        let file = File::open(&path).map_err(|e| Error::io("cannot read", &path, e))?;
        Ok(Kept {
            path,
            file: BufReader::new(file),
        })
    }
}

/// What was kept.
#[derive(Debug)]
pub(super) struct Kept {
    path: PathBuf,
    file: BufReader<File>,
}

impl Kept {
    /// The fields that were kept at a place.
    pub fn fields(&mut self, place: u64) -> Result<Vec<KeptField>> {
        let fail = |e| Error::io("cannot read", &self.path, e);
        self.file.seek(SeekFrom::Start(place)).map_err(fail)?;
        let mut length = [0; 8];
        self.file.read_exact(&mut length).map_err(fail)?;
        let mut record = Vec::new();
        let length = u64::from_le_bytes(length);
        let read = (&mut self.file).take(length).read_to_end(&mut record);
        read.map_err(fail)?;
        unpack(&record)
    }

    /// Removes the file.
    pub fn remove(self) -> Result<()> {
        std::fs::remove_file(&self.path).map_err(|e| Error::io("cannot remove", &self.path, e))
    }
}

/// The cues of a mention in `text`, as tables show them, and what was read as another word.
pub(super) fn cues(mention: &Mention, text: &str) -> Vec<String> {
    let spelling = mention
        .read_as
        .iter()
        .map(|(span, word)| format!("spelling: \"{}\" (read as {word})", span.of(text)));
    let cues = mention.cues.iter().map(|cue| {
        format!(
            "{}: \"{}\" ({})",
            cue.effect.describe(),
            cue.span.of(text),
            cue.by
        )
    });
    let weights = mention.weights.iter().map(|(span, weight)| {
        let weight = f64::from(*weight) / 100.0;
        format!("weighs {weight:.2}: \"{}\"", span.of(text))
    });
    spelling.chain(cues).chain(weights).collect()
}

/// The fields of a record with what was found in them.
pub(super) fn kept_fields(record: &Record, mentions: &[Vec<Mention>]) -> Vec<KeptField> {
    let kept = |text: &str, offsets: &mut CharOffsets, m: &Mention| KeptMention {
        start: m.span.start,
        end: m.span.end,
        place: [offsets.at(m.span.start), offsets.at(m.span.end)],
        category: m.category,
        rule: m.rule,
        assertion: m.assertion,
        cues: cues(m, text),
        suppressed: m.suppressed.clone(),
    };
    record
        .fields
        .iter()
        .zip(mentions)
        .map(|(field, found)| {
            // Of the text as it was read, whatever was masked since: decisions name the rows of `evidence`.
            let mut offsets = CharOffsets::of_field(field);
            let mention = |m| kept(&field.text, &mut offsets, m);
            KeptField {
                name: field.name.to_string(),
                text: field.text.clone(),
                mentions: found.iter().map(mention).collect(),
            }
        })
        .collect()
}
