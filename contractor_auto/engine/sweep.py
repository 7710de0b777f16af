"""Compares what we hold with the provider's own books, and takes in what never reached us.

What is missing becomes a raw event like any other, texts before calls, and the ordinary line reads it:
an answer that is still fresh leaves, a stale one becomes a call-back task. Nothing is sent from here.

The same comparison, every few seconds, is all that a shop without a public address has. Its limits:
an answer is late by up to the interval; callers hear what the provider is set up to say, not our greeting;
no phone is rung first with a question, so when the provider rings one and somebody or something picks
up, nobody can tell which, and that becomes a task instead of a text; whether a caller's number was
vouched for is not known; and whether a text arrived is learnt at the next look.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from contractor_auto.engine import open_ends
from contractor_auto.engine.intake import Arrived, receive
from contractor_auto.engine.missing import GRACE, Compare
from contractor_auto.engine.sweep_words import say, say_missed
from contractor_auto.logs import fields, log
from contractor_auto.recipe.listed import Listed, Listing
from contractor_auto.recipe.outcomes import ActionError
from contractor_auto.store import alerts, sweeps
from contractor_auto.store.database import Database
from contractor_auto.store.tables import Sweep

LOG = log("sweep")
EVERY, WHEN_POLLING, AFTER_A_FAILURE = timedelta(minutes=10), timedelta(seconds=15), timedelta(minutes=1)
# Each call is asked about by itself; the rest is left to the next sweep.
MOST_CALLS = 200
# After so long an absence, texts wait for what was said meanwhile, though not for ever.
AN_ABSENCE, PATIENCE = timedelta(minutes=15), timedelta(minutes=5)
BLIND_FOR = timedelta(hours=1)
MORE_TO_READ = "The carrier has more than may be read at once; the rest follows."


class Books(open_ends.Texts, Protocol):
    """What the provider has written down. Every question raises ActionError when it fails."""

    def texts(self, since: datetime) -> Listing: ...

    def calls(self, since: datetime) -> Listing: ...

    def voicemails(self, since: datetime) -> Listing: ...

    def with_legs(self, call: Listed) -> Listed: ...

    def failures(self, since: datetime) -> Mapping[int, int]: ...


@dataclass
class Look:
    """One sweep in progress. `is_clean` until something is found that had not reached us."""

    compare: Compare
    row: Sweep
    is_clean: bool = True

    @property
    def now(self) -> datetime:
        return self.compare.now


class Sweeper:
    """`finder` looks up single texts; while polling, nothing counts as missed."""

    def __init__(
        self,
        db: Database,
        books: Books,
        *,
        finder: open_ends.Finder,
        now: Callable[[], datetime],
        is_polling: bool = False,
    ) -> None:
        self._db = db
        self._books = books
        self._finder = finder
        self._now = now
        self._is_polling = is_polling
        self._turn = threading.Lock()
        self._next_at: datetime | None = None
        self._asked_at: datetime | None = None
        self._hold_until: datetime | None = None
        self._was_away = False

    def take_turn(self) -> Sweep | None:
        """Sweep if it is time for it and nobody here is at it."""
        if self._is_early() or not self._turn.acquire(blocking=False):
            return None
        try:
            return self.sweep()
        finally:
            self._turn.release()

    def sweep(self) -> Sweep:
        """Compare now. When it returns, everything that was missing is stored. A failure is in the row."""
        now = self._now()
        look = Look(Compare(self._db, now, self._is_polling), Sweep(started_at=now))
        try:
            # In this order: who asked us to stop must be known before anything else sets texts free.
            self._look_at_texts(look)
            self._look_at_calls(look)
            self._look_at_open_ends(look)
        except ActionError as problem:
            look.row.problem = str(problem)
        look.row.finished_at = self._now()
        is_news = self._db.write(lambda: self._conclude(look))
        self._rest(look.row)
        if is_news:
            LOG.info("%s", say(look.row), extra=fields(receipts=look.row.receipts))
        return look.row

    def hold(self) -> None:
        """Texts wait for the first sweep: somebody may have said stop while we were away."""
        now, read_to = self._now(), sweeps.read_to("texts")
        self._was_away = read_to is not None and now - read_to > AN_ABSENCE
        self._hold_until = now + PATIENCE

    def is_holding(self) -> bool:
        return self._hold_until is not None and self._now() < self._hold_until

    def _is_early(self) -> bool:
        # No turn is further off than this: the clock was set back.
        return self._next_at is not None and timedelta() < self._next_at - self._now() <= EVERY

    def _rest(self, row: Sweep) -> None:
        every = WHEN_POLLING if self._is_polling else EVERY
        self._next_at = row.finished_at + (AFTER_A_FAILURE if row.problem else every)
        if not (row.problem and self._was_away):
            self._hold_until = None

    def _look_at_texts(self, look: Look) -> None:
        listing = self._books.texts(self._since("texts", look.now))
        missing = look.compare.texts(listing)
        new = self._take_in(look, {"text": missing}, mark="texts" if listing.is_whole else "")
        look.is_clean = not missing
        look.row.texts_theirs = len(listing.records)
        look.row.texts_ours = len(listing.records) - len(missing)
        look.row.missed_texts = look.compare.count_late(new)
        _require_whole(listing.is_whole)

    def _look_at_calls(self, look: Look) -> None:
        since = self._since("calls", look.now)
        calls, voicemails = self._books.calls(since), self._books.voicemails(since)
        missing, undecided = look.compare.calls(calls)
        unheard = look.compare.voicemails(voicemails, calls)
        is_whole = calls.is_whole and voicemails.is_whole and len(missing) <= MOST_CALLS
        found = {"call": self._with_legs(missing[:MOST_CALLS], voicemails), "voicemail": unheard}
        new = self._take_in(look, found, mark="calls" if is_whole else "")
        look.is_clean = look.is_clean and not missing and not unheard
        look.row.calls_theirs = len(calls.records) - undecided
        look.row.calls_ours = look.row.calls_theirs - len(missing)
        look.row.missed_calls = look.compare.count_late([each for each in new if not each.call])
        look.row.missed_voicemails = look.compare.count_late([each for each in new if each.call])
        _require_whole(is_whole)

    def _with_legs(self, calls: Sequence[Listed], voicemails: Listing) -> list[Listed]:
        """Whoever left a voicemail talked to nobody; for the others, a phone may have been picked up."""
        recorded = {voicemail.call for voicemail in voicemails.records}
        return [call if call.id in recorded else self._books.with_legs(call) for call in calls]

    def _look_at_open_ends(self, look: Look) -> None:
        since = self._since("sent", look.now)
        listing = self._books.sent(since)
        states = sweeps.message_states([text.id for text in listing.records])
        look.row.texts_theirs += len(listing.records)
        look.row.texts_ours += len(states)
        before = look.now - (timedelta() if self._is_polling else GRACE)
        news = open_ends.news(listing, states, before=before)
        if self._is_time_to_ask(look.now):
            news += open_ends.ask(self._books, besides=states, before=before, now=look.now)
            look.row.settled = open_ends.settle(self._db, self._finder, look.now)
            look.row.failures = self._failures(since)
        new = self._take_in(look, {"receipt": news}, mark="sent" if listing.is_whole else "")
        look.row.receipts = len(new)
        _require_whole(listing.is_whole)

    def _is_time_to_ask(self, now: datetime) -> bool:
        """What is asked about one by one need not be asked every few seconds."""
        if self._is_polling and self._asked_at is not None and now - self._asked_at < EVERY:
            return False
        self._asked_at = now
        return True

    def _failures(self, since: datetime) -> dict[str, int]:
        """Webhooks that the provider knows to have failed; not worth a failed sweep."""
        if self._is_polling:
            return {}
        try:
            return {str(code): count for code, count in self._books.failures(since).items()}
        except ActionError as problem:
            LOG.warning("failed webhooks cannot be listed: %s", problem)
            return {}

    def _since(self, kind: str, now: datetime) -> datetime:
        return self._db.write(lambda: sweeps.since(kind, now))

    def _take_in(self, look: Look, found: Mapping[str, Sequence[Listed]], *, mark: str) -> list[Listed]:
        """Store all of it or nothing, in this order; the mark moves only with it. Returns what was new."""

        def work() -> list[Listed]:
            each_kind = ((kind, each) for kind, records in found.items() for each in records)
            new = [each for kind, each in each_kind if sweeps.take(kind, each.id, look.now)]
            for each in new:
                self._receive(each, look.now)
            sweeps.move_mark(mark, look.now)
            return new

        return self._db.write(work, at="sweep")

    def _receive(self, each: Listed, now: datetime) -> None:
        recovered = not self._is_polling
        receive(
            self._db, Arrived(each.source, each.path, each.body, lane=each.lane, recovered=recovered), now
        )

    def _conclude(self, look: Look) -> bool:
        is_news, row = sweeps.keep(look.row), look.row
        if row.missed:
            why = say_missed(sweeps.missed_lately(self._db), row.failures)
            title = "The carrier could not reach us"
            alerts.raise_alert(look.now, kind="webhooks-missed", title=title, why=why)
        elif look.is_clean and not row.problem:
            alerts.resolve_alert(look.now, kind="webhooks-missed")
        self._mind_blindness(look)
        return is_news

    def _mind_blindness(self, look: Look) -> None:
        if not look.row.problem:
            alerts.resolve_alert(look.now, kind="sweep-failing")
            return
        read_to = sweeps.read_to("texts")
        if read_to is not None and look.now - read_to > BLIND_FOR:
            title = "The carrier's own list of calls and texts cannot be read"
            alerts.raise_alert(look.now, kind="sweep-failing", title=title, why=look.row.problem)


def _require_whole(is_whole: bool) -> None:
    if not is_whole:
        raise ActionError(MORE_TO_READ)
