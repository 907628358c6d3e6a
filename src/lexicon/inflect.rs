//! Regular English inflection, so that a lexicon names a verb or noun once.
//!
//! Over-generation is harmless (nobody writes "stoped" but those who misspell it), so doubtful
//! cases give both forms.

/// Every form of a verb phrase whose first word inflects, given as `base` or
/// `base|past|participle…`. With irregular forms given, the regular past is left out.
pub(crate) fn verb_forms(entry: &str, irregular: Option<&str>) -> Vec<String> {
    let mut given = entry.split('|').map(str::trim);
    let phrase = given.next().unwrap_or_default();
    let (base, tail) = match phrase.split_once(' ') {
        Some((base, tail)) => (base, format!(" {tail}")),
        None => (phrase, String::new()),
    };
    let listed: Vec<String> = given.map(str::to_owned).collect();
    let mut forms = vec![phrase.to_owned()];
    let irregular_past =
        irregular.map(|entry| entry.split('|').skip(1).map(str::trim).collect::<Vec<_>>());
    if base != "be" {
        forms.push(format!("{}{tail}", third_person(base)));
        for stem in gerund_stems(base) {
            forms.push(format!("{stem}ing{tail}"));
            forms.push(format!("{stem}in{tail}"));
        }
    }
    if !listed.is_empty() {
        forms.extend(listed);
    } else if let Some(past) = irregular_past {
        forms.extend(past.into_iter().map(|form| format!("{form}{tail}")));
    } else {
        for past in regular_past(base) {
            forms.push(format!("{past}{tail}"));
        }
    }
    tidy(forms)
}

/// Singular, plural and possessive of a noun phrase whose last word inflects, given as `noun` or
/// `noun|plural`.
pub(crate) fn noun_forms(entry: &str) -> Vec<String> {
    let mut given = entry.split('|').map(str::trim);
    let noun = given.next().unwrap_or_default();
    let plurals: Vec<String> = given.map(str::to_owned).collect();
    let plurals = if plurals.is_empty() {
        vec![plural(noun)]
    } else {
        plurals
    };
    let mut forms = vec![noun.to_owned(), format!("{noun}s")];
    for plural in plurals {
        if !plural.ends_with('s') {
            forms.push(format!("{plural}s"));
        }
        forms.push(plural);
    }
    tidy(forms)
}

fn tidy(mut forms: Vec<String>) -> Vec<String> {
    forms.sort();
    forms.dedup();
    forms
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn ends_consonant_y(word: &str) -> bool {
    let mut back = word.chars().rev();
    back.next() == Some('y') && back.next().is_some_and(|c| !is_vowel(c))
}

fn sibilant(word: &str) -> bool {
    ["s", "x", "z", "ch", "sh", "o"]
        .iter()
        .any(|end| word.ends_with(end))
}

fn third_person(base: &str) -> String {
    if ends_consonant_y(base) {
        format!("{}ies", &base[..base.len() - 1])
    } else if sibilant(base) {
        format!("{base}es")
    } else {
        format!("{base}s")
    }
}

fn plural(noun: &str) -> String {
    if ends_consonant_y(noun) {
        format!("{}ies", &noun[..noun.len() - 1])
    } else if ["s", "x", "z", "ch", "sh"]
        .iter()
        .any(|end| noun.ends_with(end))
    {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}

/// Whether the last consonant doubles before an ending: one short vowel, one consonant.
fn may_double(base: &str) -> bool {
    let letters: Vec<char> = base.chars().collect();
    let [.., a, b, c] = letters.as_slice() else {
        return false;
    };
    // English doubles no letter with an accent.
    let consonant = c.is_ascii_lowercase() && !is_vowel(*c) && !matches!(c, 'w' | 'x' | 'y');
    let shape = consonant && is_vowel(*b) && !is_vowel(*a);
    let vowels = letters.iter().filter(|c| is_vowel(**c)).count();
    shape && (vowels == 1 || *c == 'l' || *c == 'p' || *c == 't' || *c == 'r')
}

fn gerund_stems(base: &str) -> Vec<String> {
    let mut stems = Vec::new();
    if let Some(stem) = base.strip_suffix("ie") {
        stems.push(format!("{stem}y"));
    } else if base.ends_with('e') && !base.ends_with("ee") && base.len() > 2 {
        stems.push(base[..base.len() - 1].to_owned());
    } else {
        stems.push(base.to_owned());
    }
    if may_double(base) {
        stems.push(format!("{base}{}", &base[base.len() - 1..]));
    }
    stems
}

fn regular_past(base: &str) -> Vec<String> {
    let mut forms = Vec::new();
    if base.ends_with('e') {
        forms.push(format!("{base}d"));
    } else if ends_consonant_y(base) {
        forms.push(format!("{}ied", &base[..base.len() - 1]));
    } else {
        forms.push(format!("{base}ed"));
    }
    if may_double(base) {
        forms.push(format!("{base}{}ed", &base[base.len() - 1..]));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_take_regular_and_irregular_forms() {
        assert_eq!(
            verb_forms("stop", None),
            [
                "stop", "stoped", "stopin", "stoping", "stopped", "stoppin", "stopping", "stops"
            ]
        );
        assert_eq!(
            verb_forms("take", Some("take|took|taken")),
            ["take", "taken", "takes", "takin", "taking", "took"]
        );
        assert_eq!(
            verb_forms("kick off", None),
            [
                "kick off",
                "kicked off",
                "kickin off",
                "kicking off",
                "kicks off"
            ]
        );
        assert_eq!(
            verb_forms("put off|put off", None),
            [
                "put off",
                "putin off",
                "puting off",
                "puts off",
                "puttin off",
                "putting off"
            ]
        );
        assert_eq!(
            verb_forms("lie", Some("lie|lied")),
            ["lie", "lied", "lies", "lyin", "lying"]
        );
        assert!(verb_forms("marry", None).contains(&"marries".to_owned()));
    }

    #[test]
    fn nouns_take_plural_and_possessive() {
        assert_eq!(noun_forms("friend"), ["friend", "friends"]);
        assert_eq!(
            noun_forms("child|children"),
            ["child", "children", "childrens", "childs"]
        );
        assert_eq!(noun_forms("family"), ["families", "family", "familys"]);
        assert_eq!(noun_forms("best friend"), ["best friend", "best friends"]);
    }
}
