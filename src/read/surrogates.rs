//! Halves of characters in JSON: systems that cut texts by UTF-16 units write `\\ud83d` without its
//! other half, which no reader of JSON accepts.

/// The text with `\\ufffd` for each half that has no other, and how many there were; `None` if there
/// are none.
pub(super) fn mend(text: &str) -> Option<(String, u64)> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut halves) = (text, 0);
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                out.push_str("\\ufffd");
                halves += 1;
                rest = &rest[6..];
                continue;
            }
            // Another escape; of a backslash, the second must not begin one.
            _ => rest.chars().take(2).map(char::len_utf8).sum(),
        };
        out.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    out.push_str(rest);
    (halves > 0).then_some((out, halves))
}

/// The unit that an escape at the beginning of `text` stands for.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(digits, 16).ok().filter(|_| hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_halves_are_replaced() {
        for (text, mended) in [
            (r"a\ud83d b", Some(r"a\ufffd b")),
            (r"\ude00\ud83d\ude00", Some(r"\ufffd\ud83d\ude00")),
            (r"\ud83d\u0041", Some(r"\ufffd\u0041")),
            (r"\\ud83d", None),
            (r"\ud8", None),
            ("\\\u{E9}\\", None),
        ] {
            let found = mend(text).map(|(mended, _)| mended);
            assert_eq!(found.as_deref(), mended, "{text}");
        }
    }
}
