//! Writing many rows: several with each run of a statement, since starting one costs as much as writing a row.

use rusqlite::{Statement, Transaction};

use crate::{Result, StoreError};

/// How many rows a run writes, where there are as many.
const ROWS: usize = 64;

/// How many statements are run so: it is prepared twice.
pub(super) const STATEMENTS: usize = 1;

/// Where the values of a row stand in a statement.
const VALUES: &str = "VALUES (";

/// Runs a statement that writes one row with the parameters `?1` to `?N`, which stand between `VALUES (` and `)` and
/// nowhere else, for every row.
pub(super) fn execute<const N: usize>(
    tx: &Transaction<'_>,
    statement: &str,
    mut rows: impl Iterator<Item = Result<[i64; N]>>,
) -> Result<()> {
    let mut held = rows.by_ref().take(ROWS).collect::<Result<Vec<_>>>()?;
    if held.len() == ROWS {
        let mut add = tx.prepare_cached(&repeated(statement, ROWS)?)?;
        while held.len() == ROWS {
            run(&mut add, &held)?;
            held.clear();
            for row in rows.by_ref().take(ROWS) {
                held.push(row?);
            }
        }
    }
    let mut add = tx.prepare_cached(statement)?;
    held.chunks(1).try_for_each(|row| run(&mut add, row))
}

fn run<const N: usize>(statement: &mut Statement<'_>, rows: &[[i64; N]]) -> Result<()> {
    for (value, place) in rows.as_flattened().iter().zip(1..) {
        statement.raw_bind_parameter(place, value)?;
    }
    statement.raw_execute()?;
    Ok(())
}

/// The statement with the values of `rows` rows.
fn repeated(statement: &str, rows: usize) -> Result<String> {
    let strange = || StoreError::Unavailable("a statement has no row of values; this is a bug".to_owned());
    let start = statement.find(VALUES).ok_or_else(strange)? + VALUES.len() - 1;
    let end = start + statement[start..].find(')').ok_or_else(strange)? + 1;
    let columns = statement[start..end].matches('?').count();
    let row = format!("({})", vec!["?"; columns].join(","));
    Ok([&statement[..start], &vec![row.as_str(); rows].join(","), &statement[end..]].concat())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn a_row_is_repeated_in_its_place() {
        let text = repeated("INSERT INTO t (a, b) VALUES (?1, ?2)\nON CONFLICT (a) DO NOTHING", 2).unwrap();
        assert_eq!(text, "INSERT INTO t (a, b) VALUES (?,?),(?,?)\nON CONFLICT (a) DO NOTHING");
        assert!(repeated("SELECT 1", 2).is_err());
    }

    #[test]
    fn every_row_is_written() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)").unwrap();
        let add = "INSERT INTO t (a, b) VALUES (?1, ?2) ON CONFLICT (a) DO UPDATE SET b = b + excluded.b";
        for count in [0, 1, 63, 64, 65, 300] {
            let tx = connection.transaction().unwrap();
            let rows: Vec<i64> = (0..count).collect();
            for _ in 0..2 {
                execute(&tx, add, rows.iter().map(|row| Ok([*row, row * 3]))).unwrap();
            }
            let sums = tx.query_row("SELECT count(*), total(a), total(b) FROM t", (), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, f64>(1)?, row.get::<_, f64>(2)?))
            });
            let sum = rows.iter().sum::<i64>() as f64;
            assert_eq!(sums.unwrap(), (count, sum, 6.0 * sum));
        }
    }
}
