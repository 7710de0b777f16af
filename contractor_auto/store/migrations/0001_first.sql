-- Placeholders: {id} {moment} {blob} {flag} are filled for SQLite or PostgreSQL by store/migrate.py.
-- A line that starts with "--only sqlite" or "--only postgresql" limits the statements up to "--both".

CREATE TABLE raw_event (
    id {id},
    received_at {moment} NOT NULL,
    source TEXT NOT NULL,
    lane TEXT,
    path TEXT NOT NULL,
    headers TEXT NOT NULL,
    body {blob} NOT NULL,
    recovered {flag} NOT NULL
);
CREATE INDEX raw_event_received ON raw_event (received_at);

CREATE TABLE retention_pass (
    id {id},
    cutoff {moment},
    lane TEXT,
    reason TEXT NOT NULL
);

CREATE TABLE reading (
    raw_id BIGINT PRIMARY KEY,
    lane TEXT,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    read_at {moment}
);
CREATE INDEX reading_unread ON reading (raw_id) WHERE state = 'unread';
CREATE INDEX reading_unread_lane ON reading (lane, raw_id) WHERE state = 'unread';
CREATE INDEX reading_held ON reading (raw_id) WHERE state = 'held';

CREATE TABLE event (
    id {id},
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    occurred_at {moment} NOT NULL,
    raw_id BIGINT,
    customer TEXT,
    facts TEXT NOT NULL
);
CREATE INDEX event_customer ON event (customer, occurred_at);
CREATE INDEX event_kind ON event (kind, occurred_at);

CREATE TABLE customer (
    phone TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    first_heard_at {moment} NOT NULL,
    last_text_in_at {moment},
    last_spoke_at {moment},
    never_text {flag} NOT NULL,
    cannot_text_why TEXT NOT NULL,
    cannot_text_at {moment}
);

CREATE TABLE suppression (
    phone TEXT PRIMARY KEY,
    opted_out_at {moment} NOT NULL,
    source TEXT NOT NULL,
    why TEXT NOT NULL,
    lifted_at {moment}
);

CREATE TABLE pause (
    id {id},
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    since {moment} NOT NULL,
    until {moment},
    who TEXT NOT NULL,
    why TEXT NOT NULL,
    ended_at {moment}
);
CREATE INDEX pause_open ON pause (scope, name) WHERE ended_at IS NULL;

CREATE TABLE call (
    id TEXT PRIMARY KEY,
    customer TEXT,
    caller TEXT NOT NULL,
    line TEXT NOT NULL,
    first_heard_at {moment} NOT NULL,
    rang_at {moment},
    screened_at {moment},
    accepted_at {moment},
    dial_status TEXT NOT NULL,
    bridged TEXT NOT NULL,
    ended_at {moment},
    end_status TEXT NOT NULL,
    seconds BIGINT,
    verdict TEXT NOT NULL,
    verdict_at {moment},
    voicemail TEXT NOT NULL,
    voicemail_url TEXT NOT NULL,
    voicemail_seconds BIGINT,
    forwarded_from TEXT NOT NULL,
    attestation TEXT NOT NULL
);
CREATE INDEX call_customer ON call (customer, first_heard_at);
CREATE INDEX call_heard ON call (first_heard_at);

CREATE TABLE run (
    id {id},
    key TEXT NOT NULL UNIQUE,
    trace TEXT NOT NULL UNIQUE,
    recipe TEXT NOT NULL,
    version TEXT NOT NULL,
    event_id BIGINT,
    customer TEXT,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    dry_run {flag} NOT NULL,
    plan TEXT NOT NULL,
    facts TEXT NOT NULL,
    occurred_at {moment} NOT NULL,
    started_at {moment} NOT NULL,
    finished_at {moment}
);
CREATE INDEX run_customer ON run (customer, started_at);
CREATE INDEX run_recipe ON run (recipe, started_at);
CREATE INDEX run_started ON run (started_at);
CREATE INDEX run_state ON run (state, id);
CREATE INDEX run_once_per ON run (recipe, customer, occurred_at) WHERE state <> 'not_started';

CREATE TABLE job (
    id {id},
    key TEXT NOT NULL UNIQUE,
    run_id BIGINT,
    recipe TEXT NOT NULL,
    step BIGINT NOT NULL,
    name TEXT NOT NULL,
    action TEXT NOT NULL,
    spec TEXT NOT NULL,
    lane TEXT,
    gate TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at {moment} NOT NULL,
    order_at {moment} NOT NULL,
    good_until {moment},
    budget TEXT NOT NULL,
    otherwise TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    rescues BIGINT NOT NULL,
    lease_owner TEXT,
    lease_until {moment},
    why TEXT NOT NULL,
    created_at {moment} NOT NULL,
    finished_at {moment},
    behind BIGINT
);
CREATE INDEX job_due ON job (gate, due_at, id) WHERE state = 'scheduled' AND behind IS NULL;
CREATE INDEX job_stale ON job (good_until) WHERE state IN ('scheduled', 'parked') AND good_until IS NOT NULL;
CREATE INDEX job_lane ON job (lane, order_at, id) WHERE state = 'scheduled' AND lane IS NOT NULL;
CREATE UNIQUE INDEX job_one_per_lane ON job (lane) WHERE state = 'executing' AND lane IS NOT NULL;
CREATE INDEX job_lease ON job (lease_until) WHERE state = 'executing';
CREATE INDEX job_open ON job (state, finished_at) WHERE state IN ('parked', 'discarded');
CREATE INDEX job_rescued ON job (id) WHERE state = 'scheduled' AND rescues > 0;
CREATE INDEX job_run ON job (run_id, step);

