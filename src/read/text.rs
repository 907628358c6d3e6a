//! Plain text: the whole file is one record with one field, `text`, and the name of the file
//! (without its extension) is the incident reference.

use super::columns::ColumnsUsed;
use super::source::Source;
use super::{ReadOptions, Tally, utf8};
use crate::error::Result;
use crate::narrative::Field;

/// Name of the one field.
const FIELD: &str = "text";

/// Reads `source` as one record, and gives it back. An empty file is a record without text: one of
/// them in a folder of a thousand should not stop a run.
pub(super) fn read(
    mut source: Source,
    options: &ReadOptions,
    tally: &mut Tally,
) -> Result<(ColumnsUsed, Source)> {
    let limit = options.limit();
    let path = source.path();
    let id = match path.file_stem() {
        Some(stem) if path.as_os_str() != "-" => Some(stem.to_string_lossy().into_owned()),
        _ => None,
    };
    while source.unread().len() <= limit && source.fill()? {}
    let text = source.unread();
    if text.len() > limit {
        tally.reject(1, id, format!("record over {limit} bytes"))?;
    } else {
        match utf8(text, FIELD) {
            Ok(text) => {
                let text = text.unwrap_or_default().into_owned();
                let field = Field {
                    source: None,
                    name: FIELD.into(),
                    text,
                };
                tally.accept_text(id, field)?;
            }
            Err(reason) => tally.reject(1, id, reason)?,
        }
    }
    let used = ColumnsUsed {
        text: vec![FIELD.to_owned()],
        ..ColumnsUsed::default()
    };
    Ok((used, source))
}
