//! The program: reads the command line, runs the library, sets the exit status.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
