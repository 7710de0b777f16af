"""How a case of the demo stands: sent and delivered, not sent because, or a person must act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contractor_auto.rehearsal.carrier_records import Call
from contractor_auto.rehearsal.demo import Report
from contractor_auto.rehearsal.demo_people import BACKUP, OWNER, Person

ON_ITS_WAY = frozenset({"accepted", "scheduled", "queued", "sending", "sent"})
NOT_STARTED = "not_started"
NOT_DONE = (NOT_STARTED, "stopped", "failed")


@dataclass(frozen=True)
class Verdict:
    """`why` is the one sentence that a visitor should read."""

    say: str
    tone: str
    why: str = ""

    def as_json(self) -> dict[str, str]:
        return {"say": self.say, "tone": self.tone, "why": self.why}


def about_call(call: Call, reports: Sequence[Report], person: Person) -> Verdict:
    letters = [letter for letter in _letters(reports) if letter["to"] == person.number]
    jobs = [job for report in reports for job in report["jobs"]]
    arrived = [letter for letter in letters if letter["state"] == "delivered"]
    if arrived:
        return Verdict("Sent and delivered", "good", _how_soon(call, arrived[0]["accepted_at"]))
    if any(job["action"] == "call_back_task" or job["state"] == "parked" for job in jobs):
        return Verdict("A person must act", "person", _why(letters, reports))
    if any(letter["state"] in ON_ITS_WAY for letter in letters):
        return Verdict("Sent, on its way", "wait")
    if any(job["state"] in ("scheduled", "executing") for job in jobs):
        return Verdict("Waiting", "wait", _last_try(jobs))
    if any(report["state"] in NOT_DONE for report in reports):
        return Verdict("Not sent, because…", "plain", _why(letters, reports))
    if talked(call):
        return Verdict("Answered", "good", "A person took the call, so no text is needed.")
    return Verdict("Ended", "plain") if call.over.is_set() else Verdict("On the line", "wait")


def talked(call: Call) -> bool:
    """A person took the call."""
    return any(heard.startswith("Talked with") for heard in call.heard)


def about_text(keyword: str, reports: Sequence[Report]) -> Verdict:
    letters = list(_letters(reports))
    if keyword:
        answer = {"STOP": "Opted out", "START": "Opted in"}.get(keyword, "Answered")
        return Verdict(answer, "good", "The carrier confirms it by itself.")
    if not reports:
        return Verdict("Read", "plain")
    if letters and all(letter["state"] == "delivered" for letter in letters):
        return Verdict("Passed on", "good", _to_whom(letters))
    return Verdict("On its way", "wait")


def _letters(reports: Sequence[Report]) -> Iterator[dict[str, Any]]:
    for report in reports:
        yield from report["messages"]


def _how_soon(call: Call, accepted_at: datetime | None) -> str:
    if call.ended_at is None or accepted_at is None:
        return ""
    seconds = max(0, round((accepted_at - call.ended_at).total_seconds()))
    return f"Texted {seconds} second{'' if seconds == 1 else 's'} after the call."


def _why(letters: Sequence[dict[str, Any]], reports: Sequence[Report]) -> str:
    whys = [letter["why"] for letter in letters]
    whys += [report["why"] for report in reports if report["state"] in NOT_DONE]
    return next((why for why in whys if why), "")


def _last_try(jobs: Sequence[dict[str, Any]]) -> str:
    tries = [attempt["why"] for job in jobs for attempt in job["attempts"]]
    return tries[-1] if tries else ""


def _to_whom(letters: Sequence[dict[str, Any]]) -> str:
    names = {OWNER.number: OWNER.name, BACKUP.number: BACKUP.name}
    told = [names[letter["to"]] for letter in letters if letter["to"] in names]
    return f"{' and '.join(told)} {'has' if len(told) == 1 else 'have'} it." if told else ""
