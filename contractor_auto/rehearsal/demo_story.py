"""What happened, told case by case: a call or a text, what the appliance did about it, and how it ended."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contractor_auto.rehearsal.carrier_rules import keyword_of
from contractor_auto.rehearsal.carrier_webhooks import Delivery
from contractor_auto.rehearsal.demo import Placed, Report, Stage, Written
from contractor_auto.rehearsal.demo_people import BACKUP, OWNER, Person
from contractor_auto.rehearsal.demo_verdicts import NOT_STARTED, Verdict, about_call, about_text, talked

LATEST = 12
TONES = {"done": "good", "skipped": "plain", "snoozed": "wait"}


@dataclass(frozen=True)
class Line:
    """One sentence of a case. `step` names what the recipe wanted; `due_at` is still to come."""

    at: datetime
    say: str
    tone: str = "plain"
    step: str = ""
    due_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        due_at = self.due_at.isoformat() if self.due_at else None
        told = {"at": self.at.isoformat(), "say": self.say, "tone": self.tone}
        return {**told, "step": self.step, "due_at": due_at}


def story(stage: Stage, reports: Sequence[Report]) -> list[dict[str, Any]]:
    """The latest cases, newest first."""
    webhooks = stage.carrier.delivered()
    cases = [_call_case(placed, webhooks, reports) for placed in stage.calls[-LATEST:]]
    cases += [_text_case(written, webhooks, reports) for written in stage.texts[-LATEST:]]
    return sorted(cases, key=lambda case: str(case["at"]), reverse=True)[:LATEST]


def _call_case(placed: Placed, webhooks: Sequence[Delivery], reports: Sequence[Report]) -> dict[str, Any]:
    call, person = placed.call, placed.person
    mine = [report for report in reports if report["subject"] == call.sid]
    lines = [Line(call.created_at, f"{placed.trouble}.", "bad")] if placed.trouble else []
    lines += _told(webhooks, "CallSid", call.sid)
    for report in mine:
        lines += _report_lines(report, person)
    title = f"{person.name} {_did(placed)}"
    verdict = about_call(call, mine, person)
    return _case(call.sid, call.created_at, title, verdict=verdict, lines=lines)


def _text_case(written: Written, webhooks: Sequence[Delivery], reports: Sequence[Report]) -> dict[str, Any]:
    text, person = written.text, written.person
    mine = [report for report in reports if report["subject"] == text.sid]
    lines = _told(webhooks, "MessageSid", text.sid)
    keyword = keyword_of(text.body)
    for report in mine:
        lines += _report_lines(report, person)
    title = f"{person.name} texted “{text.body}”"
    return _case(text.sid, text.created_at, title, verdict=about_text(keyword, mine), lines=lines)


def _case(sid: str, at: datetime, title: str, *, verdict: Verdict, lines: Iterable[Line]) -> dict[str, Any]:
    told = [line.as_json() for line in sorted(lines, key=lambda line: line.at)]
    return {
        "id": sid,
        "at": at.isoformat(),
        "title": title,
        "verdict": verdict.as_json(),
        "lines": told,
    }


def _did(placed: Placed) -> str:
    if not placed.call.over.is_set():
        return "is calling"
    if talked(placed.call):
        return "called and the owner answered"
    return {"hang up": "called and hung up", "leave voicemail": "called and left a voicemail"}[placed.then]


def _told(webhooks: Sequence[Delivery], key: str, sid: str) -> list[Line]:
    """What the carrier reported about it, and how often."""
    words = {
        "voice": "The carrier reports a call",
        "call-status": "The carrier reports that it ended",
        "recording": "The carrier has the voicemail",
        "sms": "The carrier passes on the text",
    }
    lines = []
    for name, say in words.items():
        same = [each for each in webhooks if each.name == name and each.params.get(key) == sid]
        if same:
            times = f", {len(same)} times" if len(same) > 1 else ""
            lines.append(Line(same[0].at, f"{say}{times}.", "wait" if times else "plain"))
    return lines


def _report_lines(report: Report, person: Person) -> Iterator[Line]:
    if report["state"] == NOT_STARTED:
        yield Line(report["started_at"], report["why"], step=report["title"])
        return
    for job in report["jobs"]:
        yield from _job_lines(report, job)
    for message in report["messages"]:
        if message["final_at"]:
            yield _end_of(message, person)


def _job_lines(report: Report, job: dict[str, Any]) -> Iterator[Line]:
    step = "" if job["action"] == "call_back_task" else f"{job['name'][0].upper()}{job['name'][1:]}"
    at = report["started_at"]
    if job["state"] == "scheduled" and not job["attempts"]:
        yield Line(at, "Waits a moment:", "wait", step, job["due_at"])
    for attempt in job["attempts"]:
        at = attempt["finished_at"] or attempt["started_at"]
        yield Line(at, attempt["why"], _tone(job, attempt), step)
    if job["state"] == "scheduled" and job["attempts"]:
        yield Line(at, "Looks again", "wait", step, job["due_at"])
    if job["state"] == "cancelled" and not job["attempts"]:
        yield Line(report["finished_at"] or at, job["why"], step=step)


def _tone(job: dict[str, Any], attempt: dict[str, Any]) -> str:
    if job["action"] == "call_back_task":
        return "person"
    return TONES.get(attempt["outcome"], "bad")


def _end_of(message: dict[str, Any], person: Person) -> Line:
    phones = {OWNER.number: f"{OWNER.name}’s", BACKUP.number: f"{BACKUP.name}’s", person.number: "their"}
    if message["state"] == "delivered":
        return Line(message["final_at"], f"Delivered to {phones.get(message['to'], 'a')} phone.", "good")
    return Line(message["final_at"], message["why"] or f"The text is {message['state']}.", "bad")
