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

/// A server runs for months and works on many threads. glibc's allocator gives each an arena of its own, none of which ever gives
/// back what others could use: memory crept up by the hour, and took half as much again under load.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
