//! Which format an input is in: what the user says, else what its first bytes show beyond doubt,
//! else what its name says.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use super::archive;
use crate::error::{Error, Result};

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    /// Comma-separated values with a header line; other delimiters are recognised.
    Csv,
    /// Tab-separated values with a header line.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    /// An array of JSON objects, by itself or in an object, or objects one after the other.
    Json,
    /// Apache Parquet (only in builds with the feature `parquet`).
    Parquet,
    /// A sheet of an Excel or OpenDocument workbook.
    Sheet,
    /// Plain text: the file is one record.
    Text,
    /// A Word document: the file is one record.
    Docx,
}

/// Extensions by which the files of a folder are found, each with its format.
const EXTENSIONS: &[(&str, InputFormat)] = &[
    ("csv", InputFormat::Csv),
    ("tsv", InputFormat::Tsv),
    ("tab", InputFormat::Tsv),
    ("jsonl", InputFormat::Jsonl),
    ("ndjson", InputFormat::Jsonl),
    ("json", InputFormat::Json),
    ("parquet", InputFormat::Parquet),
    ("xlsx", InputFormat::Sheet),
    ("xlsm", InputFormat::Sheet),
    ("ods", InputFormat::Sheet),
    ("txt", InputFormat::Text),
    ("text", InputFormat::Text),
    ("docx", InputFormat::Docx),
];

/// Extensions of packed files, which stand behind that of the format.
const PACKED: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

impl InputFormat {
    /// The format as `--input-format` and the manifest name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Sheet => "xlsx",
            Self::Text => "txt",
            Self::Docx => "docx",
        }
    }

    /// The format that the extension of `path` stands for: of `log.csv.gz`, CSV.
    pub fn of_path(path: &Path) -> Option<Self> {
        let name = unpacked_name(path);
        let extension = Path::new(&name).extension()?.to_str()?.to_ascii_lowercase();
        let mut known = EXTENSIONS.iter();
        known
            .find(|(known, _)| *known == extension)
            .map(|(_, format)| *format)
    }
}

/// The name of a file without the extension that says how it is packed.
pub(super) fn unpacked_name(path: &Path) -> std::ffi::OsString {
    let extension = path.extension().and_then(|e| e.to_str());
    let packed = extension.is_some_and(|e| PACKED.contains(&e.to_ascii_lowercase().as_str()));
    let name = if packed {
        path.file_stem()
    } else {
        path.file_name()
    };
    name.unwrap_or_default().to_owned()
}

impl FromStr for InputFormat {
    type Err = Error;

    /// Reads a value of `--input-format`.
    fn from_str(name: &str) -> Result<Self> {
        let name = name.trim().to_ascii_lowercase();
        let mut known = EXTENSIONS.iter();
        match known.find(|(known, _)| *known == name) {
            Some((_, Self::Parquet)) if !cfg!(feature = "parquet") => Err(no_parquet()),
            Some((_, format)) => Ok(*format),
            None => Err(Error::usage(format!(
                "unknown input format {name:?}; one of csv, tsv, jsonl, json, parquet, xlsx, ods, txt, docx"
            ))),
        }
    }
}

pub(super) fn no_parquet() -> Error {
    Error::usage("this build reads and writes no Parquet; build it with the feature `parquet`")
}

