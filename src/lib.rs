//! throughline reads free-text incident narratives, finds indicators of coercive control and of
//! suicide risk, follows them across the incidents of a case, and writes reports for a human to
//! review. See `ARCHITECTURE.md` for the flow.
//!
//! Every finding quotes the words that it rests on, at their exact place, and nothing that matched
//! is dropped without a reason that can be read. No number it gives is a person's risk.
//!
//! ```
//! use throughline::lexicon::Lexicon;
//! use throughline::scan::Scanner;
//!
//! let lexicon = Lexicon::built_in()?;
//! let mut scanner = Scanner::new(&lexicon);
//! let text = "IP states he won't let her see her mum. She denies any thoughts of suicide.";
//! for mention in scanner.scan(text) {
//!     let category = &lexicon.categories[mention.category].id;
//!     let words = mention.span.of(text);
//!     match &mention.suppressed {
//!         None => println!("{category}: {words}"),
//!         Some(reason) => println!("{category}: {words} (set aside: {reason})"),
//!     }
//! }
//! # Ok::<(), throughline::error::Error>(())
//! ```

pub mod assertion;
pub mod assess;
pub mod boilerplate;
pub mod case;
pub mod checks;
pub mod compare;
mod context;
pub mod date;
pub mod error;
pub mod evaluate;
pub mod evaluate_assertion;
pub mod journal;
pub mod lexicon;
mod matcher;
pub mod mention;
pub mod narrative;
mod normalise;
pub mod past_run;
pub mod pipeline;
pub mod read;
pub mod redact;
pub mod report;
pub mod review;
pub mod sample;
pub mod scan;
pub mod segment;
pub mod span;
pub mod spill;
#[doc(hidden)]
pub mod stages;
pub mod statement;
pub mod weigh;
