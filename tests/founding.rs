//! The kind of case that throughline was made for: what stood in somebody's words must be found.

use throughline::lexicon::Lexicon;
use throughline::scan::Scanner;

fn found(text: &str) -> Vec<String> {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let mut scanner = Scanner::new(&lexicon);
    let counts = scanner
        .scan(text)
        .into_iter()
        .filter(|m| m.suppressed.is_none());
    let mut ids: Vec<String> = counts
        .map(|m| lexicon.categories[m.category].id.clone())
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

fn assert_found(text: &str, expected: &[&str]) {
    let ids = found(text);
    let missing: Vec<&&str> = expected
        .iter()
        .filter(|id| !ids.iter().any(|found| found == **id))
        .collect();
    assert!(missing.is_empty(), "not found: {missing:?}; found: {ids:?}");
}

/// Told by a coroner: every category that the founding case obliges the tool to cover.
#[test]
fn a_coroners_account_yields_each_category() {
    assert_found(
        include_str!("../data/founding.txt"),
        &[
            "children_exposed",
            "economic_control",
            "entrapment",
            "escalation_repeat",
            "hopelessness_defeat",
            "intimidation_anger",
            "isolation",
            "monitoring_contact",
            "physical_violence",
            "suicide_attempt",
            "suicide_encouragement",
            "threats",
            "victim_fear",
        ],
    );
}

/// The same facts in an officer's shorthand.
#[test]
fn a_log_of_the_same_facts_yields_them_too() {
    assert_found(
        "CALL FROM NBR: FEMALE BEING BEATEN UP BY HER PARTNER, SHOUTING AND SCREAMING. CHILD CAME ROUND TO NBRS, SAW IT ALL. \
         IP STATES AP RINGS HER CONSTANTLY WHEN SHE IS OUT. SCARED OF PHONE DYING AS HE GOES MAD IF HE CANT REACH HER. \
         AP HOLDS HER BANK CARD. NOT ALLOWED TO SEE FAMILY. AP HAS THREATENED TO KILL HER. IP FEELS TRAPPED, NO WAY OUT. \
         5TH REPORT IN 3/12, GETTING WORSE. IP SUICIDAL SINCE SAT.",
        &[
            "children_exposed",
            "economic_control",
            "entrapment",
            "escalation_repeat",
            "intimidation_anger",
            "isolation",
            "monitoring_contact",
            "physical_violence",
            "si_active",
            "threats",
            "victim_fear",
        ],
    );
}

/// And in the words of the person herself, as they would be typed into a phone.
#[test]
fn a_message_of_the_same_facts_yields_them_too() {
    assert_found(
        "he rings me non stop if im out and if i dont pick up he goes mad. im scared of my phone dying. hes got my bank card \
         and he wont let me see my mum. he hit me again last night and the kids saw it. its getting worse. i cant leave, \
         theres no way out. i dont want to be here any more",
        &[
            "children_exposed",
            "economic_control",
            "entrapment",
            "escalation_repeat",
            "intimidation_anger",
            "isolation",
            "monitoring_contact",
            "physical_violence",
            "si_passive",
            "victim_fear",
        ],
    );
}
