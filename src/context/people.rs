//! Names and initials that the text introduces with a role are read as that role from then on:
//! "John BROWN (AP)", "VP Karen REED", "her partner, Dean".
//!
//! A name becomes one more way to write the label that introduced it, so that patterns, cues and
//! roles treat "BROWN punched REED" as "AP punched VP". The source is not touched: only the word that a
//! token is looked up as changes. A name that the text gives to both sides stays nobody's.
//!
//! `AP` is the alleged perpetrator in most forces and the aggrieved person in some. Where the text shows
//! that it is the second ("Aggrieved person (AP)", "suspect punched AP"), it is read so.

use std::cell::RefCell;
use std::collections::BTreeMap;

use foldhash::HashMap;

use crate::lexicon::Lexicon;
use crate::matcher::{AnyOf, ClassId};
use crate::segment::{Break, Segmented, WordId, WordLookup};

/// Most words of a name, with its title.
const LONGEST_NAME: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other,
    Partner,
    Suspect,
    Victim,
}

struct Name<'t> {
    text: &'t str,
    kind: Kind,
    label: WordId,
    /// It counts only where it is written in the same way: an initial, or a name that is also a word.
    exact: bool,
    /// Given to both sides.
    disputed: bool,
}

struct Reader<'a> {
    text: &'a str,
    /// The text is written in capitals, which then tell no name from a word.
    shouted: bool,
    lexicon: &'a Lexicon,
    suspect: Option<ClassId>,
    victim: Option<ClassId>,
    partner: Option<ClassId>,
    others: [Option<ClassId>; 3],
    /// Any of those before.
    people: AnyOf,
    first_name: Option<ClassId>,
    title: Option<ClassId>,
    introduces: Option<ClassId>,
    newcomer: Option<ClassId>,
    /// Words that stand for a role, by their class, as far as they were asked for.
    standins: RefCell<BTreeMap<&'static str, Option<WordId>>>,
}

/// The names of a narrative, to be asked for by their words, whatever their case.
#[derive(Default)]
struct Names<'t> {
    list: Vec<Name<'t>>,
    places: HashMap<String, usize>,
    /// A bit for each first byte.
    heads: u64,
}

/// The bit of a first byte, whatever the case of a letter.
fn head(text: &str) -> u64 {
    let first = text.as_bytes().first().map_or(0, u8::to_ascii_lowercase);
    1 << (first % 64)
}

impl<'t> Names<'t> {
    /// Whether a name may begin as `text` does. Most words of a text begin otherwise.
    fn may_begin(&self, text: &str) -> bool {
        self.heads & head(text) != 0
    }

    fn get(&self, text: &str) -> Option<&Name<'t>> {
        let place = self.places.get(&text.to_ascii_lowercase())?;
        Some(&self.list[*place])
    }
}

/// Reads every name that the narrative introduces as the role that it is given.
pub(crate) fn follow_names(text: &str, lexicon: &Lexicon, segmented: &mut Segmented) {
    let named = |name: &str| lexicon.named.get(name);
    let small = text.bytes().filter(u8::is_ascii_lowercase).count();
    let capital = text.bytes().filter(u8::is_ascii_uppercase).count();
    let people = [
        "suspect_word",
        "victim_word",
        "partner",
        "kin",
        "friend",
        "child_word",
    ]
    .map(named);
    let reader = Reader {
        text,
        shouted: capital > 3 * small,
        lexicon,
        suspect: people[0],
        victim: people[1],
        partner: people[2],
        others: [people[3], people[4], people[5]],
        people: lexicon.classes.any_of(&people),
        first_name: named("first_name"),
        title: named("title_word"),
        introduces: named("introducing_word"),
        newcomer: named("new_partner_word"),
        standins: RefCell::default(),
    };
    reader.decide_either(segmented);
    if reader.tells_of(segmented, &people[..2]) {
        reader.read_owners(segmented);
    }
    reader.drop_former(segmented);
    let names = reader.names(segmented);
    if names.list.iter().all(|name| name.disputed) {
        return;
    }
    for at in 0..segmented.tokens.len() {
        if let Some(word) = reader.read_as(segmented, &names, at) {
            segmented.tokens[at].word = word;
            segmented.tokens[at].named = true;
        }
    }
}

