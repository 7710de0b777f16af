"""The tables as peewee models. Migrations make them; a test compares the two."""

from contractor_auto.store.table import Table, proxy
from contractor_auto.store.tables_consent import ConsentEvent
from contractor_auto.store.tables_house import (
    Alert,
    Boot,
    Change,
    Customer,
    Duty,
    DutySlot,
    Member,
    Pause,
    Session,
    Setting,
    SignInTry,
    Suppression,
    Task,
)
from contractor_auto.store.tables_sweep import Recovered, Sweep, SweepMark
from contractor_auto.store.tables_work import (
    Attempt,
    Call,
    Event,
    Gate,
    Job,
    Message,
    RawEvent,
    Reading,
    RetentionPass,
    Run,
)

ALL = Table.__subclasses__()

__all__ = [
    "ALL",
    "Alert",
    "Attempt",
    "Boot",
    "Call",
    "Change",
    "ConsentEvent",
    "Customer",
    "Duty",
    "DutySlot",
    "Event",
    "Gate",
    "Job",
    "Member",
    "Message",
    "Pause",
    "RawEvent",
    "Reading",
    "Recovered",
    "RetentionPass",
    "Run",
    "Session",
    "Setting",
    "SignInTry",
    "Suppression",
    "Sweep",
    "SweepMark",
    "Table",
    "Task",
    "proxy",
]
