//! `cargo xtask`: the automation of the house. Every task is a command here, so that a person, a hook and CI
//! run the same thing. Standard library and little else, because it is built before everything else.

mod bench;
mod clock;
mod fuzz;
mod shell;
mod test;

use std::process::ExitCode;

use shell::Failure;

const HELP: &str = "\
Automation of Steadfast.

Usage: cargo xtask <COMMAND>

Commands:
  test   Install what the tests need, then check and test everything (what CI runs)
  bench  Build for release, make traffic, measure ingest, matching, pages and the report
  fuzz   Run the fuzz targets, ten minutes each unless told otherwise
  soak   Hold the program under mixed load for an hour, watch memory, log, pages and counts

`cargo xtask <COMMAND> --help` says more, with examples.
";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() {
        eprint!("{HELP}");
        return ExitCode::from(2);
    }
    let result = match arguments.remove(0).as_str() {
        "test" => test::main(&arguments),
        "bench" => bench::main(&arguments),
        "fuzz" => fuzz::main(&arguments),
        "soak" => bench::soak::main(&arguments),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(Failure::usage(format!("there is no command `{other}`; `cargo xtask --help` lists them"))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            failure.exit_code()
        }
    }
}
