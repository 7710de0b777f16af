"""What Twilio has in its books since a moment: texts, calls, voicemails, and webhooks that failed.

Nothing is taken on trust: filters may be ignored or look at dates only, records may come in any order
and twice, moments in either spelling. What is not about our own number is left out.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import quote

from contractor_auto.connectors.twilio_errors import is_webhook_failure
from contractor_auto.connectors.twilio_line import Line
from contractor_auto.connectors.twilio_read import STILL_GOING, e164
from contractor_auto.connectors.twilio_replies import Record, not_asked
from contractor_auto.connectors.twilio_values import moment, whole
from contractor_auto.recipe.listed import Listed, Listing
from contractor_auto.recipe.outcomes import ActionError, Failure

NOT_LISTED = "The carrier could not be asked what it knows."
_ALERTS = "https://monitor.twilio.com/v1/Alerts"
_PAGE_SIZE = 200
_MOST_PAGES = 100
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Shelf:
    """One kind of record: where it is listed, by which day, and what counts as its moment."""

    kind: str
    name: str
    key: str
    day: str
    moments: tuple[str, ...]

    def at(self, record: Record) -> datetime | None:
        found = (moment(record.get(name)) for name in self.moments)
        return next((at for at in found if at is not None), None)


_TEXTS = _Shelf("message", "Messages", "messages", "DateSent>", ("date_sent", "date_created"))
_CALLS = _Shelf("call", "Calls", "calls", "StartTime>", ("start_time", "date_created"))
_VOICEMAILS = _Shelf("recording", "Recordings", "recordings", "DateCreated>", ("date_created", "start_time"))
_FAILURES = _Shelf("alert", _ALERTS, "alerts", "StartDate", ("date_generated", "date_created"))


class TwilioBooks:
    """One number's share of the account's books. Every question raises ActionError when it fails."""

    def __init__(
        self,
        *,
        account_sid: str,
        tokens: Callable[[], Sequence[str]],
        number: str,
        api_base: str,
        timeout: float = 10.0,
    ) -> None:
        self._line = Line(account_sid=account_sid, tokens=tokens, api_base=api_base, timeout=timeout)
        self._number = number

    def texts(self, since: datetime) -> Listing:
        """Texts to us."""
        found, is_whole = self._walk(_TEXTS, {"To": self._number}, since)
        ours = [r for r in found if _is_to(r, self._number) and r.get("status") != "receiving"]
        return _listing(_TEXTS, [self._with_media(r) for r in ours], since, is_whole=is_whole)

    def sent(self, since: datetime) -> Listing:
        """Texts from us."""
        found, is_whole = self._walk(_TEXTS, {"From": self._number}, since)
        ours = [r for r in found if r.get("direction") == "outbound-api" and _is(r.get("from"), self._number)]
        return _listing(_TEXTS, ours, since, is_whole=is_whole)

    def calls(self, since: datetime) -> Listing:
        """Calls to us that are over."""
        found, is_whole = self._walk(_CALLS, {"To": self._number}, since)
        ours = [r for r in found if _is_to(r, self._number) and _is_over(r)]
        return _listing(_CALLS, ours, since, is_whole=is_whole)

    def voicemails(self, since: datetime) -> Listing:
        """Recordings that can be heard, of whichever call."""
        found, is_whole = self._walk(_VOICEMAILS, {}, since)
        heard = [r for r in found if r.get("status", "completed") == "completed" and whole(r.get("duration"))]
        return _listing(_VOICEMAILS, heard, since, is_whole=is_whole)

    def with_legs(self, call: Listed) -> Listed:
        """The call with the legs that were dialled for it: they tell whether a phone picked up."""
        found, _ = self._walk(_CALLS, {"ParentCallSid": call.id}, call.at)
        legs = [record for record in found if record.get("parent_call_sid") == call.id]
        return replace(call, body=_body({**json.loads(call.body), "legs": legs})) if legs else call

    def text(self, provider_id: str) -> Listed | None:
        """One text of ours as it is now; None when Twilio does not know it."""
        path = f"{self._line.account}/Messages/{quote(provider_id, safe='')}.json"
        reply = self._line.look(path)
        if reply.status == 404:
            return None
        record = reply.record()
        if reply.status != 200 or record.get("sid") != provider_id:
            raise not_asked(reply, {"method": "GET", "path": path})
        return _listed(_TEXTS, record)

    def failures(self, since: datetime) -> Mapping[int, int]:
        """How many webhooks failed since then, by error code."""
        found, _ = self._walk(_FAILURES, {"LogLevel": "error"}, since)
        codes = [whole(r.get("error_code")) for r in found if (at := _FAILURES.at(r)) and at >= since]
        return Counter(code for code in codes if code is not None and is_webhook_failure(code))

    def _walk(
        self, shelf: _Shelf, query: Mapping[str, str], since: datetime | None
    ) -> tuple[list[Record], bool]:
        """Records from the pages that may hold something newer, each once; and whether that is all."""
        # A day earlier: the filter may look at dates only, and at those of another zone.
        day = {shelf.day: (since - _A_DAY).date().isoformat()} if since else {}
        where = shelf.name if shelf is _FAILURES else f"{self._line.account}/{shelf.name}.json"
        try:
            pages = self._line.pages(shelf.key, where, {**query, **day, "PageSize": str(_PAGE_SIZE)})
            return _collect(pages, shelf, since)
        except ActionError as problem:
            if (problem.response or {}).get("status") == 404:
                return [], True  # not every carrier that speaks like Twilio keeps every list
            if problem.kind is Failure.ACCOUNT:
                raise
            raise ActionError(NOT_LISTED, request=problem.request, response=problem.response) from None

    def _with_media(self, record: Record) -> Record:
        """The record with its pictures; without them when they cannot be had, for the words matter more."""
        if not whole(record.get("num_media")):
            return record
        path = f"{self._line.account}/Messages/{quote(str(record['sid']), safe='')}/Media.json"
        try:
            pictures = next(self._line.pages("media_list", path, {}), [])
        except ActionError:
            return record
        return {**record, "media_list": pictures}


def _collect(
    pages: Iterable[list[Record]], shelf: _Shelf, since: datetime | None
) -> tuple[list[Record], bool]:
    found: dict[str, Record] = {}
    order = _Order()
    for number, page in enumerate(pages, 1):
        before = len(found)
        found |= {sid: record for record in page if isinstance(sid := record.get("sid"), str) and sid}
        order.see([shelf.at(record) for record in page])
        if len(found) == before or (since and order.has_passed(since - _A_DAY)):
            return list(found.values()), True  # nothing new any more, and so on every further page
        if number == _MOST_PAGES:
            return list(found.values()), False
    return list(found.values()), True


class _Order:
    """Whether a list is newest first, as far as we saw it, and how far down it we are."""

    def __init__(self) -> None:
        self._went_down = self._went_up = False
        self._last: datetime | None = None

    def see(self, moments: Iterable[datetime | None]) -> None:
        for at in moments:
            self._went_up = self._went_up or at is None
            if at is not None and self._last is not None:
                self._went_down = self._went_down or at < self._last
                self._went_up = self._went_up or at > self._last
            self._last = at or self._last

    def has_passed(self, since: datetime) -> bool:
        # One record, or many of one moment, are no order yet.
        is_newest_first = self._went_down and not self._went_up
        return is_newest_first and self._last is not None and self._last < since


def _listing(shelf: _Shelf, records: Iterable[Record], since: datetime, *, is_whole: bool) -> Listing:
    listed = [_listed(shelf, record) for record in records]
    # One without a moment may be years old; nobody is answered on the strength of it.
    recent = [(each.at, each.id, each) for each in listed if each.at is not None and each.at >= since]
    return Listing(tuple(each for _, _, each in sorted(recent, key=lambda it: it[:2])), is_whole)


def _listed(shelf: _Shelf, record: Record) -> Listed:
    theirs = record.get("to" if str(record.get("direction")).startswith("outbound") else "from")
    return Listed(
        id=str(record["sid"]),
        source=f"twilio.polled-{shelf.kind}",
        path=f"/{shelf.name}/{record['sid']}",
        body=_body(record),
        at=shelf.at(record),
        ended_at=moment(record.get("end_time")) or moment(record.get("date_updated")),
        lane=e164(str(theirs)) if theirs else None,
        call=str(record.get("call_sid") or ""),
        status=str(record.get("status") or ""),
    )


def _body(record: Record) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


def _is_to(record: Record, number: str) -> bool:
    return record.get("direction", "inbound") == "inbound" and _is(record.get("to"), number)


def _is(one: object, other: str) -> bool:
    return e164(str(one or "")) == e164(other)


def _is_over(record: Record) -> bool:
    return bool(record.get("status")) and record["status"] not in STILL_GOING
