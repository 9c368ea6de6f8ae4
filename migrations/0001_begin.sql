-- What the service keeps, in SQL that SQLite and PostgreSQL both take. Times are UTC in RFC 3339 with milliseconds, so
-- that they sort as text; days are ISO 8601; truth is 0 or 1.

CREATE TABLE dossiers (
    code TEXT NOT NULL PRIMARY KEY,
    code_key TEXT NOT NULL, -- the code without dots and hyphens
    body TEXT NOT NULL, -- the dossier as JSON
    digest TEXT NOT NULL, -- of the body and the sums: what has not changed is not written again
    identity_sum TEXT, -- keyed sum of the last four digits of the identity number
    birth_sum TEXT, -- keyed sum of the year of birth
    is_demo BIGINT NOT NULL,
    changed_at TEXT NOT NULL
);
CREATE INDEX dossiers_by_key ON dossiers (code_key);

-- Failed attempts to hear more than the code alone tells.
CREATE TABLE dossier_attempts (
    code TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at TEXT NOT NULL
);

-- Counters that tell other processes that something has changed.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

-- What citizens send: feedback on an answer, a question that found none, a petition.
CREATE TABLE submissions (
    code TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    received_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    verdict TEXT, -- of feedback: right, wrong, unclear
    receipt TEXT, -- of the answer that it is about
    body TEXT NOT NULL, -- as it was sent; only its handler sees it
    masked TEXT NOT NULL, -- without personal data
    has_insult BIGINT NOT NULL,
    consent TEXT NOT NULL, -- the version of the wording that was agreed to
    assigned_to TEXT,
    due_on TEXT,
    released BIGINT NOT NULL,
    reply TEXT
);
CREATE INDEX submissions_by_state ON submissions (kind, state, received_at);

CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    area TEXT NOT NULL,
    begins_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    withdrawn_at TEXT
);

CREATE TABLE staff (
    name TEXT NOT NULL PRIMARY KEY,
    password TEXT NOT NULL, -- argon2id, PHC string
    role TEXT NOT NULL,
    totp TEXT, -- base32; null without a second factor
    totp_step BIGINT NOT NULL, -- the last step whose number was used
    failures BIGINT NOT NULL,
    last_failure_at TEXT NOT NULL,
    created_at TEXT NOT NULL
);

CREATE TABLE staff_sessions (
    token_sum TEXT NOT NULL PRIMARY KEY, -- SHA-256 of the cookie
    staff TEXT NOT NULL,
    csrf TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL
);

-- Every decision, each chained to the one before; it only grows.
CREATE TABLE audit (
    seq BIGINT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    hash TEXT NOT NULL
);

-- How often something happened on a day, without what was asked.
CREATE TABLE figures (
    day TEXT NOT NULL,
    name TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (day, name)
);

-- What is switched off, and what citizens are told instead.
CREATE TABLE switches (
    what TEXT NOT NULL PRIMARY KEY,
    sentence TEXT NOT NULL,
    since TEXT NOT NULL
);
