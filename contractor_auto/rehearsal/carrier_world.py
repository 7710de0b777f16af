"""What every part of the pretend carrier shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from contractor_auto.rehearsal.carrier_agenda import Agenda
from contractor_auto.rehearsal.carrier_books import Books
from contractor_auto.rehearsal.carrier_webhooks import Webhooks
from contractor_auto.rehearsal.faults import Faults
from contractor_auto.rehearsal.phones import Phones


@dataclass(frozen=True)
class World:
    """One account at the carrier, its clock and its people."""

    account: str
    base: Callable[[], str]  # where the carrier itself is reached
    clock: Callable[[], datetime]
    books: Books
    phones: Phones
    faults: Faults
    agenda: Agenda
    webhooks: Webhooks
