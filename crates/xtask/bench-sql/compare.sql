-- Holds the counts of `count.sql` against those of Steadfast, exported to `$EXPORT`. The last line says how many keys both have, how
-- many calls, and how many keys differ in anything.
CREATE TEMP TABLE theirs AS
SELECT * FROM read_csv(
    '$EXPORT',
    header = false,
    columns = {
        app: 'VARCHAR', day: 'VARCHAR', route: 'VARCHAR', method: 'VARCHAR', status: 'USMALLINT', calls: 'UBIGINT', header_absent: 'UBIGINT'
    }
);
.mode csv
.headers off
SELECT * FROM (
    (SELECT 'only duckdb', * FROM (FROM tally EXCEPT ALL FROM theirs))
    UNION ALL
    (SELECT 'only steadfast', * FROM (FROM theirs EXCEPT ALL FROM tally))
) LIMIT 10;
SELECT
    'summary',
    (SELECT count(*) FROM tally),
    (SELECT sum(calls) FROM tally),
    (SELECT count(*) FROM (FROM tally EXCEPT ALL FROM theirs)) + (SELECT count(*) FROM (FROM theirs EXCEPT ALL FROM tally));