/// The format of the input at `path` that begins with `head`.
pub(super) fn choose(
    path: &Path,
    head: &[u8],
    declared: Option<InputFormat>,
) -> Result<InputFormat> {
    if let Some(format) = declared {
        // A workbook that is read as text would be thousands of rejected records.
        let binary = matches!(
            format,
            InputFormat::Parquet | InputFormat::Sheet | InputFormat::Docx
        );
        return match binary_kind(head) {
            Some(Kind::Unreadable(kind)) => Err(unreadable(path, kind)),
            Some(Kind::Zip) if !binary => Err(unreadable(path, ZIP)),
            Some(Kind::Readable(found)) if !binary => {
                let (found, format) = (found.as_str(), format.as_str());
                let message =
                    format!("this is {found}, not {format}; leave --input-format out, or mend it");
                Err(Error::input(path, None, message))
            }
            _ => Ok(format),
        };
    }
    match binary_kind(head) {
        // What a zip archive holds does not always show in its first bytes.
        Some(Kind::Zip) => {
            return match InputFormat::of_path(path) {
                Some(format @ (InputFormat::Sheet | InputFormat::Docx)) => Ok(format),
                _ => Err(unreadable(path, ZIP)),
            };
        }
        Some(Kind::Unreadable(kind)) => return Err(unreadable(path, kind)),
        Some(Kind::Readable(InputFormat::Parquet)) if !cfg!(feature = "parquet") => {
            return Err(no_parquet());
        }
        Some(Kind::Readable(format)) => return Ok(format),
        None => {}
    }
    let named = InputFormat::of_path(path);
    if path.as_os_str() == "-" {
        return Err(Error::usage("standard input needs --input-format"));
    }
    let start = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let start = start.trim_ascii_start();
    match named {
        None => {
            let message = "cannot tell the format from the extension; use --input-format";
            Err(Error::input(path, None, message))
        }
        // A name that is wrong: the header of a table has no such beginning.
        Some(InputFormat::Csv | InputFormat::Tsv | InputFormat::Jsonl)
            if opens_array_of_objects(start) =>
        {
            Ok(InputFormat::Json)
        }
        Some(InputFormat::Csv | InputFormat::Tsv) if holds_object(start) => Ok(InputFormat::Jsonl),
        Some(InputFormat::Json) if holds_object(start) && !holds_only_a_list(start) => {
            Ok(InputFormat::Jsonl)
        }
        Some(format) => Ok(format),
    }
}

fn opens_array_of_objects(start: &[u8]) -> bool {
    let inner = start.strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
    inner.is_some_and(|inner| inner.starts_with(b"{"))
}

/// Whether the first line is an object by itself.
fn holds_object(start: &[u8]) -> bool {
    let line = start.split(|&byte| byte == b'\n').next();
    let line = line.unwrap_or_default();
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// Whether there is one line only, an object with an array of objects in it: that may be the records.
fn holds_only_a_list(line: &[u8]) -> bool {
    let object = serde_json::from_slice::<BTreeMap<String, serde_json::Value>>(line);
    object.is_ok_and(|object| {
        let mut lists = object.values().filter_map(serde_json::Value::as_array);
        lists.any(|list| list.first().is_some_and(serde_json::Value::is_object))
    })
}

const ZIP: &str = "a zip archive, not text; unpack it, or save what is in it as CSV or plain text";

enum Kind {
    Readable(InputFormat),
    /// An archive of nobody knows what.
    Zip,
    Unreadable(&'static str),
}

fn unreadable(path: &Path, kind: &str) -> Error {
    Error::input(path, None, format!("this is {kind}"))
}

/// What is no text, by its first bytes.
fn binary_kind(head: &[u8]) -> Option<Kind> {
    let encrypted: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    Some(match head {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => match archive::kind(head) {
            Some(format) => Kind::Readable(format),
            None => Kind::Zip,
        },
        [b'P', b'A', b'R', b'1', ..] => Kind::Readable(InputFormat::Parquet),
        [0xD0, 0xCF, 0x11, 0xE0, ..] if memchr::memmem::find(head, &encrypted).is_some() => {
            Kind::Unreadable(
                "a workbook or document under a password; save it without one, as xlsx or CSV",
            )
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Kind::Unreadable(
            "an old Excel workbook or Word document, or one under a password; save it as xlsx, CSV \
             or plain text",
        ),
        [b'%', b'P', b'D', b'F', b'-', ..] => {
            Kind::Unreadable("a PDF, not text; save it as CSV or plain text")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_first_bytes_tell_the_format() {
        for (path, head, format) in [
            ("a.csv", "id,text", "csv"),
            ("a.CSV.GZ", "id,text", "csv"),
            ("a.tsv.zst", "id", "tsv"),
            ("a.json", "{\"id\":1}\n{\"id\":2}", "jsonl"),
            ("a.json", "{\n\"id\":1}", "json"),
            ("a.json", "{\"id\":[{}]}\n{\"id\":2}", "jsonl"),
            ("a.json", "{\"records\":[{}]}\n", "json"),
            ("a.json", "[{", "json"),
            ("a.jsonl", "\u{feff}[ {", "json"),
            ("a.csv", "{\"id\":1}\n", "jsonl"),
            ("a.csv", "{id},text\n", "csv"),
            ("a.txt", "{\"id\":1}", "txt"),
        ] {
            let found = choose(Path::new(path), head.as_bytes(), None);
            assert_eq!(found.expect(path).as_str(), format, "{path} {head}");
        }
        assert!(choose(Path::new("a.gz"), b"id", None).is_err());
        assert!(choose(Path::new("a.csv"), b"%PDF-1.7", None).is_err());
    }
}
