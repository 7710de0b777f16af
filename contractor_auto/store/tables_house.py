"""The people we know, what waits for them, and the house itself."""

import peewee
from peewee import BigIntegerField, BooleanField, TextField

from contractor_auto.store.fields import JsonField, MomentField
from contractor_auto.store.table import Table


class Customer(Table):
    phone = TextField(primary_key=True)
    name = TextField(default="")
    first_heard_at = MomentField()
    last_text_in_at = MomentField(null=True)
    last_spoke_at = MomentField(null=True)
    never_text = BooleanField(default=False)
    cannot_text_why = TextField(default="")
    cannot_text_at = MomentField(null=True)


class Suppression(Table):
    """A number that opted out, for the whole business."""

    phone = TextField(primary_key=True)
    opted_out_at = MomentField()
    source = TextField()
    why = TextField()
    lifted_at = MomentField(null=True)


class Pause(Table):
    EVERYTHING, RECIPE, CUSTOMER = "everything", "recipe", "customer"

    id = peewee.BigAutoField()
    scope = TextField()
    name = TextField(default="")
    since = MomentField()
    until = MomentField(null=True)
    who = TextField()
    why = TextField(default="")
    ended_at = MomentField(null=True)


class Task(Table):
    """A decision or a call that waits for a person."""

    OPEN, DONE = "open", "done"

    id = peewee.BigAutoField()
    key = TextField(unique=True)
    kind = TextField()
    title = TextField()
    why = TextField(default="")
    customer = TextField(null=True)
    run_id = BigIntegerField(null=True)
    job_id = BigIntegerField(null=True)
    created_at = MomentField()
    due_at = MomentField(null=True)
    state = TextField(default=OPEN)
    done_at = MomentField(null=True)
    done_by = TextField(default="")
    answer = TextField(default="")


class Alert(Table):
    FIRING, RESOLVED = "firing", "resolved"

    id = peewee.BigAutoField()
    kind = TextField()
    scope = TextField(default="")
    title = TextField()
    why = TextField(default="")
    state = TextField(default=FIRING)
    first_at = MomentField()
    last_at = MomentField()
    times = BigIntegerField(default=1)
    resolved_at = MomentField(null=True)


class Setting(Table):
    recipe = TextField()
    name = TextField()
    value = JsonField()

    class Meta:
        primary_key = peewee.CompositeKey("recipe", "name")


class Change(Table):
    """Who changed which setting, when, from what to what."""

    id = peewee.BigAutoField()
    at = MomentField()
    who = TextField()
    recipe = TextField()
    name = TextField()
    before = JsonField(null=True)
    after = JsonField(null=True)
    note = TextField(default="")


class Duty(Table):
    name = TextField(primary_key=True)
    last_started_at = MomentField(null=True)
    last_success_at = MomentField(null=True)
    last_error = TextField(default="")


class DutySlot(Table):
    """A daily duty takes its business date here, so that no night runs it twice."""

    name = TextField()
    slot = TextField()
    taken_at = MomentField()

    class Meta:
        primary_key = peewee.CompositeKey("name", "slot")


class Boot(Table):
    id = peewee.BigAutoField()
    node = TextField()
    started_at = MomentField()
    steady_at = MomentField(null=True)
    ended_at = MomentField(null=True)


class Member(Table):
    """Somebody who may sign in."""

    id = peewee.BigAutoField()
    name = TextField(unique=True)
    role = TextField()
    password_hash = TextField()
    created_at = MomentField()
    password_at = MomentField()


class Session(Table):
    token_hash = TextField(primary_key=True)
    member_id = BigIntegerField()
    created_at = MomentField()
    seen_at = MomentField()
    ends_at = MomentField()
    address = TextField()
    browser = TextField()


class SignInTry(Table):
    id = peewee.BigAutoField()
    at = MomentField()
    name = TextField()
    address = TextField()
    good = BooleanField()
