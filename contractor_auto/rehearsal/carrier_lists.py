"""How the pretend carrier's lists are filtered and cut into pages. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from contractor_auto.rehearsal.carrier_records import Call, Number, Recording, Text

Asked = Mapping[str, str]


def _on_days(moment: datetime | None, name: str, query: Asked) -> bool:
    """Whether a moment is within the days asked for. The time of day is not looked at, only the date."""
    wanted = {sign: day for sign in ("", "<", ">") if (day := query.get(name + sign))}
    if not wanted:
        return True
    if moment is None:
        return False
    days = {sign: date.fromisoformat(day[:10]) for sign, day in wanted.items()}
    same = "" not in days or moment.date() == days[""]
    return same and days.get(">", date.min) <= moment.date() <= days.get("<", date.max)


def _same(query: Asked, **fields: str | None) -> bool:
    return all(query.get(name, value) == value for name, value in fields.items())


def text_matches(text: Text, query: Asked) -> bool:
    return _same(query, To=text.to, From=text.from_) and _on_days(text.sent_at, "DateSent", query)


def call_matches(call: Call, query: Asked) -> bool:
    same = _same(query, To=call.to, From=call.from_, Status=call.status, ParentCallSid=call.parent_sid)
    started = _on_days(call.created_at, "StartTime", query)
    return same and started and _on_days(call.ended_at, "EndTime", query)


def recording_matches(recording: Recording, query: Asked) -> bool:
    return _same(query, CallSid=recording.call_sid) and _on_days(recording.created_at, "DateCreated", query)


def number_matches(number: Number, query: Asked) -> bool:
    return _same(query, PhoneNumber=number.phone_number)


@dataclass(frozen=True)
class Page:
    """One page of a list, newest first. The token remembers where the last one ended, so that records
    that arrive in between do not push anything onto a page twice.
    """

    path: str
    query: Asked

    @property
    def size(self) -> int:
        return max(1, min(int(self.query.get("PageSize", 50)), 1000))

    @property
    def index(self) -> int:
        return int(self.query.get("Page", 0))

    def cut(self, name: str, records: Sequence[Any], *, account: str) -> dict[str, Any]:
        start = self._start([record.sid for record in records])
        shown = records[start : start + self.size]
        more = start + self.size < len(records)
        return {
            name: [record.as_json(account) for record in shown],
            "end": start + max(len(shown) - 1, 0),
            "first_page_uri": self._uri(0),
            "next_page_uri": self._uri(self.index + 1, shown[-1].sid) if more else None,
            "page": self.index,
            "page_size": self.size,
            "previous_page_uri": self._uri(self.index - 1) if self.index else None,
            "start": start,
            "uri": self._uri(self.index),
        }

    def _start(self, sids: list[str]) -> int:
        token = self.query.get("PageToken", "")[2:]
        return sids.index(token) + 1 if token in sids else self.index * self.size

    def _uri(self, index: int, last: str = "") -> str:
        kept = {name: value for name, value in self.query.items() if not name.startswith("Page")}
        token = {"PageToken": f"PA{last}"} if last else {}
        return f"{self.path}?{urlencode(kept | {'PageSize': str(self.size), 'Page': str(index)} | token)}"