CREATE TABLE attempt (
    id {id},
    job_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    started_at {moment} NOT NULL,
    finished_at {moment} NOT NULL,
    outcome TEXT NOT NULL,
    why TEXT NOT NULL,
    code BIGINT,
    request TEXT NOT NULL,
    response TEXT NOT NULL
);
CREATE INDEX attempt_job ON attempt (job_id, id);
CREATE INDEX attempt_finished ON attempt (finished_at);

CREATE TABLE message (
    id {id},
    key TEXT NOT NULL UNIQUE,
    token TEXT UNIQUE,
    job_id BIGINT,
    run_id BIGINT,
    recipe TEXT NOT NULL,
    purpose TEXT NOT NULL,
    direction TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer TEXT NOT NULL,
    body TEXT NOT NULL,
    media TEXT NOT NULL,
    parts BIGINT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    provider_id TEXT UNIQUE,
    error_code BIGINT,
    intended_at {moment} NOT NULL,
    asked_at {moment},
    doubt TEXT NOT NULL,
    accepted_at {moment},
    final_at {moment}
);
CREATE INDEX message_customer ON message (customer, intended_at);
CREATE INDEX message_recent ON message (intended_at);
CREATE INDEX message_job ON message (job_id);
CREATE INDEX message_open ON message (state, intended_at)
    WHERE direction = 'out' AND final_at IS NULL;

CREATE TABLE task (
    id {id},
    key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    why TEXT NOT NULL,
    customer TEXT,
    run_id BIGINT,
    job_id BIGINT,
    created_at {moment} NOT NULL,
    due_at {moment},
    state TEXT NOT NULL,
    done_at {moment},
    done_by TEXT NOT NULL,
    answer TEXT NOT NULL
);
CREATE INDEX task_open ON task (created_at) WHERE state = 'open';
CREATE INDEX task_job ON task (job_id) WHERE state = 'open';
CREATE INDEX task_customer ON task (customer, created_at);

CREATE TABLE alert (
    id {id},
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    title TEXT NOT NULL,
    why TEXT NOT NULL,
    state TEXT NOT NULL,
    first_at {moment} NOT NULL,
    last_at {moment} NOT NULL,
    times BIGINT NOT NULL,
    resolved_at {moment}
);
CREATE UNIQUE INDEX alert_open ON alert (kind, scope) WHERE state <> 'resolved';

CREATE TABLE setting (
    recipe TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (recipe, name)
);

CREATE TABLE change (
    id {id},
    at {moment} NOT NULL,
    who TEXT NOT NULL,
    recipe TEXT NOT NULL,
    name TEXT NOT NULL,
    before TEXT,
    after TEXT,
    note TEXT NOT NULL
);
CREATE INDEX change_at ON change (at);

CREATE TABLE gate (
    name TEXT PRIMARY KEY,
    next_at {moment},
    parked_at {moment},
    parked_kind TEXT NOT NULL,
    parked_why TEXT NOT NULL
);

CREATE TABLE duty (
    name TEXT PRIMARY KEY,
    last_started_at {moment},
    last_success_at {moment},
    last_error TEXT NOT NULL
);

CREATE TABLE duty_slot (
    name TEXT NOT NULL,
    slot TEXT NOT NULL,
    taken_at {moment} NOT NULL,
    PRIMARY KEY (name, slot)
);

CREATE TABLE boot (
    id {id},
    node TEXT NOT NULL,
    started_at {moment} NOT NULL,
    steady_at {moment},
    ended_at {moment}
);
CREATE INDEX boot_started ON boot (started_at);

CREATE TABLE member (
    id {id},
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at {moment} NOT NULL,
    password_at {moment} NOT NULL
);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    member_id BIGINT NOT NULL,
    created_at {moment} NOT NULL,
    seen_at {moment} NOT NULL,
    ends_at {moment} NOT NULL,
    address TEXT NOT NULL,
    browser TEXT NOT NULL
);

CREATE TABLE sign_in_try (
    id {id},
    at {moment} NOT NULL,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    good {flag} NOT NULL
);
CREATE INDEX sign_in_try_at ON sign_in_try (at);

--only sqlite
CREATE TRIGGER raw_event_is_never_changed BEFORE UPDATE ON raw_event
BEGIN
    SELECT RAISE(ABORT, 'raw events are never changed');
END;
CREATE TRIGGER raw_event_is_only_deleted_by_retention BEFORE DELETE ON raw_event
WHEN NOT EXISTS (
    SELECT 1 FROM retention_pass
    WHERE (cutoff IS NULL OR OLD.received_at < cutoff) AND (lane IS NULL OR OLD.lane = lane)
)
BEGIN
    SELECT RAISE(ABORT, 'raw events are only deleted by retention');
END;

-- REPLACE deletes without asking the trigger above.
CREATE TRIGGER raw_event_is_never_replaced BEFORE INSERT ON raw_event
WHEN EXISTS (SELECT 1 FROM raw_event WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'raw events are never changed');
END;

--only postgresql
CREATE FUNCTION refuse_raw_event_change() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'raw events are only deleted by retention';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'raw events are never changed';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM retention_pass
        WHERE (cutoff IS NULL OR OLD.received_at < cutoff) AND (lane IS NULL OR OLD.lane = lane)
    ) THEN
        RAISE EXCEPTION 'raw events are only deleted by retention';
    END IF;
    RETURN OLD;
END;
$$ LANGUAGE plpgsql;
CREATE TRIGGER raw_event_is_never_changed BEFORE UPDATE OR DELETE ON raw_event
    FOR EACH ROW EXECUTE FUNCTION refuse_raw_event_change();
CREATE TRIGGER raw_event_is_never_truncated BEFORE TRUNCATE ON raw_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_raw_event_change();
