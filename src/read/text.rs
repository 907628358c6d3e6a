//! Plain text: the whole file is one record with one field, `text`, and the name of the file
//! (without its extension) is the incident reference.

use std::path::Path;

use super::columns::ColumnsUsed;
use super::format::unpacked_name;
use super::repair::Repair;
use super::source::Source;
use super::tally::{Place, Tally};
use super::{Done, ReadOptions};
use crate::error::Result;
use crate::narrative::Field;

/// Name of the one field.
pub(super) const FIELD: &str = "text";

/// Reads `source` as one record. An empty file is a record without text: one of
/// them in a folder of a thousand should not stop a run.
pub(super) fn read(
    mut source: Source,
    options: &ReadOptions,
    tally: &mut Tally<'_>,
) -> Result<Done> {
    let limit = options.limit();
    let repair = Repair::new(options);
    let id = name_of(source.path());
    let place = Place {
        line: 1,
        offset: Some(0),
    };
    while source.unread().len() <= limit && source.fill()? {}
    let text = source.unread();
    if text.len() > limit {
        tally.reject(place, id, format!("record over {limit} bytes"))?;
    } else {
        match repair.text(text, FIELD) {
            Ok(text) => {
                let text = text.unwrap_or_default().into_owned();
                let field = Field {
                    source: None,
                    name: FIELD.into(),
                    text,
                };
                tally.accept_text(id, field)?;
            }
            Err(reason) => tally.reject(place, id, reason)?,
        }
    }
    Done::of(source, used(), &repair)
}

/// The columns of a format that has none.
pub(super) fn used() -> ColumnsUsed {
    ColumnsUsed {
        text: vec![FIELD.to_owned()],
        ..ColumnsUsed::default()
    }
}

/// The name of a file without its extensions, which is the reference of its text.
pub(super) fn name_of(path: &Path) -> Option<String> {
    if path.as_os_str() == "-" {
        return None;
    }
    let name = unpacked_name(path);
    let stem = Path::new(&name).file_stem()?;
    Some(stem.to_string_lossy().into_owned())
}
