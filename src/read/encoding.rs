//! Which character encoding an input is in, and decoding it as a stream.
//!
//! Three signs, in this order: a byte-order mark, the encoding the user named, and the first
//! bytes of the input. UTF-8 is handed on as it is and checked record by record (see `repair`); every
//! other encoding is decoded here, counting what had no meaning.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::{Error, Result};

/// How much of the start of an input is looked at for NUL bytes, which betray UTF-16.
const NUL_WINDOW: usize = 4 * 1024;

/// Decoded text is copied out of a buffer of this size.
const SCRATCH: usize = 16 * 1024;

/// Reads the value of `--encoding`; `auto` and nothing are `None`.
pub(super) fn declared(label: Option<&str>) -> Result<Option<&'static Encoding>> {
    let label = label.map(str::trim).unwrap_or("auto");
    if label.eq_ignore_ascii_case("auto") {
        return Ok(None);
    }
    match Encoding::for_label_no_replacement(label.as_bytes()) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(Error::usage(format!(
            "unknown encoding {label:?}; try auto, utf-8, windows-1252, utf-16le or utf-16be"
        ))),
    }
}

/// The encoding of an input that begins with `head`, and the length of its byte-order mark.
///
/// A byte-order mark outranks a declared encoding: it cannot be there by accident, while one
/// `--encoding` is often given for a folder in which some files differ. `whole` says that `head`
/// is all there is.
pub(super) fn choose(
    head: &[u8],
    whole: bool,
    declared: Option<&'static Encoding>,
) -> (&'static Encoding, usize) {
    if let Some((encoding, mark)) = Encoding::for_bom(head) {
        return (encoding, mark);
    }
    if let Some(encoding) = declared {
        return (encoding, 0);
    }
    let encoding = utf16_by_nuls(head).unwrap_or_else(|| utf8_or_legacy(head, whole));
    (encoding, 0)
}

/// Recognises UTF-16 without a byte-order mark: in Western text nearly every second byte is NUL.
fn utf16_by_nuls(head: &[u8]) -> Option<&'static Encoding> {
    let window = &head[..head.len().min(NUL_WINDOW)];
    let pairs = window.len() / 2;
    if pairs < 2 {
        return None;
    }
    let (mut even, mut odd) = (0, 0);
    for pair in window.chunks_exact(2) {
        even += usize::from(pair[0] == 0);
        odd += usize::from(pair[1] == 0);
    }
    // Stray NULs in an 8-bit file fall on both sides, and are few.
    let (many, few) = (pairs / 2, pairs / 20);
    match (even, odd) {
        _ if odd > many && even <= few => Some(UTF_16LE),
        _ if even > many && odd <= few => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-8 unless the bytes say otherwise.
///
/// Text in Windows-1252 hardly ever forms a valid multi-byte sequence by chance. So if such
/// sequences outnumber the invalid ones, the input is UTF-8 with some damage: that is mended record by
/// record (see `repair`), rather than every apostrophe of the rest turned into `â€™`.
fn utf8_or_legacy(head: &[u8], whole: bool) -> &'static Encoding {
    if std::str::from_utf8(head).is_ok() {
        return UTF_8;
    }
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in head.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if !whole && cut_in_character(head) {
        bad -= 1;
    }
    if bad == 0 || good > bad {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(head, whole);
    // A hint for short texts, in which a few bytes could be anything.
    detector.guess(Some(b"uk"), Utf8Detection::Deny)
}

/// Whether the last bytes are a character that goes on beyond the end.
fn cut_in_character(head: &[u8]) -> bool {
    let tail = &head[head.len().saturating_sub(3)..];
    (0..tail.len()).any(|at| {
        matches!(std::str::from_utf8(&tail[at..]), Err(error) if error.valid_up_to() == 0 && error.error_len().is_none())
    })
}

/// A streaming decoder to UTF-8 that counts the replacement characters it puts in.
pub(super) struct Decoder {
    inner: encoding_rs::Decoder,
    scratch: Vec<u8>,
    replaced: u64,
}

impl Decoder {
    /// A decoder for an input whose byte-order mark, if any, is already behind us.
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        let inner = encoding.new_decoder_without_bom_handling();
        Self {
            inner,
            scratch: vec![0; SCRATCH],
            replaced: 0,
        }
    }

    /// How many characters were replaced so far.
    pub(super) fn replaced(&self) -> u64 {
        self.replaced
    }

    /// Decodes `raw` to the end of `out`; `last` says that no more will come.
    pub(super) fn decode(&mut self, mut raw: &[u8], last: bool, out: &mut Vec<u8>) {
        loop {
            let (result, read, written) =
                self.inner
                    .decode_to_utf8_without_replacement(raw, &mut self.scratch, last);
            out.extend_from_slice(&self.scratch[..written]);
            raw = &raw[read..];
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.replaced += 1;
                    out.extend_from_slice("\u{FFFD}".as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1252;

    use super::*;

    fn name(head: &[u8]) -> &'static str {
        choose(head, true, None).0.name()
    }

    #[test]
    fn marks_outrank_what_is_declared() {
        let declared = Some(WINDOWS_1252);
        assert_eq!(choose(b"\xEF\xBB\xBFid", true, declared), (UTF_8, 3));
        assert_eq!(choose(b"\xFF\xFEi\0d\0", true, declared), (UTF_16LE, 2));
        assert_eq!(choose(b"id,text", true, declared), (WINDOWS_1252, 0));
    }

    #[test]
    fn utf16_without_mark_shows_in_its_nuls() {
        let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(order).collect()
        };
        assert_eq!(
            name(&wide("id,text\n1,hé said", u16::to_le_bytes)),
            "UTF-16LE"
        );
        assert_eq!(
            name(&wide("id,text\n1,hé said", u16::to_be_bytes)),
            "UTF-16BE"
        );
        assert_eq!(name(b"id,text\n1,a\0b\0c and then the rest of it"), "UTF-8");
    }

    #[test]
    fn legacy_text_is_told_from_damaged_utf8() {
        assert_eq!(name(b"she said \x93no\x94"), "windows-1252");
        assert_eq!(name("she said “no” and ‘never’".as_bytes()), "UTF-8");
        assert_eq!(name(b"\xE2\x80\x9Cno\xE2\x80\x9D then \xFF"), "UTF-8");
    }

    #[test]
    fn a_character_cut_by_the_window_is_no_error() {
        let text = "naïve".as_bytes();
        assert_eq!(choose(&text[..3], false, None).0, UTF_8);
        assert_eq!(choose(&text[..3], true, None).0, WINDOWS_1252);
    }

    #[test]
    fn decoding_counts_replacements_across_chunks() {
        let mut decoder = Decoder::new(UTF_16LE);
        let mut out = Vec::new();
        // "a", a lone low surrogate, "b" cut in half by the chunk, then half a unit at the end.
        decoder.decode(b"a\0\x00\xDCb", false, &mut out);
        decoder.decode(b"\0c", true, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), "a\u{FFFD}b\u{FFFD}");
        assert_eq!(decoder.replaced(), 2);
    }

    #[test]
    fn unknown_labels_are_usage_errors() {
        assert!(declared(Some("utf-99")).is_err());
        assert!(declared(Some("AUTO")).expect("auto is known").is_none());
        assert_eq!(
            declared(Some("cp1252")).expect("a known label"),
            Some(WINDOWS_1252)
        );
    }
}
