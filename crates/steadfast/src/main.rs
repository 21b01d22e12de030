//! `steadfast`: the command line, the configuration, and the wiring of everything else.

mod cli;
mod clock;
mod command;
mod config;
mod demo;
mod key_file;
mod open_files;
mod random;
mod term;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    term::start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return command::Failure::new(format!("cannot start: {error}")).report(),
    };
    match runtime.block_on(command::run(cli)) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
