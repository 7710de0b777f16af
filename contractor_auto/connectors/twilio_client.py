"""Sends texts through Twilio and looks up what became of them; raises ActionError when it cannot.

The SDK prepares and authorises the requests. Replies are read here, because what the SDK makes of a bad
one has lost what matters: how long to wait, and whether the text may have left.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import quote

from contractor_auto import failpoints
from contractor_auto.connectors.twilio_errors import classify
from contractor_auto.connectors.twilio_line import Line, asked
from contractor_auto.connectors.twilio_replies import (
    NOT_ASKED,
    Record,
    Sent,
    Wanted,
    accepted,
    as_sent,
    looked_up,
    not_confirmed,
)
from contractor_auto.connectors.twilio_values import moment
from contractor_auto.connectors.twilio_wire import NoReply, Reply
from contractor_auto.recipe.outcomes import ActionError, Failure

__all__ = ["AccountState", "Sent", "TwilioTexts"]

_NO_ANSWER = "The carrier could not be reached."
_PAGE_SIZE = 200
_MOST_PAGES = 50


@dataclass(frozen=True)
class AccountState:
    """Whether the account works, and the sentence for the owner when it does not."""

    status: str
    ok: bool
    why: str = ""


class TwilioTexts:
    """One sending number. Safe to share between threads; the token is read again for every request."""

    def __init__(
        self,
        *,
        account_sid: str,
        tokens: Callable[[], Sequence[str]],
        number: str,
        api_base: str,
        status_callback: Callable[[str], str],
        timeout: float = 10.0,
    ) -> None:
        self._line = Line(account_sid=account_sid, tokens=tokens, api_base=api_base, timeout=timeout)
        self._number = number
        self._status_callback = status_callback
        self._messages = f"{self._line.account}/Messages.json"

    def send(self, *, to: str, body: str, token: str) -> Sent:
        """Hand one text to Twilio. `token` is our own id, by which its receipts find it again."""
        form = {"To": to, "From": self._number, "Body": body}
        if callback := self._status_callback(token):
            form["StatusCallback"] = callback
        request = {"method": "POST", "path": self._messages, "form": form}
        failpoints.hit("carrier.send.before")
        try:
            reply = self._line.ask("POST", self._messages, form=form)
        except NoReply as broken:
            raise not_confirmed(broken, request) from None
        failpoints.hit("carrier.send.after")
        return accepted(reply, request)

    def find(self, *, to: str, body: str, since: datetime, exclude: Collection[str]) -> Sent | None:
        """The text that an unconfirmed attempt may have sent; None when it is surely not there.

        `exclude` holds the provider ids already known, so an earlier text alike is not taken for this one.
        """
        wanted = Wanted(sender=self._number, to=to, body=body, since=since)
        # Not by date sent: a text that never left has none.
        query = {"To": to, "From": self._number, "PageSize": str(_PAGE_SIZE)}
        failpoints.hit("carrier.find.before")
        alike = [record for record in self._list(query) if wanted.is_in(record)]
        failpoints.hit("carrier.find.after")
        unclaimed = [record for record in alike if record["sid"] not in exclude]
        if not unclaimed:
            return None
        first = min(unclaimed, key=lambda text: (moment(text.get("date_created")) or since, text["sid"]))
        return as_sent(first, asked(self._messages, query), {"status": 200, "record": first})

    def fetch(self, provider_id: str) -> Sent | None:
        """What became of one text; None when Twilio does not know it."""
        path = f"{self._line.account}/Messages/{quote(provider_id, safe='')}.json"
        return looked_up(self._line.look(path), asked(path))

    def account(self) -> AccountState:
        """Whether the account works again. Never raises: not knowing is an answer too."""
        try:
            reply = self._line.look(f"{self._line.account}.json")
            if reply.status == 404:
                # Not every carrier that speaks like Twilio describes the account.
                reply = self._line.look(self._messages, {"PageSize": "1"})
        except ActionError as error:
            is_ours = error.kind is Failure.ACCOUNT
            return AccountState("unreachable", ok=False, why=str(error) if is_ours else _NO_ANSWER)
        return _account_state(reply)

    def _list(self, query: Mapping[str, str]) -> Iterator[Record]:
        """Every text, over all pages. Too many to walk is a failure: it must not look like absence."""
        pages = self._line.pages("messages", self._messages, query)
        for page in islice(pages, _MOST_PAGES):
            yield from page
        if next(pages, None) is not None:
            raise ActionError(
                NOT_ASKED, request=asked(self._messages, query), response={"error": "too many pages"}
            )


def _account_state(reply: Reply) -> AccountState:
    verdict = classify(reply.error_code(), reply.status)
    if verdict.kind is Failure.ACCOUNT:
        return AccountState("refused", ok=False, why=verdict.sentence)
    if reply.status != 200 or not reply.record():
        return AccountState("unclear", ok=False, why="The carrier did not say whether the account works.")
    status = str(reply.record().get("status") or "active")
    if status != "active":
        return AccountState(status, ok=False, why=f"The Twilio account is {status}.")
    return AccountState(status, ok=True)
