-- The job of `steadfast catalog import` and `steadfast ingest` in DuckDB's own words: read the calls, match their paths
-- exactly, count by app, day, route, method and status, and write the counts into a table of a file. `cargo xtask bench
-- ingest` runs it with its own files in place of `$CATALOG` and `$TRAFFIC`, and holds its counts against Steadfast's.
--
-- What is exact here holds for this benchmark's paths only: no escapes, and parameters that are numbers, UUIDs or slugs that
-- begin with a letter. Identifiers are squeezed out first, so that few distinct shapes are left to match.

-- Templates: `{name}` as `{}`, as a pattern, and by which of those that fit come first: at each segment a literal
-- beats a parameter.
CREATE TEMP TABLE template AS
WITH path AS (
    SELECT unnest(json_keys(json(content), '$.paths')) AS path FROM read_text('$CATALOG')
)
SELECT
    regexp_replace(path, '\{([^}]*)\}', ':\1', 'g') AS route,
    regexp_replace(path, '\{[^}]*\}', '{}', 'g') AS shape,
    regexp_replace(path, '\{[^}]*\}', '*', 'g') AS pattern,
    split_part(path, '/', 2) AS first,
    split_part(path, '/', 3) AS second,
    len(path) - len(replace(path, '/', '')) AS segments,
    array_to_string(list_transform(string_split(path, '/'), lambda s: CASE WHEN s[1] = '{' THEN '1' ELSE '0' END), '') AS rank
FROM path;

-- One pass over the file. `\b` keeps literals that only begin with digits whole.
CREATE TEMP TABLE counted AS
SELECT app, day, shape, method, status, count(*) AS calls, count(*) FILTER (absent) AS header_absent
FROM (
    SELECT
        coalesce(nullif(nullif(app, ''), '-'), 'unidentified') AS app,
        left(time, 10) AS day,
        regexp_replace(
            split_part(path, '?', 1),
            '/(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9]+)\b',
            '/{}',
            'g'
        ) AS shape,
        method,
        status,
        company_header IS NULL OR company_header IN ('', '-') AS absent
    FROM read_json(
        '$TRAFFIC',
        format = 'newline_delimited',
        columns = {
            time: 'VARCHAR', app: 'VARCHAR', method: 'VARCHAR', path: 'VARCHAR', status: 'USMALLINT', company_header: 'VARCHAR'
        }
    )
)
GROUP BY ALL;

CREATE TEMP TABLE shape AS
SELECT
    shape,
    split_part(shape, '/', 2) AS first,
    split_part(shape, '/', 3) AS second,
    len(shape) - len(replace(shape, '/', '')) AS segments
FROM (SELECT DISTINCT shape FROM counted);

CREATE TEMP TABLE matched AS
SELECT shape.shape, template.route FROM shape JOIN template USING (shape);

-- Slugs are left in the shape: the pattern that fits and comes first. With as many slashes, no `*` can hold one. No
-- template of these begins with a parameter.
INSERT INTO matched
SELECT shape.shape, arg_min(template.route, template.rank)
FROM (SELECT * FROM shape ANTI JOIN matched USING (shape)) AS shape
JOIN template
    ON template.segments = shape.segments
    AND template.first = shape.first
    AND template.second = shape.second
    AND shape.shape GLOB template.pattern
GROUP BY shape.shape;

-- Paths that nobody documented: segments that look like an identifier become `:id`.
INSERT INTO matched
SELECT
    shape,
    array_to_string(
        list_transform(
            string_split(shape, '/'),
            lambda s: CASE
                WHEN s = '{}'
                    OR contains(s, '@')
                    OR regexp_full_match(s, '[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}')
                    OR (regexp_matches(s, '[0-9]') AND regexp_full_match(s, '[0-9A-Fa-f]{8,}|[A-Za-z0-9_-]{20,}'))
                THEN ':id'
                ELSE s
            END
        ),
        '/'
    )
FROM shape ANTI JOIN matched USING (shape);

CREATE TABLE tally AS
SELECT app, day, route, method, status, sum(calls)::UBIGINT AS calls, sum(header_absent)::UBIGINT AS header_absent
FROM counted JOIN matched USING (shape)
GROUP BY ALL;
CHECKPOINT;
