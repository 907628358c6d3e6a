//! Runs the command that was asked for.

mod args;
mod compare;
mod evaluate;
mod explain;
mod lexicon;
mod privacy;
mod review;
mod sample;
mod scan;
mod statement;
mod terminal;

use std::io::{self, Write as _};
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, Parser as _};

use args::{Cli, Command};
use throughline::error::{Error, ErrorKind};

/// The run is complete.
const COMPLETE: u8 = 0;
/// Complete, but something needs a look: records rejected, problems or failures found.
const LOOK: u8 = 1;
/// It could not run.
const FAILED: u8 = 2;

/// Parses the command line and runs it; errors go to standard error, once and clear.
pub fn main() -> ExitCode {
    privacy::quiet_panics();
    let cli = Cli::parse();
    if !cli.shared_output {
        privacy::own_files_only();
    }
    let color = terminal::color(cli.color);
    // The hook has said where; there is nothing else to say.
    let Ok(result) = std::panic::catch_unwind(AssertUnwindSafe(|| run(cli))) else {
        return ExitCode::from(FAILED);
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let own = error.downcast_ref::<Error>();
            let pipe = error
                .downcast_ref::<io::Error>()
                .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
            if pipe || own.is_some_and(Error::is_broken_pipe) {
                return ExitCode::from(COMPLETE);
            }
            let mut stderr = io::stderr().lock();
            if let Some(ErrorKind::Lexicon(problems)) = own.map(Error::kind) {
                for problem in problems {
                    let _ = writeln!(stderr, "{}\n", problem.render(color));
                }
            }
            let _ = writeln!(stderr, "throughline: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(cli: Cli) -> Result<u8> {
    match cli.command {
        Command::Scan(args) => scan::run(&args),
        Command::Explain(args) => explain::run(&args, terminal::color(cli.color)),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Lexicon(args) => lexicon::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Statement(args) => statement::run(&args),
        Command::Sample(args) => sample::run(&args),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "throughline", &mut io::stdout());
            Ok(COMPLETE)
        }
        Command::Man => {
            clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?;
            Ok(COMPLETE)
        }
    }
}
