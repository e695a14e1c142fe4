-- The history. docs/data-model.md tells what the tables are for and which of
-- their contents the manifests prove.

CREATE TABLE target (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE -- 'account:<id>' or 'zone:<id>'
);

-- A collection is one list that is pulled from a target.
CREATE TABLE collection (
  id       INTEGER PRIMARY KEY,
  target   INTEGER NOT NULL REFERENCES target (id),
  kind     TEXT NOT NULL,
  provider TEXT NOT NULL, -- id of the provider that a SCIM list belongs to, or ''
  UNIQUE (target, kind, provider)
);

CREATE TABLE snapshot (
  seq      INTEGER PRIMARY KEY, -- the order of the chain
  id       BLOB NOT NULL UNIQUE, -- SHA-256 of the manifest
  target   INTEGER NOT NULL REFERENCES target (id),
  manifest TEXT NOT NULL
);

-- Where the chain of manifests ends: without it, snapshots taken off the end would
-- not be missed.
CREATE TABLE chain (
  id        INTEGER PRIMARY KEY CHECK (id = 1),
  snapshots INTEGER NOT NULL,
  head      BLOB NOT NULL -- id of the newest
);

-- A capture is one complete reading of one collection.
CREATE TABLE capture (
  id         INTEGER PRIMARY KEY,
  snapshot   INTEGER NOT NULL REFERENCES snapshot (seq),
  collection INTEGER NOT NULL REFERENCES collection (id),
  UNIQUE (snapshot, collection)
);
CREATE INDEX capture_of ON capture (collection, id);

-- Documents, about 64 KiB of them one behind the other, compressed with zstd.
CREATE TABLE block (
  id   INTEGER PRIMARY KEY,
  size INTEGER NOT NULL, -- uncompressed
  data BLOB NOT NULL
);

-- A version is a document of a resource and the captures of the collection that
-- it was seen in: from first up to, and without, last. Which resource it is of
-- the document says.
CREATE TABLE version (
  id         INTEGER PRIMARY KEY,
  collection INTEGER NOT NULL REFERENCES collection (id),
  first      INTEGER NOT NULL REFERENCES capture (id),
  last       INTEGER NOT NULL DEFAULT 2147483647, -- that is: still seen
  block      INTEGER NOT NULL REFERENCES block (id),
  start      INTEGER NOT NULL,
  length     INTEGER NOT NULL
);
CREATE INDEX version_first ON version (collection, first);
CREATE INDEX version_last ON version (collection, last) WHERE last < 2147483647;

-- The resources that the newest capture of each collection holds, packed: what the
-- next capture is compared with. It repeats what the versions say and can be
-- rebuilt from them.
CREATE TABLE head (
  id         INTEGER PRIMARY KEY,
  collection INTEGER NOT NULL REFERENCES collection (id),
  node       INTEGER NOT NULL, -- which leaf of the collection's tree
  entries    BLOB NOT NULL,
  checksum   BLOB NOT NULL, -- the first 8 bytes of the SHA-256 of entries
  UNIQUE (collection, node)
);

-- A checksum of every page of this file, as it was after the last write: the
-- manifests prove the contents, this proves the space between them too.
CREATE TABLE seal (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  counter INTEGER NOT NULL, -- the file's change counter for which it holds
  pages   INTEGER NOT NULL,
  sums    BLOB NOT NULL -- CRC-32C, 4 bytes a page
);
