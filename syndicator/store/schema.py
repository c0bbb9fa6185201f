"""The tables of the state file; opening an older file brings it here (migrations.py).

`PRAGMA user_version` holds the number of the schema. Times are seconds since 1970 in UTC, with
fractions; digests are eight bytes; JSON holds what no query asks for. Numbers of posts rise with
the order of arrival, in one fetch from the oldest to the newest, and are never used again: a feed
finds by `number > seen` the posts that it has not considered yet.
"""

from __future__ import annotations

import sqlite3

from syndicator.errors import StoreError
from syndicator.store.migrations import MIGRATIONS

__all__ = ["LIKENESS", "MIGRATIONS", "SCHEMA", "migrate", "version"]

# It makes a file ours (PRAGMA application_id): "Synd".
APPLICATION = 0x53796E64

SOURCES = """
-- One row a source ever seen. The schedule's state stands in columns: 10,000 rows are read by
-- every run.
CREATE TABLE sources (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,            -- as feeds.toml names it
    url TEXT NOT NULL DEFAULT '',       -- what it was last asked at
    etag TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    body_hash TEXT NOT NULL DEFAULT '',
    last_attempt REAL,
    last_success REAL,
    last_change REAL,
    next_due REAL,
    unchanged_since REAL,
    due_reason TEXT NOT NULL DEFAULT '',
    reach TEXT NOT NULL DEFAULT '',
    hints TEXT NOT NULL DEFAULT '',     -- JSON; few different ones, so decoding them is remembered
    rest TEXT NOT NULL DEFAULT '',      -- JSON: failures, moves; empty for a healthy source
    -- posts up to this number are of whoever had its address before
    former INTEGER NOT NULL DEFAULT 0
);
-- The ids that a source had before, and the event by which it got another: its page moves with
-- the id.
CREATE TABLE former_ids (id TEXT PRIMARY KEY, event INTEGER NOT NULL) WITHOUT ROWID;
-- How we show a source, and the items of its feed's current version with the post that each became.
CREATE TABLE infos (source INTEGER PRIMARY KEY, info TEXT NOT NULL);
CREATE TABLE items (source INTEGER PRIMARY KEY, items TEXT NOT NULL);
"""

POSTS = """
-- A post's identity: kept for ever, so it is small. What is read when it is shown stands in
-- `bodies`.
CREATE TABLE posts (
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    public_id TEXT,                     -- made at first publication
    -- of its page, made with it; of a post of before there was one: none
    slug TEXT,
    keys BLOB NOT NULL,                 -- rows.pack_keys
    meaning TEXT NOT NULL,
    identity_version INTEGER NOT NULL DEFAULT 0,  -- of the rules that made keys and meaning
    title TEXT NOT NULL,
    link TEXT NOT NULL,                 -- the newest known; the published one stands in the body
    site TEXT NOT NULL,                 -- whom it credits
    published REAL NOT NULL,            -- the source's date, or when we first saw it
    updated REAL NOT NULL,
    first_seen REAL NOT NULL,
    -- a date still to come: `published` becomes it when it has passed
    due REAL,
    language TEXT NOT NULL DEFAULT '',
    copy_of INTEGER,                    -- the post that tells the same and stands for it
    republished INTEGER NOT NULL DEFAULT 0,
    withdrawn INTEGER NOT NULL DEFAULT 0,   -- the event by which it was, 0 for most
    filtered TEXT NOT NULL DEFAULT '',
    comments INTEGER,
    purged INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX posts_by_public_id ON posts (public_id) WHERE public_id IS NOT NULL;
CREATE INDEX posts_by_source ON posts (source, published);
CREATE INDEX posts_due ON posts (due) WHERE due IS NOT NULL;
CREATE INDEX posts_copies ON posts (copy_of) WHERE copy_of IS NOT NULL;
CREATE INDEX posts_withdrawn ON posts (withdrawn) WHERE withdrawn > 0;
CREATE INDEX posts_withdrawn_by_link ON posts (link) WHERE withdrawn > 0;
CREATE INDEX posts_kept ON posts (first_seen) WHERE purged = 0;

-- Under what a post is found again: 64 bits of a key, see matching.py.
CREATE TABLE handles (
    handle INTEGER NOT NULL, post INTEGER NOT NULL, PRIMARY KEY (handle, post)) WITHOUT ROWID;

-- What is shown of a post. `frozen` holds what was decided at its first publication and stays.
CREATE TABLE bodies (
    post INTEGER PRIMARY KEY,
    guid TEXT NOT NULL,
    credit TEXT NOT NULL,               -- JSON: rows.CREDIT, what is frozen at first publication
    rest TEXT NOT NULL,                 -- JSON: every other field of the Post
    content TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE frozen (
    post INTEGER PRIMARY KEY,
    credit TEXT NOT NULL,               -- JSON: as in bodies
    source_updated REAL,                -- the date of the source's feed then
    -- JSON: scope, heading, language of each; NULL: not chosen yet
    lists TEXT,
    layout INTEGER NOT NULL DEFAULT 1
);
-- The links under a post: "Also at" from place 0, the list of its own source from 1000, that of
-- all sources from 2000.
CREATE TABLE links (
    post INTEGER NOT NULL,
    place INTEGER NOT NULL,
    target INTEGER NOT NULL,            -- the post linked to
    id TEXT NOT NULL,                   -- its public id then, '' where it had none
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    source TEXT NOT NULL,               -- the name of its source then
    score REAL NOT NULL,
    language TEXT NOT NULL,
    published REAL,
    hidden INTEGER NOT NULL DEFAULT 0,  -- leads to a source that is shown no more
    PRIMARY KEY (post, place)
) WITHOUT ROWID;
CREATE INDEX links_by_target ON links (target);
-- The sites and feeds that a post's chain of copies (Post.via) names.
CREATE TABLE chains (
    address TEXT NOT NULL, post INTEGER NOT NULL, PRIMARY KEY (address, post)) WITHOUT ROWID;
-- When a post was updated, and which parts of it: for `why`.
CREATE TABLE updates (
    post INTEGER NOT NULL, time REAL NOT NULL, parts TEXT NOT NULL, PRIMARY KEY (post, time))
WITHOUT ROWID;
"""

