-- What people agreed to and refused, kept so that it can be shown years later: rows are only added, and
-- each carries the hash of the one before it. Nothing deletes them.

CREATE TABLE consent_event (
    id {id},
    phone TEXT NOT NULL,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    occurred_at {moment} NOT NULL,
    recorded_at {moment} NOT NULL,
    channel TEXT NOT NULL,
    shown TEXT NOT NULL,
    version TEXT NOT NULL,
    action TEXT NOT NULL,
    source TEXT NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    expires_at {moment},
    hash_before TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    CHECK (kind NOT IN ('express_oral', 'express_written', 'casl_express') OR shown <> '')
);
CREATE INDEX consent_event_phone ON consent_event (phone, kind, id);
CREATE UNIQUE INDEX consent_event_source ON consent_event (kind, source) WHERE source <> '';

-- By which rules a text left.
ALTER TABLE message ADD COLUMN consent_id BIGINT;
ALTER TABLE message ADD COLUMN checked_at {moment};
ALTER TABLE message ADD COLUMN local_times TEXT NOT NULL DEFAULT '{}';
ALTER TABLE message ADD COLUMN wording TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN policy TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN tzdata TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN by_machine {flag} NOT NULL DEFAULT FALSE;

-- What callers were told before the tone, and whether they stayed to hear it.
ALTER TABLE call ADD COLUMN greeting_version TEXT NOT NULL DEFAULT '';
ALTER TABLE call ADD COLUMN greeting_played TEXT NOT NULL DEFAULT '';

--only sqlite
CREATE TRIGGER consent_event_is_never_changed BEFORE UPDATE ON consent_event
BEGIN
    SELECT RAISE(ABORT, 'consent events are never changed');
END;
CREATE TRIGGER consent_event_is_never_deleted BEFORE DELETE ON consent_event
BEGIN
    SELECT RAISE(ABORT, 'consent events are never deleted');
END;

--only postgresql
CREATE FUNCTION refuse_consent_event_change() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'consent events are never changed or deleted';
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER consent_event_is_never_changed BEFORE UPDATE OR DELETE ON consent_event
    FOR EACH ROW EXECUTE FUNCTION refuse_consent_event_change();
CREATE TRIGGER consent_event_is_never_truncated BEFORE TRUNCATE ON consent_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_consent_event_change();
