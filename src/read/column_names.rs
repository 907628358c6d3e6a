//! The names by which columns are known where nobody names them, and how names are compared.

/// Names that stand for the narrative, best first, in folded form (see [`fold`]).
pub(super) const TEXT: &str = "\
    narrative narratives incidentnarrative narrativetext freetext text notes note \
    description incidentdescription circumstances summary incidentsummary log logtext \
    incidentlog details detail incidentdetails mo modusoperandi comments comment \
    statement investigation concerns concern body message content remarks account";

/// Last words of a name that make it a narrative, best first: `officer_notes`, `Log text`.
pub(super) const TEXT_ENDINGS: &str = "\
    narrative text notes description circumstances summary log details comments \
    statement concerns";

/// Names that stand for the case reference. Never `id` alone, which is the incident's.
pub(super) const CASE: &str = "\
    caseid case caseref casereference caseno casenumber caserefno crimeref \
    crimereference crimerefno crimeno crimenumber crimeid urn caseurn linkedcase \
    clientid clientref victimid personid nominalid nominal";

/// Names that stand for the incident reference.
pub(super) const ID: &str = "\
    incidentid id incident incidentref incidentreference incidentno incidentnumber \
    incidenturn reference ref refno referenceno referencenumber docid documentid logno \
    lognumber logid logref recordid recordno recordref reportid reportno reportnumber \
    reportref eventid eventno eventref entryid entryno noteid cad cadno cadref cadnumber \
    occurrenceno occurrencenumber";

/// Names that stand for the incident date.
pub(super) const DATE: &str = "\
    incidentdate dateofincident date datetime incidentdatetime datereported reporteddate \
    reportedon reportedat reported reportdate occurred occurredon occurredat \
    dateoccurred occurrencedate contactdate dateofcontact eventdate logdate notedate \
    entrydate daterecorded recordedon recordeddate created createdon createdat \
    createddate datecreated timestamp";

/// Names that stand for the date of the report, where there is a date of the incident besides.
pub(super) const REPORTED: &str = "\
    reportedon reportedat datereported reporteddate reportdate reported recordedon daterecorded \
    recordeddate createdon createdat createddate datecreated created logdate entrydate notedate";

/// Names that stand for the grade of a risk assessment.
pub(super) const GRADE: &str = "\
    riskgrade riskgrading risklevel dashgrade dashgrading dashrisk dararisk riskassessment \
    riskassessmentgrade gradeofrisk risk grade grading dash dara";

/// Names that stand for the outcome.
pub(super) const OUTCOME: &str = "\
    outcome outcomes incidentoutcome disposal disposition result finding closure closurecode \
    resultcode actiontaken";

/// Names that stand for where it happened, or who polices it.
pub(super) const AREA: &str = "\
    area areaname areacode policearea localarea lpa lpu localpolicingarea localpolicingunit bcu district beat \
    beatcode beatname ward wardname borough division forcearea force policeforce region neighbourhood sector \
    locality subdivision station";

/// A name as it is compared: lower case, letters and digits only.
pub(super) fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The last word of a name of several words, in lower case; empty if it has only one.
pub(super) fn last_word(name: &str) -> String {
    let mut words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    match (words.next_back(), words.next_back()) {
        (Some(last), Some(_)) => last.to_lowercase(),
        _ => String::new(),
    }
}
