//! Answers on forms, in every layout that bytes can spell.

use super::scanner::{self, scan};

/// What forms are made of. A byte stands for one of these.
const PIECES: [&str; 64] = [
    "Q",
    "q",
    "1",
    "2",
    "3",
    "10",
    "18",
    "27",
    "99",
    " ",
    " ",
    " ",
    "\n",
    "\n\n",
    "\t",
    ":",
    ".",
    ")",
    "(",
    "-",
    " - ",
    "=",
    "/",
    ",",
    ";",
    "?",
    "!",
    "Y",
    "N",
    "y",
    "n",
    "Yes",
    "No",
    "YES",
    "NO",
    "yes",
    "no",
    "N/K",
    "n/a",
    "not known",
    "declined",
    "unk",
    "X",
    "[x]",
    "[ ]",
    "☑",
    "☐",
    "✓",
    "DASH",
    "DARA",
    "Question ",
    "Has he ever hurt you",
    "strangled",
    "suicidal",
    "stalking",
    "pregnant",
    "afraid",
    "Comment:",
    "ticked",
    "all others no",
    "yes to ",
    "no to ",
    " and ",
    " to ",
];

/// Each byte is a piece of a form, or stands for itself.
pub fn check(data: &[u8]) {
    let mut text = String::new();
    for byte in data.iter().take(4096) {
        match usize::from(*byte) {
            piece @ 0..64 => text.push_str(PIECES[piece]),
            128.. => text.push(char::from(*byte)),
            _ => text.push(char::from(*byte)),
        }
    }
    scan(&text, &|work| {
        let mut scanner = throughline::scan::Scanner::new(scanner::lexicon());
        scanner.scan("Q1 Y Q2 N. He strangled her. 3. No 4. Yes");
        work(&mut scanner);
    });
}
