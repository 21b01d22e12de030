//! The real program, run as its users run it.

use std::ffi::OsStr;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::client::Client;
use crate::http::{self, Response};
use crate::output::Output;
use crate::patience;

/// How long a server may take until it prints its address.
const START: Duration = Duration::from_secs(120);

/// The program with a directory of its own, in which it runs and keeps its data. No `STEADFAST_…` variable of the
/// caller reaches it.
#[derive(Debug)]
pub struct Program {
    binary: PathBuf,
    directory: TempDir,
    variables: Vec<(String, String)>,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Ran {
    /// Standard output as text.
    #[must_use]
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    #[must_use]
    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// The same run, once it is sure that it succeeded.
    ///
    /// # Panics
    /// When the exit code is not 0.
    #[must_use]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "stderr:\n{}\nstdout:\n{}", self.stderr(), self.stdout());
        self
    }

    /// Standard output as JSON, once it is sure that the run succeeded.
    ///
    /// # Panics
    /// When the exit code is not 0 or the output not JSON.
    #[must_use]
    pub fn json(self) -> serde_json::Value {
        let ran = self.succeeded();
        serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("not JSON: {error}\n{}", ran.stdout()))
    }
}

impl Program {
    /// The program at `binary`: `env!("CARGO_BIN_EXE_steadfast")` where a test can have it.
    ///
    /// # Panics
    /// When there is no room for a temporary directory.
    #[must_use]
    pub fn new(binary: impl Into<PathBuf>) -> Self {
        Self { binary: binary.into(), directory: TempDir::new().unwrap(), variables: Vec::new() }
    }

    /// The same with an environment variable for every run.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// The directory in which the program runs.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The data directory, given to every run as `STEADFAST_DATA`.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Writes a file into the program's directory, whose name alone is enough as an argument.
    ///
    /// # Panics
    /// When it can't be written.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The command of a run, for what the other functions don't offer.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_by(&self.binary, arguments)
    }

    /// The same by another program, such as a shell that prepares the ground for this one.
    fn command_by(&self, other: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
        let mut command = Command::new(other);
        command.args(arguments).current_dir(self.directory.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("STEADFAST_")) {
            command.env_remove(name);
        }
        command.env("STEADFAST_DATA", self.data()).envs(self.variables.iter().cloned());
        command
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it can't be started.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, &[])
    }

    /// Runs it to its end with something to read on standard input.
    ///
    /// # Panics
    /// When it can't be started.
    #[must_use]
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Ran {
        Self::run_command(self.command(arguments), input)
    }

    /// Runs another program, such as a shell that prepares the ground for this one, to its end: in the same directory, with
    /// the same variables.
    ///
    /// # Panics
    /// When it can't be started.
    #[must_use]
    pub fn run_by(&self, other: &str, arguments: &[&str]) -> Ran {
        Self::run_command(self.command_by(other, arguments), &[])
    }

    fn run_command(mut command: Command, input: &[u8]) -> Ran {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = start(&mut command);
        let mut stdin = child.stdin.take().unwrap();
        std::thread::scope(|scope| {
            // It may end without having read everything; what it then says is for the test to judge.
            scope.spawn(move || drop(stdin.write_all(input)));
            let output = child.wait_with_output().unwrap();
            Ran { code: output.status.code(), stdout: output.stdout, stderr: output.stderr }
        })
    }

    /// Starts it and returns at once. It is killed when the value goes.
    ///
    /// # Panics
    /// When it can't be started.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::of(&mut self.command(arguments))
    }

    /// Starts `serve` or `demo` and waits until it has printed its address; give it a listener with port 0.
    ///
    /// # Panics
    /// When it ends, or prints no address in two minutes.
    #[must_use]
    pub fn serve(&self, arguments: &[&str]) -> Server {
        Self::served(self.start(arguments))
    }

    /// The same by another program, such as a shell that prepares the ground for this one.
    ///
    /// # Panics
    /// As [`Program::serve`].
    #[must_use]
    pub fn serve_by(&self, other: &str, arguments: &[&str]) -> Server {
        Self::served(Running::of(&mut self.command_by(other, arguments)))
    }

    fn served(running: Running) -> Server {
        match running.output.find(START, address_in) {
            Some(address) => Server { address, running },
            None => panic!("no address was printed:\n{}", running.output()),
        }
    }
}

fn start(command: &mut Command) -> Child {
    command.spawn().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"))
}

