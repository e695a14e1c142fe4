-- The journal of runs. docs/data-model.md tells how its entries are chained.

-- An entry is one thing that happened in a run. Entries are only ever added: seq
-- counts from 1 and leaves no gap.
CREATE TABLE journal (
  seq    INTEGER PRIMARY KEY,
  run    TEXT NOT NULL,
  event  TEXT NOT NULL,
  at     TEXT NOT NULL, -- RFC 3339, UTC, nanoseconds
  data   TEXT NOT NULL, -- what event makes of it
  digest BLOB NOT NULL -- SHA-256 of the entry and of the digest before it
);
CREATE INDEX journal_run ON journal (run, seq);

-- Where the journal ends: without it, entries taken off the end would not be
-- missed. The row is there from the start, so that its own absence is missed too.
CREATE TABLE journal_head (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  entries INTEGER NOT NULL,
  head    BLOB NOT NULL -- digest of the newest
);
INSERT INTO journal_head (id, entries, head) VALUES (1, 0, x'');
