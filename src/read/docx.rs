//! Word documents: the whole document is one record with one field, `text`, and the name of the file
//! is the incident reference. Paragraphs, cells of tables and breaks become line ends; what tracked
//! changes have deleted and the codes of fields are no text.

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use super::archive::Archive;
use super::raw::Raw;
use super::repair::Repair;
use super::tally::{Place, Tally};
use super::text::{FIELD, name_of, used};
use super::{Done, ReadOptions};
use crate::error::Result;
use crate::narrative::Field;

/// The parts that hold text, in the order in which they are read.
const PARTS: [&str; 3] = [
    "word/document.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
];

/// Reads `raw` as one record. A document that cannot be read is a rejected record: one of them in a
/// folder of a thousand should not stop a run.
pub(super) fn read(mut raw: Raw, options: &ReadOptions, tally: &mut Tally<'_>) -> Result<Done> {
    let repair = Repair::new(options);
    let id = name_of(raw.path());
    let text = match raw.read_all(options.sheet_limit())? {
        Some(bytes) => text_of(&bytes, options),
        None => Err(format!(
            "document over {} bytes (--max-sheet-bytes)",
            options.sheet_limit()
        )),
    };
    let text = text.and_then(|text| Ok(repair.whole(text.into(), FIELD)?.into_owned()));
    match text {
        Ok(text) => {
            let field = Field {
                source: None,
                name: FIELD.into(),
                text,
            };
            tally.accept_text(id, field)?;
        }
        Err(reason) => tally.reject(Place::line(1), id, reason)?,
    }
    Done::of_raw(raw, used())
}

fn text_of(bytes: &[u8], options: &ReadOptions) -> std::result::Result<String, String> {
    let mut archive = Archive::open(bytes, options.sheet_limit())?;
    let mut text = String::new();
    for part in PARTS {
        let Some(xml) = archive.part(part)? else {
            if part == PARTS[0] {
                return Err("no Word document: it holds no word/document.xml".to_owned());
            }
            continue;
        };
        add_text(&xml, &mut text, options.limit())
            .map_err(|Broken| "damaged Word document: broken XML".to_owned())?;
        if text.len() > options.limit() {
            return Err(format!("record over {} bytes", options.limit()));
        }
    }
    text.truncate(text.trim_end().len());
    Ok(text)
}

/// The XML is not well-formed.
struct Broken;

/// Adds the text of one part, until it is longer than `limit`.
fn add_text(xml: &[u8], out: &mut String, limit: usize) -> std::result::Result<(), Broken> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    let mut in_text = false;
    // Within what is shown instead of something newer, and would be read twice.
    let mut fallback = 0usize;
    while out.len() <= limit {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer).map_err(|_| Broken)?;
        match event {
            Event::Eof => return Ok(()),
            Event::Start(e) if e.local_name().as_ref() == "Fallback" => fallback += 1,
            Event::End(e) if e.local_name().as_ref() == "Fallback" => {
                fallback = fallback.saturating_sub(1);
            }
            _ if fallback > 0 => {}
            Event::Start(e) if e.local_name().as_ref() == "t" => in_text = true,
            Event::End(e) if e.local_name().as_ref() == "t" => in_text = false,
            Event::End(e) if e.local_name().as_ref() == "p" => out.push('\n'),
            Event::Empty(e) | Event::Start(e) => match e.local_name().as_ref() {
                // With attributes it is where a tab stop stands, not a tab.
                "tab" if e.attributes_raw().trim().is_empty() => out.push('\t'),
                "br" | "cr" => out.push('\n'),
                "noBreakHyphen" => out.push('-'),
                _ => {}
            },
            Event::Text(e) if in_text => out.push_str(&e.xml10_content()),
            Event::CData(e) if in_text => out.push_str(&e),
            Event::GeneralRef(e) if in_text => {
                if let Some(entity) = resolve_xml_entity(e.as_ref()) {
                    out.push_str(entity);
                } else if let Ok(Some(c)) = e.resolve_char_ref() {
                    out.push(c);
                } else {
                    return Err(Broken);
                }
            }
            _ => {}
        }
    }
    Ok(())
}