impl<'a> Reader<'a> {
    fn has(&self, segmented: &Segmented, at: usize, class: Option<ClassId>) -> bool {
        class.is_some_and(|class| self.lexicon.classes.has(segmented.tokens[at].word, class))
    }

    fn source(&self, segmented: &Segmented, at: usize) -> &'a str {
        segmented.tokens[at].span().of(self.text)
    }

    /// What stands between a token and the one before it.
    fn before(&self, segmented: &Segmented, at: usize) -> &'a str {
        let start = at
            .checked_sub(1)
            .map_or(0, |before| segmented.tokens[before].end as usize);
        &self.text[start..segmented.tokens[at].start as usize]
    }

    /// What stands between a token and the one after it.
    fn after(&self, segmented: &Segmented, at: usize) -> &'a str {
        let end = segmented
            .tokens
            .get(at + 1)
            .map_or(self.text.len(), |t| t.start as usize);
        &self.text[segmented.tokens[at].end as usize..end]
    }

    /// Whether any word of the narrative may belong to one of these classes.
    fn tells_of(&self, segmented: &Segmented, classes: &[Option<ClassId>]) -> bool {
        let asked = self.lexicon.classes.any_of(classes);
        let words = segmented.tokens.iter().map(|token| token.word);
        self.lexicon.classes.any_may_have(words, asked)
    }

    #[inline]
    fn kind(&self, segmented: &Segmented, at: usize) -> Option<Kind> {
        // Most words stand for nobody.
        let word = segmented.tokens[at].word;
        let may_be = self.lexicon.classes.may_have(word, self.people);
        may_be.then(|| self.kind_of_person(segmented, at)).flatten()
    }

    fn kind_of_person(&self, segmented: &Segmented, at: usize) -> Option<Kind> {
        if self.has(segmented, at, self.suspect) {
            Some(Kind::Suspect)
        } else if self.has(segmented, at, self.victim) {
            Some(Kind::Victim)
        } else if self.has(segmented, at, self.partner) {
            Some(Kind::Partner)
        } else if self
            .others
            .iter()
            .any(|class| self.has(segmented, at, *class))
        {
            Some(Kind::Other)
        } else {
            None
        }
    }

    /// Whether a token can be a name: written with a capital, and a first name or no word of the lexicon.
    fn is_name(&self, segmented: &Segmented, at: usize) -> bool {
        let token = &segmented.tokens[at];
        let source = self.source(segmented, at);
        source.starts_with(char::is_uppercase)
            && source
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’'))
            && (token.word == 0 && source.chars().count() > 1 && !self.shouted
                || self.has(segmented, at, self.first_name))
    }

    /// A single capital as it stands for a person: none that is an answer, a side or a sex.
    fn is_initial(&self, segmented: &Segmented, at: usize) -> bool {
        let source = self.source(segmented, at);
        source.len() == 1
            && source.bytes().all(|b| b.is_ascii_uppercase())
            && !matches!(
                source,
                "A" | "I" | "Y" | "N" | "L" | "R" | "Q" | "X" | "M" | "F"
            )
    }

    fn is_title(&self, segmented: &Segmented, at: usize) -> bool {
        self.has(segmented, at, self.title)
    }

    fn names(&self, segmented: &Segmented) -> Names<'a> {
        let mut names = Names::default();
        for at in 0..segmented.tokens.len() {
            let Some(kind) = self.kind(segmented, at) else {
                continue;
            };
            if self.source(segmented, at).contains(['\'', '’'])
                || self.has(segmented, at, self.first_name)
            {
                continue;
            }
            // "her new partner Lee" is no suspect.
            let newcomer =
                kind == Kind::Partner && at > 0 && self.has(segmented, at - 1, self.newcomer);
            let kind = if newcomer { Kind::Other } else { kind };
            let found = if newcomer {
                self.name_after(segmented, at, Kind::Other)
            } else {
                self.name_before(segmented, at)
                    .or_else(|| self.name_after(segmented, at, kind))
            };
            let Some(found) = found else { continue };
            let label = if newcomer {
                self.standin("other_standin")
            } else {
                Some(segmented.tokens[at].word)
            };
            if let Some(label) = label {
                for token in found {
                    self.add(segmented, token, kind, label, &mut names);
                }
            }
        }
        names
    }

    fn add(
        &self,
        segmented: &Segmented,
        at: usize,
        kind: Kind,
        label: WordId,
        names: &mut Names<'a>,
    ) {
        let source = self.source(segmented, at);
        let text = bare(source);
        if self.is_title(segmented, at) || text.len() < 2 && !self.is_initial(segmented, at) {
            return;
        }
        let key = text.to_ascii_lowercase();
        if let Some(place) = names.places.get(&key) {
            let known = &mut names.list[*place];
            let both = (known.kind.max(kind), known.kind.min(kind));
            known.disputed |= both == (Kind::Victim, Kind::Suspect);
            if kind > known.kind {
                (known.kind, known.label) = (kind, label);
            }
            return;
        }
        let first = self.has(segmented, at, self.first_name);
        names.heads |= head(text);
        names.places.insert(key, names.list.len());
        names.list.push(Name {
            text,
            kind,
            label,
            exact: segmented.tokens[at].word != 0 && !first || text.len() < 2,
            disputed: false,
        });
    }

    /// `John BROWN (AP)`, `Miss K R (VP)`, `Dean (her ex)`: the name before a label in brackets.
    fn name_before(&self, segmented: &Segmented, label: usize) -> Option<std::ops::Range<usize>> {
        let opens = |at: usize| self.before(segmented, at).trim_end().ends_with(['(', '[']);
        let open = if opens(label) {
            label
        } else if label > 0 && opens(label - 1) && !self.is_name(segmented, label - 1) {
            label - 1
        } else {
            return None;
        };
        let mut start = open;
        let mut certain = false;
        while start > 0 && open - start < LONGEST_NAME {
            let at = start - 1;
            // Between the words of a name stands nothing; before the bracket only the bracket.
            if start < open && segmented.tokens[start].gap != Break::None {
                break;
            }
            let source = self.source(segmented, at);
            let shouted = source.len() > 2 && source.bytes().all(|b| b.is_ascii_uppercase());
            let known = self.is_name(segmented, at) || self.is_title(segmented, at);
            let surname =
                start == open && shouted && !self.shouted && self.kind(segmented, at).is_none();
            if !(known || self.is_initial(segmented, at) || surname) {
                break;
            }
            certain |= known || start == open && self.is_initial(segmented, at);
            start = at;
        }
        (certain && start < open).then_some(start..open)
    }

    /// `VP Karen REED`, `Suspect - Dean HOLT`, `AP is Dean HOLT`, `her partner, Dean`.
    fn name_after(
        &self,
        segmented: &Segmented,
        label: usize,
        kind: Kind,
    ) -> Option<std::ops::Range<usize>> {
        let tokens = &segmented.tokens;
        let mut first = label + 1;
        let told = first < tokens.len() && self.has(segmented, first, self.introduces);
        while first < tokens.len()
            && first <= label + 2
            && self.has(segmented, first, self.introduces)
        {
            first += 1;
        }
        if first >= tokens.len() {
            return None;
        }
        let apart = self.before(segmented, first);
        let set_off = apart.contains([':', '(', '=', '-', '–', '[']);
        let listed = apart.contains([',']);
        if apart.contains(['.', ';', '?', '!', '\n', '/', ')', '"']) {
            return None;
        }
        let mut end = first;
        while end < tokens.len() && end - first < LONGEST_NAME {
            let inner = end == first || tokens[end].gap == Break::None;
            let known = self.is_name(segmented, end) || self.is_title(segmented, end);
            if !(inner && (known || end > first && self.is_initial(segmented, end))) {
                break;
            }
            end += 1;
        }
        // "Her brother, Mark, came": between commas even a word of the lexicon is a name.
        if end == first && listed {
            let source = self.source(segmented, first);
            let capital = source.starts_with(char::is_uppercase)
                && source.chars().skip(1).all(char::is_lowercase);
            return (capital && self.after(segmented, first).starts_with(','))
                .then_some(first..first + 1);
        }
        if end == first {
            return None;
        }
        let opens = self.has(segmented, first, self.first_name) || self.is_title(segmented, first);
        let shouted = self
            .source(segmented, first)
            .bytes()
            .all(|b| b.is_ascii_uppercase());
        // "IP, Dean and two children" is a list; "IP, Dean HOLT," tells who IP is.
        let apposed = self.after(segmented, end - 1).starts_with([',', '(', ')'])
            || self.after(segmented, end - 1).trim_start().starts_with('(');
        let relative = matches!(kind, Kind::Partner | Kind::Other);
        let fits = if listed && !relative {
            opens && apposed
        } else if listed || set_off || told {
            opens || !shouted || told && end - first > 1
        } else {
            opens || relative && !shouted
        };
        fits.then_some(first..end)
    }

    /// The word that a token is read as, if it is one of the names.
    fn read_as(&self, segmented: &Segmented, names: &Names<'_>, at: usize) -> Option<WordId> {
        let source = self.source(segmented, at);
        if !names.may_begin(source)
            || !source.starts_with(char::is_uppercase) && segmented.tokens[at].word != 0
        {
            return None;
        }
        let own = bare(source);
        let name = names.get(own)?;
        if name.disputed || name.exact && name.text != own {
            return None;
        }
        let word = segmented.tokens[at].word;
        let free = word == 0 || name.exact || self.has(segmented, at, self.first_name);
        if !free {
            return None;
        }
        if own.len() == source.len() {
            return Some(name.label);
        }
        // "BROWN's" is "AP's".
        let mut owner = self.lexicon.vocabulary.word(name.label).as_bytes().to_vec();
        owner.push(b's');
        let owner = self.lexicon.vocabulary.lookup(&owner).id;
        Some(if owner == 0 { name.label } else { owner })
    }

    /// Reads labels that forces use for either side (`AP`) as the side that this text shows.
    fn decide_either(&self, segmented: &mut Segmented) {
        let either = self.lexicon.named.get("either_label");
        let tokens = segmented.tokens.len();
        if either.is_none()
            || !self.tells_of(segmented, &[either])
            || !(0..tokens).any(|at| self.has(segmented, at, either))
        {
            return;
        }
        let label = |at: usize| self.has(segmented, at, either);
        let suspect = |at: usize| !label(at) && self.has(segmented, at, self.suspect);
        let victim = |at: usize| !label(at) && self.has(segmented, at, self.victim);
        let opens = |at: usize| self.before(segmented, at).trim_end().ends_with(['(', '[']);
        let mut aggrieved = None;
        for at in (0..tokens).filter(|at| label(*at)) {
            // "Aggrieved person (AP)", "AP (victim)".
            let two = at.checked_sub(2).filter(|t| {
                victim(*t) && self.has(segmented, t + 1, self.lexicon.named.get("someone"))
            });
            let long = (opens(at))
                .then(|| at.checked_sub(1).filter(|t| victim(*t)).or(two))
                .flatten()
                .or_else(|| (at + 1 < tokens && opens(at + 1) && victim(at + 1)).then_some(at + 1));
            if let Some(long) = long {
                aggrieved = Some(segmented.tokens[long].word);
            }
        }
        // "Suspect punched AP", in a text with no other word for the person abused.
        if aggrieved.is_none() && !(0..tokens).any(victim) {
            let struck = (0..tokens).filter(|at| label(*at)).any(|at| {
                let unit = segmented.unit_of(at).start;
                let near = at.saturating_sub(5).max(unit)..at;
                let doer = near.rev().find(|t| suspect(*t));
                doer.is_some_and(|doer| {
                    at - doer > 1
                        && (doer + 1..=at).all(|t| segmented.tokens[t].gap == Break::None)
                        && !(doer + 1..at).any(|t| {
                            self.has(segmented, t, self.introduces)
                                || self.has(segmented, t, self.lexicon.named.get("joining_word"))
                        })
                })
            });
            aggrieved = struck.then(|| self.standin("victim_standin")).flatten();
        }
        let Some(word) = aggrieved else { return };
        for at in 0..tokens {
            if self.has(segmented, at, either) {
                segmented.tokens[at].word = word;
            }
        }
    }

    /// "Ex Army", "ex Green Howard": what somebody was, and nobody's former partner.
    fn drop_former(&self, segmented: &mut Segmented) {
        let former = self.lexicon.named.get("former_word");
        if self.shouted || !self.tells_of(segmented, &[former]) {
            return;
        }
        for at in 0..segmented.tokens.len().saturating_sub(1) {
            let next = at + 1;
            if self.has(segmented, at, former)
                && segmented.tokens[next].gap == Break::None
                && self.source(segmented, next).len() > 2
                && self.source(segmented, next).starts_with(char::is_uppercase)
                && self.kind(segmented, next).is_none()
                && !self.has(segmented, next, self.first_name)
                && !self.is_title(segmented, next)
                && self.has_capital_twice(segmented, next)
            {
                segmented.tokens[at].word = 0;
            }
        }
    }

    /// "Green Howard", "Army": two capitals in a row, or a word of the lexicon, is no surname.
    fn has_capital_twice(&self, segmented: &Segmented, at: usize) -> bool {
        segmented.tokens[at].word != 0
            || segmented.tokens.get(at + 1).is_some_and(|t| {
                t.gap == Break::None
                    && self
                        .source(segmented, at + 1)
                        .starts_with(char::is_uppercase)
            })
    }

    /// "AP's girlfriend" is the person abused.
    fn read_owners(&self, segmented: &mut Segmented) {
        for at in 1..segmented.tokens.len() {
            let Some(owned) = self.kind(segmented, at) else {
                continue;
            };
            let owner = self.kind(segmented, at - 1);
            let sides = matches!(owner, Some(Kind::Suspect | Kind::Victim));
            let Some(owner) = owner.filter(|_| sides) else {
                continue;
            };
            if !self.source(segmented, at - 1).contains(['\'', '’'])
                || segmented.tokens[at].gap != Break::None
            {
                continue;
            }
            if (owner, owned) == (Kind::Suspect, Kind::Partner)
                && let (Some(theirs), Some(victim)) = (
                    self.standin("owner_standin"),
                    self.standin("victim_standin"),
                )
            {
                segmented.tokens[at - 1].word = theirs;
                segmented.tokens[at].word = victim;
            }
        }
    }

    /// The word by which the lexicon lets a role stand that the text has no word for.
    fn standin(&self, class: &'static str) -> Option<WordId> {
        // Asked once a narrative: it goes through all words of the lexicon.
        let mut known = self.standins.borrow_mut();
        *known.entry(class).or_insert_with(|| {
            let class = self.lexicon.named.get(class)?;
            (1..self.lexicon.vocabulary.len() as WordId)
                .find(|word| self.lexicon.classes.has(*word, class))
        })
    }
}

/// A name without the ending of a possessive.
fn bare(source: &str) -> &str {
    source
        .strip_suffix("'s")
        .or_else(|| source.strip_suffix("’s"))
        .or_else(|| source.strip_suffix("'S"))
        .unwrap_or(source)
}