/// The address in `http://127.0.0.1:8080/`, or in `listening on 127.0.0.1:8080`.
fn address_in(line: &str) -> Option<SocketAddr> {
    ["listening on ", "http://"].iter().find_map(|before| {
        let rest = &line[line.find(before)? + before.len()..];
        let end = rest.find(|letter: char| !(letter.is_ascii_hexdigit() || ".:[]".contains(letter)));
        rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ':']).parse().ok()
    })
}

/// The program in the background.
#[derive(Debug)]
pub struct Running {
    child: Child,
    output: Output,
}

impl Running {
    /// Starts a command, whose standard input is left as it is, in the background.
    ///
    /// # Panics
    /// When it can't be started.
    #[must_use]
    pub fn of(command: &mut Command) -> Self {
        let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()));
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        Self { output: Output::of([Box::new(stdout), Box::new(stderr)]), child }
    }

    /// All that it has printed so far, on both outputs.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Its process.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for a line, printed since the last call, in which `look` finds something.
    #[must_use]
    pub fn find<T>(&self, limit: Duration, look: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.output.find(limit, look)
    }

    /// Waits for its end; none when it still runs after `limit`, else whether it succeeded.
    #[must_use]
    pub fn exit(&mut self, limit: Duration) -> Option<bool> {
        patience::exit(&mut self.child, limit).map(|status| status.success())
    }

    /// Asks it politely to end (SIGTERM).
    ///
    /// # Panics
    /// When there is no process to ask.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        let asked = Command::new("/bin/sh").args(["-c", &kill]).status().expect("a shell can be run");
        assert!(asked.success(), "no process {} to end", self.child.id());
    }

    /// Kills it as `kill -9` does and waits for its end.
    pub fn kill(&mut self) {
        patience::kill(&mut self.child);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program as a server in the background.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    running: Running,
}

impl Server {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks for a path.
    ///
    /// # Panics
    /// When there is no answer.
    #[must_use]
    pub fn get(&self, path: &str) -> Response {
        http::get(self.address, path)
    }

    /// A stranger to it, with no cookies yet.
    #[must_use]
    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    /// Its process.
    pub fn running(&mut self) -> &mut Running {
        &mut self.running
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_lines() {
        for (line, expected) in [
            ("open http://127.0.0.1:8080/ in a browser", Some("127.0.0.1:8080")),
            ("http://127.0.0.1:41.", Some("127.0.0.1:41")),
            ("listening on http://[::1]:80\n", Some("[::1]:80")),
            ("serves on https://a.example/, listening on 0.0.0.0:81, from", Some("0.0.0.0:81")),
            ("see http://example.com/x", None),
            ("nothing", None),
        ] {
            assert_eq!(address_in(line), expected.map(|text| text.parse().unwrap()), "{line}");
        }
    }

    #[test]
    fn a_run_has_a_code_and_two_outputs_and_its_own_directory() {
        let shell = Program::new("/bin/sh").with("GREETING", "hi");
        shell.write("note", "kept");
        let ran = shell.run_with_input(&["-c", "cat; cat note; echo $GREETING >&2; exit 3"], b"input ");
        assert_eq!((ran.code, ran.stdout(), ran.stderr()), (Some(3), "input kept".into(), "hi\n".into()));
        assert!(shell.run(&["-c", "echo $STEADFAST_DATA"]).succeeded().stdout().ends_with("/data\n"));
    }

    #[test]
    fn a_program_is_asked_to_end() {
        let shell = Program::new("/bin/sh");
        let mut running = shell.start(&["-c", "trap 'exit 0' TERM; echo ready; while :; do :; done"]);
        assert_eq!(running.find(START, |line| line.starts_with("ready").then_some(())), Some(()));
        running.terminate();
        assert_eq!(running.exit(START), Some(true));
    }

    #[test]
    fn a_server_is_found_by_the_address_it_prints_and_killed_in_the_end() {
        let shell = Program::new("/bin/sh");
        let mut server = shell.serve(&["-c", "echo starting; echo at http://127.0.0.1:9/ >&2; exec sleep 1000"]);
        assert_eq!(server.url("/x"), "http://127.0.0.1:9/x");
        assert_eq!(server.running().exit(Duration::ZERO), None);
        server.running().kill();
        assert_eq!(server.running().exit(Duration::ZERO), Some(false));
    }
}
