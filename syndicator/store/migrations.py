"""A state file of an older schema -> one of the next schema. `schema.py` has the newest, whole.

A migration is never edited once a file of its schema is kept in tests/cases/state: a change of the
schema is a new one at the end of MIGRATIONS, and tests/state_file.py makes the file.
"""

from __future__ import annotations

IDENTITY = """
-- The number of the rules that made keys and meaning; 0: made before they had one.
ALTER TABLE posts ADD COLUMN identity_version INTEGER NOT NULL DEFAULT 0;
"""

# Links were JSON in `frozen`: `related`, a list of lists, and `also`.
LINKS = """
CREATE TABLE links (
    post INTEGER NOT NULL,
    place INTEGER NOT NULL,
    target INTEGER NOT NULL,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    score REAL NOT NULL,
    language TEXT NOT NULL,
    published REAL,
    hidden INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (post, place)
) WITHOUT ROWID;
CREATE INDEX links_by_target ON links (target);
CREATE TABLE chains (
    address TEXT NOT NULL, post INTEGER NOT NULL, PRIMARY KEY (address, post)
) WITHOUT ROWID;
CREATE TABLE updates (
    post INTEGER NOT NULL, time REAL NOT NULL, parts TEXT NOT NULL, PRIMARY KEY (post, time)
) WITHOUT ROWID;
CREATE TABLE packed AS
    SELECT f.post, iif(json_extract(l.value, '$.scope') = 'all', 2000, 1000) + r.key AS place,
    r.value AS link
    FROM frozen f, json_each(f.related) l, json_each(l.value, '$.links') r
    UNION ALL SELECT f.post, a.key, a.value FROM frozen f, json_each(f.also) a;
CREATE INDEX posts_by_link_once ON posts (link);
INSERT INTO links (post, place, target, id, title, url, source, score, language, published)
    SELECT post, place,
    coalesce((SELECT number FROM posts WHERE public_id = json_extract(packed.link, '$.id')),
        (SELECT number FROM posts WHERE link = json_extract(packed.link, '$.url') LIMIT 1), 0),
    coalesce(json_extract(link, '$.id'), ''), coalesce(json_extract(link, '$.title'), ''),
    coalesce(json_extract(link, '$.url'), ''), coalesce(json_extract(link, '$.source'), ''),
    coalesce(json_extract(link, '$.score'), 0.0), coalesce(json_extract(link, '$.language'), ''),
    json_extract(link, '$.published') FROM packed;
DROP INDEX posts_by_link_once;
DROP TABLE packed;
DELETE FROM links WHERE target IN (SELECT number FROM posts WHERE withdrawn > 0);
UPDATE links SET hidden = 1 WHERE place NOT BETWEEN 1000 AND 1999
    AND target IN (SELECT number FROM posts WHERE source IN (SELECT source FROM hidden));
INSERT OR IGNORE INTO chains SELECT json_extract(v.value, '$.url'), f.post
    FROM frozen f, json_each(f.credit, '$.via') v WHERE json_extract(v.value, '$.url') <> '';
INSERT OR IGNORE INTO chains SELECT json_extract(v.value, '$.feed'), f.post
    FROM frozen f, json_each(f.credit, '$.via') v WHERE json_extract(v.value, '$.feed') <> '';
ALTER TABLE frozen ADD COLUMN lists TEXT;
UPDATE frozen SET lists = (SELECT json_group_array(json_array(json_extract(value, '$.scope'),
    json_extract(value, '$.heading'), json_extract(value, '$.language')))
    FROM json_each(frozen.related))
    WHERE related IS NOT NULL;
ALTER TABLE frozen DROP COLUMN related;
ALTER TABLE frozen DROP COLUMN also;
"""

# The ledger was a file in each output folder, notes had free keys, and filters were judged once.
FILES = """
CREATE TABLE files (
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE INDEX files_by_type ON files (folder, type);
CREATE TABLE former_ids (id TEXT PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;
ALTER TABLE entries ADD COLUMN history INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entries ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX entries_gone ON entries (feed, gone) WHERE gone > 0;
ALTER TABLE feeds ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
UPDATE members SET joined = (SELECT seen FROM feeds WHERE number = feed);
ALTER TABLE unposted RENAME TO pending;
UPDATE meta SET key = 'store' WHERE key = 'note store';
UPDATE meta SET key = 'shown sources' WHERE key = 'note shown sources';
UPDATE meta SET key = 'Outage ' WHERE key = 'note outage' AND value <> '';
UPDATE meta SET key = 'Languages ', value = json_object('last', json_extract(value, '$[0]'),
    'names', json(json_extract(value, '$[1]'))) WHERE key = 'note languages';
DELETE FROM meta WHERE key LIKE 'note %';
"""

SLUGS = """
ALTER TABLE posts ADD COLUMN slug TEXT;
"""

HOLDS = """
CREATE TABLE holds (
    source INTEGER PRIMARY KEY,
    since REAL NOT NULL,
    reason TEXT NOT NULL,
    rejected INTEGER NOT NULL DEFAULT 0
);
"""

# The scripts that follow each schema; the first made the tables.
MIGRATIONS: list[list[str]] = [[], [IDENTITY], [LINKS, FILES], [SLUGS], [HOLDS]]
