"""Reads the pages of counts in a Steadfast database; `crates/store/src/packed/page.rs` says what they are."""

# The columns of a key that each family has: app, slot, company, route, call.
COLUMNS = {0: (0, 1, 3, 4), 1: (0, 1, 2, 3, 4), 2: (0, 1)}
TALLY, COMPANY, DAY = 0, 1, 2


def entries(family, body):
    """The entries of a page: key and counts, as tuples."""
    at = 1
    assert body[0] == 1, "a page of another version"

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = body[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    key = [0] * 5
    while at < len(body):
        tag = body[at]
        at += 1
        differs, shape, calls = tag & 7, tag >> 3 & 3, tag >> 5
        key[differs] += varint()
        for column in range(differs + 1, 5):
            key[column] = varint() if column in COLUMNS[family] else 0
        if calls == 7:
            calls += varint()
        absent = varint() if shape >= 1 else 0
        of_service = (varint(), varint()) if shape == 2 else (0, 0)
        yield tuple(key), (calls, absent, *of_service)


def counts(database, family):
    """All entries: app, whether of the sandbox, day since 1970, company, route, method, status, and counts. The same key may
    come several times; its counts are to be added up."""
    for span, body in database.execute("SELECT span, body FROM count_page WHERE family = ?", (family,)):
        for (app, slot, company, route, call), values in entries(family, body):
            day = (span << 5 | slot & 31) - 719528
            yield (app, slot >> 5 == 1, day, company, route, call >> 10, call & 1023), values
