"""How what we hold compares with the provider's own books."""

import peewee
from peewee import BigIntegerField, TextField

from contractor_auto.store.fields import JsonField, MomentField
from contractor_auto.store.table import Table


class SweepMark(Table):
    """How far the books of one kind have been read; `first_at` is where we began."""

    kind = TextField(primary_key=True)
    first_at = MomentField()
    read_to = MomentField()


class Recovered(Table):
    """A record that was found in the books and taken in, so that it is taken in once."""

    kind = TextField()
    provider_id = TextField()
    found_at = MomentField()

    class Meta:
        primary_key = peewee.CompositeKey("kind", "provider_id")


class Sweep(Table):
    """One comparison. One that found nothing stands for those like it that followed."""

    id = peewee.BigAutoField()
    started_at = MomentField()
    finished_at = MomentField()
    calls_theirs = BigIntegerField(default=0)
    calls_ours = BigIntegerField(default=0)
    texts_theirs = BigIntegerField(default=0)
    texts_ours = BigIntegerField(default=0)
    missed_calls = BigIntegerField(default=0)
    missed_texts = BigIntegerField(default=0)
    missed_voicemails = BigIntegerField(default=0)
    receipts = BigIntegerField(default=0)
    settled = BigIntegerField(default=0)
    failures = JsonField(default=dict)
    problem = TextField(default="")

    @property
    def missed(self) -> int:
        return self.missed_calls + self.missed_texts + self.missed_voicemails
