//! How much a lexicon may ask for. Far beyond what one needs, and low enough that no file, written by
//! mistake or by malice, makes the program run out of memory, out of stack or out of time.

/// Bytes of one file of rules; the largest of our own is a twentieth of it.
pub(super) const FILE_BYTES: u64 = 4 << 20;

/// Bytes of a table of weights.
pub(super) const TABLE_BYTES: u64 = 16 << 20;

/// Bytes of all files of a folder.
pub(super) const FOLDER_BYTES: usize = 64 << 20;

/// Files of a folder.
pub(super) const FILES: usize = 2_000;

/// Folders within folders.
pub(super) const FOLDER_DEPTH: usize = 16;

/// Rules, cues, signals, questions and classes together.
pub(super) const ENTRIES: usize = 50_000;

/// Bytes of one pattern or entry of a class.
pub(super) const PATTERN_BYTES: usize = 16 << 10;

/// Brackets within brackets.
pub(super) const NESTING: usize = 12;

/// Linear variants that all patterns together multiply out to.
pub(super) const VARIANTS: usize = 2_000_000;

/// Words that the gaps of one variant may span together: [`crate::matcher`] remembers which ways it
/// tried in vain for so far around an anchor, and tries none twice.
pub(super) const GAP_WORDS: usize = 72;

/// Classes that include a class that includes a class, and so on.
pub(super) const INCLUSIONS: usize = 64;

/// Words and phrases of all classes together, each counted in every class that it comes into.
pub(super) const MEMBERS: usize = 40_000_000;

/// Bytes of one regex.
pub(super) const REGEX_BYTES: usize = 4 << 10;

/// Bytes of one regex compiled, and of the states that it builds while it runs.
pub(super) const REGEX_SIZE: usize = 1 << 20;

/// Groups within groups of a regex.
pub(super) const REGEX_NESTING: u32 = 24;

/// Problems that are listed of one file; one more says that there are others.
pub(super) const PROBLEMS: usize = 500;
