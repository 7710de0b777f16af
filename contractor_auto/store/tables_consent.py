"""What people agreed to and refused: rows are only added, and each is chained to the one before it."""

import peewee
from peewee import TextField

from contractor_auto.store.fields import MomentField
from contractor_auto.store.table import Table


class ConsentEvent(Table):
    """One thing a person did. The database refuses to change or delete it."""

    id = peewee.BigAutoField()
    phone = TextField()
    kind = TextField()
    scope = TextField()
    occurred_at = MomentField()
    recorded_at = MomentField()
    channel = TextField()
    shown = TextField()
    version = TextField()
    action = TextField()
    source = TextField()
    address = TextField()
    browser = TextField()
    recorded_by = TextField()
    expires_at = MomentField(null=True)
    hash_before = TextField()
    hash = TextField(unique=True)
