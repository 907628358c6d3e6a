//! Characters that are the same come to the same key, and a key is its own key.

use throughline::segment::fold;

/// The data is the text.
pub fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let folded = fold(&text);
    assert_eq!(fold(&folded), folded, "folding twice changes {text:?}");
    assert_eq!(
        fold(&text.to_ascii_uppercase()),
        fold(&text.to_ascii_lowercase()),
        "case shows in the key of {text:?}"
    );
    let parts: String = text
        .chars()
        .map(|c| fold(c.encode_utf8(&mut [0; 4])))
        .collect();
    assert_eq!(parts, folded, "a key depends on neighbours in {text:?}");
}
