//! The contextual status of a mention, held as separate axes so that a mention can be, say,
//! historical *and* disputed. The values are fixed by the output format.

use serde::{Deserialize, Serialize};

macro_rules! axis {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? } default $default:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it stands in tables and lexicon files.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Reads a value as it stands in tables and lexicon files.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl Default for $name {
            fn default() -> Self { Self::$default }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

axis! {
    /// Whether the text asserts the indicator or says that it is absent.
    Polarity {
        /// The text asserts it.
        Affirmed = "affirmed",
        /// The text says that it is absent.
        Negated = "negated",
    } default Affirmed
}

axis! {
    /// How firmly the text stands behind the indicator.
    Certainty {
        /// Said as fact or as somebody's own account.
        Stated = "stated",
        /// Marked as uncertain (`?`, poss, may have).
        Possible = "possible",
        /// Reported as an allegation.
        Alleged = "alleged",
        /// Alleged by one, denied by another.
        Disputed = "disputed",
        /// Said earlier and taken back.
        Retracted = "retracted",
    } default Stated
}

axis! {
    /// When it happened, as far as the text says.
    Temporality {
        /// In this relationship or episode, or no sign that it is past.
        Current = "current",
        /// An earlier relationship, childhood, or years ago and over.
        Historical = "historical",
        /// Advice, a general statement, a question, a fear of what has never happened.
        Hypothetical = "hypothetical",
        /// An intended action.
        Planned = "planned",
    } default Current
}

axis! {
    /// A person's part in what is told.
    Role {
        /// The person abused; the narrator of a victim's account; the deceased in a coroner's report.
        Victim = "victim",
        /// The person alleged to abuse.
        Suspect = "suspect",
        /// A child of the household.
        Child = "child",
        /// Anybody else: relative, bystander, officer, member of staff.
        Other = "other",
        /// The text does not tell.
        Unknown = "unknown",
    } default Unknown
}

axis! {
    /// Who says so.
    Voice {
        /// The victim's own account.
        Victim = "victim",
        /// The suspect's account.
        Suspect = "suspect",
        /// An officer's observation or summary.
        Officer = "officer",
        /// The person who called.
        Caller = "caller",
        /// A relative, neighbour, professional or other third party.
        ThirdParty = "third_party",
        /// An answer on a form.
        Form = "form",
        /// The text does not tell.
        Unknown = "unknown",
    } default Unknown
}

axis! {
    /// The side of the lexicon that a category belongs to.
    Group {
        /// Coercive control and domestic abuse.
        Abuse = "abuse",
        /// Suicide risk.
        Suicide = "suicide",
        /// Shown beside indicators; never an indicator alone.
        Context = "context",
    } default Abuse
}

impl Assertion {
    /// Polarity, certainty, temporality, experiencer, agent and source, as they stand in tables.
    pub fn as_strs(self) -> [&'static str; 6] {
        [
            self.polarity.as_str(),
            self.certainty.as_str(),
            self.temporality.as_str(),
            self.experiencer.as_str(),
            self.agent.as_str(),
            self.source.as_str(),
        ]
    }
}

/// The axes of one mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    /// Asserted or said to be absent.
    pub polarity: Polarity,
    /// How firmly.
    pub certainty: Certainty,
    /// When.
    pub temporality: Temporality,
    /// To whom.
    pub experiencer: Role,
    /// By whom.
    pub agent: Role,
    /// Who says so.
    pub source: Voice,
}
