"""Asks Twilio: one exchange with whichever token it takes, and lists page by page.

What the replies mean is for others to say.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, urljoin, urlsplit

from twilio.rest import Client

from contractor_auto.connectors.twilio_replies import NOT_ASKED, Record, not_asked
from contractor_auto.connectors.twilio_wire import TWILIO, NoReply, Reply, Wire
from contractor_auto.recipe.outcomes import ActionError, Failure

Query = Mapping[str, str]


class Line:
    """Safe to share between threads; the tokens are read again for every request.

    A `path` is below the API's own host, or a whole address of another host of Twilio's.
    """

    def __init__(
        self, *, account_sid: str, tokens: Callable[[], Sequence[str]], api_base: str, timeout: float = 10.0
    ) -> None:
        self.account = f"/2010-04-01/Accounts/{quote(account_sid, safe='')}"
        self._account_sid = account_sid
        self._tokens = tokens
        self._api_base = api_base
        self._timeout = timeout
        self._thread = threading.local()

    def pages(self, key: str, path: str, query: Query) -> Iterator[list[Record]]:
        """The records under `key`, a page at a time, for as long as there are more."""
        while path:
            reply = self.look(path, query)
            page = reply.record()
            if reply.status != 200 or not isinstance(page.get(key), list):
                raise not_asked(reply, asked(path, query))
            yield [record for record in page[key] if isinstance(record, dict)]
            path, query = _following(path, page), {}

    def look(self, path: str, query: Query | None = None) -> Reply:
        try:
            return self.ask("GET", path, query=query)
        except NoReply as broken:
            raise ActionError(NOT_ASKED, request=asked(path, query), response=broken.snapshot()) from None

    def ask(self, method: str, path: str, *, query: Query | None = None, form: Query | None = None) -> Reply:
        """One exchange. A refused token is a sure no, so while tokens change the next one is tried."""
        wire = self._wire()
        tokens = [token for token in self._tokens() if token]
        if not tokens:
            raise ActionError("There is no Twilio auth token.", kind=Failure.ACCOUNT)
        # Not joined as addresses are: a path that begins with two slashes would name another host.
        url = path if path.startswith("https://") else TWILIO + path
        for token in tokens:
            # The environment could send us to another region; the SDK reads it unless given one.
            client = Client(self._account_sid, token, http_client=wire, environment={"TWILIO_EDGE": ""})
            client.request(method, url, params=dict(query or {}), data=dict(form or {}))
            if wire.last.status != 401:
                break
        return wire.last

    def _wire(self) -> Wire:
        # The SDK promises nothing about threads, so each has its own line.
        if not hasattr(self._thread, "wire"):
            self._thread.wire = Wire(self._api_base, self._timeout)
        wire: Wire = self._thread.wire
        return wire


def asked(path: str, query: Query | None = None) -> Record:
    """What we wanted to know, for the run log."""
    return {"method": "GET", "path": path, "query": dict(query or {})}


def _following(path: str, page: Record) -> str:
    """Where the next page is; empty after the last."""
    meta = page.get("meta")
    uri = page.get("next_page_uri") or (meta.get("next_page_url") if isinstance(meta, dict) else None)
    if not uri:
        return ""
    here, there = urlsplit(path), urlsplit(urljoin(path, str(uri)))
    # Only the path of it: our credentials go to nobody else's host.
    home = f"https://{here.netloc}" if here.scheme else ""
    return f"{home}{there.path}?{there.query}"
