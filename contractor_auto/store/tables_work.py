"""What came in, what it meant, what is to be done, and what went out."""

import peewee
from peewee import BigIntegerField, BlobField, BooleanField, TextField

from contractor_auto.store.fields import JsonField, MomentField
from contractor_auto.store.table import Table


class RawEvent(Table):
    """Exactly what arrived. Never changed; only retention deletes, and whoever deletes a person."""

    id = peewee.BigAutoField()
    received_at = MomentField()
    source = TextField()
    lane = TextField(null=True)
    path = TextField()
    headers = JsonField()
    body = BlobField()
    recovered = BooleanField(default=False)


class RetentionPass(Table):
    """While a row is here, in the same transaction, raw events it covers may be deleted."""

    id = peewee.BigAutoField()
    cutoff = MomentField(null=True)
    lane = TextField(null=True)
    reason = TextField()


class Reading(Table):
    """How far the interpretation of one raw event has come."""

    UNREAD, READ, IGNORED, HELD = "unread", "read", "ignored", "held"

    raw_id = BigIntegerField(primary_key=True)
    lane = TextField(null=True)
    state = TextField(default=UNREAD)
    why = TextField(default="")
    read_at = MomentField(null=True)


class Event(Table):
    """What a raw event meant."""

    id = peewee.BigAutoField()
    key = TextField(unique=True)
    kind = TextField()
    occurred_at = MomentField()
    raw_id = BigIntegerField(null=True)
    customer = TextField(null=True)
    facts = JsonField(default=dict)


class Call(Table):
    """One call as far as we have heard of it; facts may arrive in any order."""

    id = TextField(primary_key=True)
    customer = TextField(null=True)
    caller = TextField(default="")
    line = TextField(default="")
    first_heard_at = MomentField()
    rang_at = MomentField(null=True)
    screened_at = MomentField(null=True)
    accepted_at = MomentField(null=True)
    dial_status = TextField(default="")
    bridged = TextField(default="")
    ended_at = MomentField(null=True)
    end_status = TextField(default="")
    seconds = BigIntegerField(null=True)
    verdict = TextField(default="")
    verdict_at = MomentField(null=True)
    voicemail = TextField(default="")
    voicemail_url = TextField(default="")
    voicemail_seconds = BigIntegerField(null=True)
    forwarded_from = TextField(default="")
    attestation = TextField(default="")
    greeting_version = TextField(default="")
    greeting_played = TextField(default="")


class Run(Table):
    RUNNING, DONE, STOPPED, NOT_STARTED, FAILED = "running", "done", "stopped", "not_started", "failed"

    id = peewee.BigAutoField()
    key = TextField(unique=True)
    trace = TextField(unique=True)
    recipe = TextField()
    version = TextField()
    event_id = BigIntegerField(null=True)
    customer = TextField(null=True)
    subject = TextField()
    state = TextField()
    why = TextField(default="")
    dry_run = BooleanField(default=False)
    plan = JsonField(default=list)
    facts = JsonField(default=dict)
    occurred_at = MomentField()
    started_at = MomentField()
    finished_at = MomentField(null=True)


class Job(Table):
    """One due step of a run. Only engine/queue.py writes the state."""

    SCHEDULED, EXECUTING, COMPLETED = "scheduled", "executing", "completed"
    CANCELLED, DISCARDED, PARKED = "cancelled", "discarded", "parked"

    id = peewee.BigAutoField()
    key = TextField(unique=True)
    run_id = BigIntegerField(null=True)
    recipe = TextField()
    step = BigIntegerField(default=0)
    name = TextField()
    action = TextField()
    spec = JsonField(default=dict)
    lane = TextField(null=True)
    gate = TextField(default="")
    state = TextField(default=SCHEDULED)
    due_at = MomentField()
    order_at = MomentField()
    good_until = MomentField(null=True)
    budget = TextField(default="standard")
    otherwise = TextField(default="")
    attempt = BigIntegerField(default=0)
    failures = BigIntegerField(default=0)
    rescues = BigIntegerField(default=0)
    lease_owner = TextField(null=True)
    lease_until = MomentField(null=True)
    why = TextField(default="")
    created_at = MomentField()
    finished_at = MomentField(null=True)
    behind = BigIntegerField(null=True)


class Attempt(Table):
    """One try at a job: what went out, what came back, what it meant."""

    id = peewee.BigAutoField()
    job_id = BigIntegerField()
    number = BigIntegerField()
    started_at = MomentField()
    finished_at = MomentField()
    outcome = TextField()
    why = TextField(default="")
    code = BigIntegerField(null=True)
    request = JsonField(default=dict)
    response = JsonField(default=dict)


class Message(Table):
    """One text, its intention and what became of it."""

    IN, OUT = "in", "out"

    id = peewee.BigAutoField()
    key = TextField(unique=True)
    token = TextField(unique=True, null=True)
    job_id = BigIntegerField(null=True)
    run_id = BigIntegerField(null=True)
    recipe = TextField(default="")
    purpose = TextField(default="")
    direction = TextField()
    channel = TextField(default="text")
    customer = TextField()
    body = TextField()
    media = JsonField(default=list)
    parts = BigIntegerField(default=0)
    state = TextField()
    why = TextField(default="")
    provider_id = TextField(unique=True, null=True)
    error_code = BigIntegerField(null=True)
    intended_at = MomentField()
    asked_at = MomentField(null=True)
    doubt = TextField(default="")
    accepted_at = MomentField(null=True)
    final_at = MomentField(null=True)
    consent_id = BigIntegerField(null=True)
    checked_at = MomentField(null=True)
    local_times = JsonField(default=dict)
    wording = TextField(default="")
    policy = TextField(default="")
    tzdata = TextField(default="")
    by_machine = BooleanField(default=False)


class Gate(Table):
    """The way out to one connector: when the next message may leave, and whether it is parked."""

    name = TextField(primary_key=True)
    next_at = MomentField(null=True)
    parked_at = MomentField(null=True)
    parked_kind = TextField(default="")
    parked_why = TextField(default="")