FEEDS = """
-- Our own feeds. `seen`: posts up to this number have been considered. `mark`: the last event
-- that touched it.
CREATE TABLE feeds (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0,    -- the last one given
    shape TEXT NOT NULL DEFAULT '',         -- the selection and limits that `current` was made with
    rules TEXT NOT NULL DEFAULT '',         -- the filters that its entries were judged by
    updated REAL NOT NULL DEFAULT 0,
    mark INTEGER NOT NULL DEFAULT 0
);
-- The sources that have joined a feed. One that leaves joins again when it is back. `gone`: the
-- event by which it left,
-- 0 while it is there. `total`: what it published here.
CREATE TABLE members (
    feed INTEGER NOT NULL,
    source INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    joined INTEGER NOT NULL DEFAULT 0,      -- posts up to this number were stored when it joined
    total INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (feed, source)
) WITHOUT ROWID;
CREATE INDEX members_by_source ON members (source);

-- What a feed has published: `story` is the post whose identity it carries, `post` the version
-- shown.
CREATE TABLE entries (
    feed INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    story INTEGER NOT NULL,
    post INTEGER NOT NULL,
    source INTEGER NOT NULL,
    first_published REAL NOT NULL,
    current INTEGER NOT NULL DEFAULT 0, -- stands in the feed's documents now
    history INTEGER NOT NULL DEFAULT 0, -- came as history: never stands in the documents
    -- the event by which a changed filter took it out, 0 for most
    gone INTEGER NOT NULL DEFAULT 0,
    -- stood among the popular ones once: any page made then names it
    popular INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (feed, sequence)
) WITHOUT ROWID;
-- SQLite's planner takes the primary key (feed) for as good as these, so queries name them:
-- INDEXED BY.
CREATE UNIQUE INDEX entries_by_story ON entries (story, feed);
CREATE INDEX entries_current ON entries (feed, sequence) WHERE current = 1;
CREATE INDEX entries_by_source ON entries (feed, source, sequence, story, post);
CREATE INDEX entries_gone ON entries (feed, gone) WHERE gone > 0;

-- Posts that a feed has to consider again later: held back until their date, or let through by a
-- review (reviews.py).
CREATE TABLE held (
    feed INTEGER NOT NULL, post INTEGER NOT NULL, until REAL NOT NULL, PRIMARY KEY (feed, post))
WITHOUT ROWID;

-- Slices of history, the last of them still open: the event that last touched each, and the one
-- it was last written
-- with. An open one is no archive yet, but its posts have pages.
CREATE TABLE archives (
    feed INTEGER NOT NULL,
    number INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    written INTEGER NOT NULL DEFAULT 0,
    touched REAL NOT NULL,              -- when that event was
    PRIMARY KEY (feed, number)
) WITHOUT ROWID;
CREATE INDEX archives_stale ON archives (feed, number) WHERE mark <> written;
"""

