-- What the provider's own books told us, and how far we have read them.

CREATE TABLE sweep_mark (
    kind TEXT PRIMARY KEY,
    first_at {moment} NOT NULL,
    read_to {moment} NOT NULL
);

CREATE TABLE recovered (
    kind TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    found_at {moment} NOT NULL,
    PRIMARY KEY (kind, provider_id)
);

CREATE TABLE sweep (
    id {id},
    started_at {moment} NOT NULL,
    finished_at {moment} NOT NULL,
    calls_theirs BIGINT NOT NULL,
    calls_ours BIGINT NOT NULL,
    texts_theirs BIGINT NOT NULL,
    texts_ours BIGINT NOT NULL,
    missed_calls BIGINT NOT NULL,
    missed_texts BIGINT NOT NULL,
    missed_voicemails BIGINT NOT NULL,
    receipts BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    failures TEXT NOT NULL,
    problem TEXT NOT NULL
);
CREATE INDEX sweep_started ON sweep (started_at);
