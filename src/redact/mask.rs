//! Puts masks into a text and keeps track of where everything goes.

use crate::span::{SourceMap, Span};

/// A stretch of text to be masked.
#[derive(Clone, Debug)]
pub(super) struct Mask {
    pub span: Span,
    /// `PERSON`, `PHONE` …
    pub kind: String,
    /// What stands there instead.
    pub label: String,
}

/// A masked text.
#[derive(Debug)]
pub struct Masked {
    /// The text with its masks.
    pub text: String,
    /// The way back to the source.
    pub source: SourceMap,
    /// Where each mask stood, and where it stands.
    moved: Vec<(Span, Span)>,
}

impl Masked {
    /// Masks `text`; `masks` are sorted and do not overlap.
    pub(super) fn new(text: &str, masks: Vec<Mask>) -> Self {
        let mut out = Self {
            text: String::with_capacity(text.len()),
            source: SourceMap::default(),
            moved: Vec::with_capacity(masks.len()),
        };
        let (mut done, mut source_chars, mut masked_chars) = (0, 0, 0);
        for mask in masks {
            let plain = &text[done..mask.span.start];
            out.text.push_str(plain);
            let start = out.text.len();
            out.text.push_str(&mask.label);
            let plain = plain.chars().count();
            source_chars += plain + mask.span.of(text).chars().count();
            masked_chars += plain + mask.label.chars().count();
            out.source.push(masked_chars, source_chars);
            out.moved
                .push((mask.span, Span::new(start, out.text.len())));
            done = mask.span.end;
        }
        out.text.push_str(&text[done..]);
        out
    }

    /// Where a span of the source stands now; one that begins or ends inside a mask is widened to it.
    pub fn span(&self, span: Span) -> Span {
        let start = self.place(span.start, false);
        let end = self.place(span.end, true);
        Span::new(start, end.max(start))
    }

    /// Where the masks stood in the source.
    pub fn masked(&self) -> impl Iterator<Item = Span> + '_ {
        self.moved.iter().map(|(from, _)| *from)
    }

    fn place(&self, at: usize, end: bool) -> usize {
        let behind = self.moved.partition_point(|(from, _)| from.end <= at);
        if let Some((from, to)) = self.moved.get(behind)
            && from.start < at
        {
            return if end { to.end } else { to.start };
        }
        match behind.checked_sub(1).map(|last| self.moved[last]) {
            Some((from, to)) => at - from.end + to.end,
            None => at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_move_with_the_text_and_lead_back() {
        let text = "é Jane told Bo to go";
        let mask = |at: &str, label: &str| {
            let start = text.find(at).expect("in the text");
            Mask {
                span: Span::new(start, start + at.len()),
                kind: "PERSON".into(),
                label: label.into(),
            }
        };
        let masked = Masked::new(
            text,
            vec![mask("Jane", "[PERSON 1]"), mask("Bo", "[PERSON 2]")],
        );
        assert_eq!(masked.text, "é [PERSON 1] told [PERSON 2] to go");
        let of = |part: &str| {
            let start = text.find(part).expect("in the text");
            masked.span(Span::new(start, start + part.len()))
        };
        assert_eq!(of("told Bo to").of(&masked.text), "told [PERSON 2] to");
        assert_eq!(of("ane tol").of(&masked.text), "[PERSON 1] tol");
        assert_eq!(of("é ").of(&masked.text), "é ");
        assert_eq!(of("o").of(&masked.text), "o");
        for (part, start, end) in [("told Bo", 7, 14), ("Jane", 2, 6), ("to go", 15, 20)] {
            let span = of(part);
            let chars = |byte: usize| masked.text[..byte].chars().count();
            assert_eq!(masked.source.source(chars(span.start)), start, "{part}");
            assert_eq!(masked.source.source(chars(span.end)), end, "{part}");
        }
    }
}