REST = """
-- The hubs still to be told, and single values: the count of events, notes of the pipeline
-- (meta.py).
CREATE TABLE pings (
    hub TEXT NOT NULL,
    topic TEXT NOT NULL,
    since REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (hub, topic)
) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES ('event', 0);
-- It tells this file from one made anew in its place.
INSERT INTO meta VALUES ('store', lower(hex(randomblob(8))));
"""

LIKENESS = """
-- The index of related posts (terms.py), made of the posts alone: it may be thrown away and made
-- again, by this script too.
DROP TABLE IF EXISTS traces;
DROP TABLE IF EXISTS postings;
DROP TABLE IF EXISTS logged_postings;
DROP TABLE IF EXISTS closed_postings;
DROP TABLE IF EXISTS pending;
-- What likeness is judged by. `kin`: its nearest posts, once it has got its lists.
CREATE TABLE traces (
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    time REAL NOT NULL,
    terms BLOB NOT NULL,
    kin BLOB NOT NULL DEFAULT x''
);
CREATE INDEX traces_by_source ON traces (source, time);
-- New posts: all their terms, until all of a run are counted, and the most telling are kept and
-- logged.
CREATE TABLE pending (
    number INTEGER PRIMARY KEY, source INTEGER NOT NULL, time REAL NOT NULL, terms BLOB NOT NULL);
-- What runs posted, a row each, until enough waits to be appended under its terms.
CREATE TABLE logged_postings (number INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE postings (term INTEGER PRIMARY KEY, posts BLOB NOT NULL);
CREATE INDEX postings_full ON postings (term) WHERE length(posts) >= 2000;
-- `number`: of the last post in it.
CREATE TABLE closed_postings (
    term INTEGER NOT NULL,
    number INTEGER NOT NULL,
    posts BLOB NOT NULL,
    PRIMARY KEY (term, number)
) WITHOUT ROWID;
DELETE FROM meta WHERE key = 'index_counts';
INSERT OR REPLACE INTO meta VALUES ('index_version', 1);
INSERT OR REPLACE INTO meta VALUES ('index_owed', 0);
"""

FILES = """
-- Our files below each output folder, named relative to the state file; what a page says is kept
-- as a digest.
CREATE TABLE files (
    folder TEXT NOT NULL,
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    digest TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (folder, path)
) WITHOUT ROWID;
CREATE INDEX files_by_type ON files (folder, type);
"""

HIDDEN = """
-- Sources that the file shows no more: removed, unpublished or private. No link of others leads
-- to their posts.
CREATE TABLE hidden (source INTEGER PRIMARY KEY);
"""

HOLDS = """
-- Sources whose posts wait for a review, and why. `rejected`: it was looked at, and is asked no more.
CREATE TABLE holds (
    source INTEGER PRIMARY KEY,
    since REAL NOT NULL,
    reason TEXT NOT NULL,
    rejected INTEGER NOT NULL DEFAULT 0
);
"""

SCHEMA = [SOURCES, POSTS, FEEDS, REST, LIKENESS, HIDDEN, FILES, HOLDS]


def version(db: sqlite3.Connection, path: str) -> int:
    """Return the schema that a file has, 0: a new one.

    Raises StoreError for a file that is newer, or not ours.
    """
    number = int(db.execute("PRAGMA user_version").fetchone()[0])
    if number > len(MIGRATIONS):
        raise StoreError(
            f"{path} was written by a newer version of syndicator (schema {number}); "
            "update the program"
        )
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if number == 0 and tables:
        raise StoreError(f"{path} is a database of another program; set `state` to another file")
    return number


def migrate(db: sqlite3.Connection, path: str) -> None:
    """Bring the file to the newest schema. Raises StoreError as `version` does."""
    if version(db, path) == len(MIGRATIONS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        # Another run may have migrated while we waited for the lock.
        (done,) = db.execute("PRAGMA user_version").fetchone()
        for scripts in MIGRATIONS[done:] if done else [SCHEMA]:
            for statement in statements(scripts):
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def statements(scripts: list[str]) -> list[str]:
    """Split scripts into statements: executescript() would commit first, and a kill leave half."""
    statements, current = [], ""
    for line in "\n".join(scripts).splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements
