-- Files that sources mean and that can't be read, as whoever followed files last found it, and why.
CREATE TABLE unread_file (
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (source, path)
) STRICT, WITHOUT ROWID;
