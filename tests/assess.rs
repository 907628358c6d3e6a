//! Tiers and prompts come from data, name their evidence, and never grade.

use throughline::assess::assess;
use throughline::case::{CaseMention, CaseRecord};
use throughline::lexicon::Lexicon;
use throughline::scan::Scanner;

fn case(lexicon: &Lexicon, incidents: &[(&str, &str)]) -> CaseRecord {
    let mut scanner = Scanner::new(lexicon);
    let mut case = CaseRecord {
        id: "C1".into(),
        ..CaseRecord::default()
    };
    for (index, (date, text)) in incidents.iter().enumerate() {
        let incident =
            case.add_incident(format!("I{index}"), (*date).to_owned(), "test".into(), None);
        for m in scanner
            .scan(text)
            .into_iter()
            .filter(|m| m.suppressed.is_none())
        {
            case.mentions.push(CaseMention {
                category: m.category,
                rule: m.rule,
                tier: lexicon.categories[m.category].tier,
                assertion: m.assertion,
                incident,
                start: m.span.start,
                quote: m.span.of(text).to_owned(),
            });
        }
    }
    case.sort();
    case
}

#[test]
fn strangulation_is_read_first_and_quoted() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let case = case(
        &lexicon,
        &[(
            "2024-05-03",
            "IP states he put his hands round her throat and strangled her.",
        )],
    );
    let assessment = assess(&lexicon, &case);
    assert_eq!(assessment.tier, 1);
    let reason = &assessment.reasons[0];
    assert!(
        reason.contains("reported on 3 May 2024: ") && reason.contains('"'),
        "{reason}"
    );
}

#[test]
fn three_incidents_in_a_year_are_a_pattern() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let text = "He shouted in her face and called her worthless.";
    let told = |dates: [&str; 3]| {
        let incidents: Vec<(&str, &str)> = dates.iter().map(|date| (*date, text)).collect();
        assess(&lexicon, &case(&lexicon, &incidents))
    };
    let close = told(["01/02/2024", "2 Mar 2024", "2024-12-30"]);
    assert!(
        close.reasons.iter().any(|r| r.starts_with("3 incidents")),
        "{close:?}"
    );
    let apart = told(["01/02/2022", "2 Mar 2023", "2024-12-30"]);
    assert!(
        !apart.reasons.iter().any(|r| r.contains("incidents with")),
        "{apart:?}"
    );
}

#[test]
fn control_beside_despair_raises_the_prompt_that_nobody_raised() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let text =
        "He won't let me see my mum. He's got my bank card. I cant leave, theres no way out.";
    let assessment = assess(&lexicon, &case(&lexicon, &[("", text)]));
    assert!(
        assessment
            .prompts
            .iter()
            .any(|p| p.contains("suicidality has been asked about")),
        "{assessment:?}"
    );
}

#[test]
fn the_order_of_input_changes_nothing() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    let mut incidents = vec![
        ("2024-03-01", "He smashed my phone."),
        ("2024-01-01", "He threatened to kill me."),
        ("", "He hit me again."),
    ];
    let forward = assess(&lexicon, &case(&lexicon, &incidents));
    incidents.reverse();
    assert_eq!(forward, assess(&lexicon, &case(&lexicon, &incidents)));
}

#[test]
fn no_reason_speaks_of_a_score() {
    let lexicon = Lexicon::built_in().expect("the built-in lexicon is sound");
    for rule in &lexicon.tiers {
        for word in ["score", "probability", "low risk", "high risk", "%"] {
            assert!(
                !rule.reason.to_lowercase().contains(word),
                "{}: {}",
                rule.id,
                rule.reason
            );
        }
    }
}
