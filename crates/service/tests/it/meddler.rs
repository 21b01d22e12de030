//! Another program that does something to the database.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};

use crate::installation::Installation;

/// Does something to the database from another program, and holds it until the value goes.
pub(crate) struct Meddler(Child);

impl Meddler {
    pub(crate) fn new(installation: &Installation, statement: &str) -> Self {
        const PROGRAM: &str = "import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute(sys.argv[2])
print('done', flush=True)
sys.stdin.readline()";
        let mut command = Command::new("python3");
        command.args(["-c", PROGRAM]).arg(installation.path("steadfast.db")).arg(statement);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "done\n");
        Self(child)
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        if let Some(mut stdin) = self.0.stdin.take() {
            let _ = stdin.write_all(b"\n");
        }
        let _ = self.0.wait();
    }
}
