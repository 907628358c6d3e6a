//! A problem in a lexicon file, with its place and what would mend it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// One problem, ready to be shown in the manner of a compiler.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Path of the file, relative to the lexicon's folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What would mend it.
    pub fix: Option<String>,
    text: Arc<str>,
    range: Range<usize>,
}

impl Diagnostic {
    /// A problem in `file`, whose whole text is `text`, at the bytes `range`.
    pub fn new(
        file: &str,
        text: impl Into<Arc<str>>,
        range: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let text: Arc<str> = text.into();
        let mut start = range.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = range.end.clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file: file.to_owned(),
            line: memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
            fix: None,
            range: start..end,
            text,
        }
    }

    /// The same problem in the file of that name.
    #[must_use]
    pub(super) fn in_file(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// Adds what would mend it.
    #[must_use]
    pub fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// The problem with the lines around it, as text for a terminal.
    pub fn render(&self, color: bool) -> String {
        let snippet = Snippet::source(&*self.text)
            .path(&self.file)
            .annotation(AnnotationKind::Primary.span(self.range.clone()));
        let mut group = Level::ERROR.primary_title(&self.message).element(snippet);
        if let Some(fix) = &self.fix {
            group = group.element(Level::HELP.message(fix));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

impl fmt::Debug for Diagnostic {
    /// Without the file's whole text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )?;
        if let Some(fix) = &self.fix {
            write!(f, " (help: {fix})")?;
        }
        Ok(())
    }
}
