"""Sends one text, once.

First the intention is written, together with the governor's yes, in one transaction; then the carrier
is asked; then its answer is written. Whoever finds an intention without an answer looks at the carrier
before anything is sent again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contractor_auto.actions import permission
from contractor_auto.actions.tools import JobInHand, Sent, Tools
from contractor_auto.recipe import rules
from contractor_auto.recipe.model import Recipe, Step
from contractor_auto.recipe.outcomes import ActionError, Done, Failure, Outcome, Skip, Snooze
from contractor_auto.recipe.phone import why_not_textable
from contractor_auto.recipe.plan import fits
from contractor_auto.recipe.segments import count, plain
from contractor_auto.recipe.wording import WordingError, fill
from contractor_auto.store import customers, facts, messages, runs
from contractor_auto.store.holding import holding
from contractor_auto.store.tables import Message, Run

# How long after asking an empty look-up proves that the carrier does not have the text: it has to have
# finished with our request. Where it never answered, it may still be at it.
PROOF = {"asked": timedelta(seconds=60), "answered": timedelta(seconds=20), "silent": timedelta(seconds=60)}
LONG_AGO = timedelta(days=1)
TOO_LATE = "Too late to be of use."
NOBODY = "There is no number to send this to."
TAKEN_OVER = "Another worker has taken this over."
# An intention that lay for longer is not trusted any more: the machine slept, and by now somebody else
# may have looked at the carrier and found nothing.
SEND_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Envelope:
    """Ready to leave: the intention is durable."""

    message: Message
    to: str
    body: str


@dataclass(frozen=True)
class Errand:
    """A text as its recipe wants it: for whom, why, and in which words."""

    purpose: str
    to: str
    body: str


def send_text(job: JobInHand, tools: Tools) -> Outcome:
    """To the customer, in the recipe's words."""
    return deliver(job, tools, purpose=_recipe(job, tools).purpose)


def tell_owner(job: JobInHand, tools: Tools) -> Outcome:
    """To our own people."""
    return deliver(job, tools, purpose="owner")


def deliver(job: JobInHand, tools: Tools, *, purpose: str) -> Outcome:
    """The only way by which a text leaves the building."""
    key = f"{job.key}:{purpose}"
    earlier = Message.get_or_none(Message.key == key)
    if earlier is not None:
        known = _already_out(earlier, tools)
        if known is not None:
            return known
    ready = tools.db.write(lambda: _intend(job, tools, key=key, purpose=purpose), at="intend")
    return _ask_carrier(ready, tools) if isinstance(ready, Envelope) else ready


def _already_out(message: Message, tools: Tools) -> Outcome | None:
    """What is known of an earlier try; None when it surely did not leave."""
    match message.state:
        case "refused":
            return Skip(message.why, act=True)
        case "not_sent":
            return None  # by an earlier try, whose end was not written down: ask once more why
        case "intended":
            return _look_up(message, tools) if message.doubt else None
        case _:
            return Done("The carrier already has it." if message.provider_id else message.why)


def _look_up(message: Message, tools: Tools) -> Outcome | None:
    """Ask the carrier; None when it surely does not have it."""
    now = tools.now()
    known = messages.known_provider_ids(message.customer, message.asked_at - LONG_AGO)
    try:
        found = tools.texts.find(
            to=message.customer, body=message.body, since=message.asked_at, exclude=known
        )
    except ActionError as problem:
        if problem.kind in (Failure.ACCOUNT, Failure.SENDER):
            raise
        raise ActionError(
            "It may or may not have been sent, and the carrier could not be asked.", kind=Failure.UNKNOWN
        ) from problem
    if found is not None:
        return _accept(message, found, tools, why="It had been sent; the carrier confirmed it.")
    proof_at = message.asked_at + PROOF[message.doubt]
    if now < proof_at:
        return Snooze(proof_at, "Making sure that the carrier does not have it.", keep_place=True)
    tools.db.write(lambda: messages.surely_not_out(message, "The carrier does not have it."))
    return None


def _intend(job: JobInHand, tools: Tools, *, key: str, purpose: str) -> Envelope | Outcome:
    now = tools.now()
    # One at a time, on however many nodes: the limits count what the others are about to send.
    tools.db.queue_up("send")
    held = holding(tools.db, job)
    if held is None:
        return Snooze(now, TAKEN_OVER, keep_place=True)
    run = runs.run(job.run_id or 0)
    if run.state == Run.STOPPED:
        return _close(key, Skip(run.why or "Not needed any more."), now)
    if job.good_until is not None and now >= job.good_until:
        return _close(key, Skip(TOO_LATE, act=True), now)
    errand = _errand(job, run, tools, purpose=purpose, now=now)
    if isinstance(errand, Skip):
        return _close(key, errand, now)
    allowed = permission.ask(job, run, errand, tools, key=key, unread=held.is_unread, now=now)
    match allowed.verdict:
        case rules.No(why=why, act=act):
            return _close(key, Skip(why, act=act), now)
        case rules.NotBefore(at=at, why=why, keep_place=keep_place):
            return Snooze(at, why, keep_place=keep_place)
        case rules.Yes():
            errand = Errand(errand.purpose, errand.to, allowed.body)
            return _put_down(job, run, errand, record=allowed.record, key=key, now=now)


def _errand(job: JobInHand, run: Run, tools: Tools, *, purpose: str, now: datetime) -> Errand | Skip:
    recipe = _recipe(job, tools)
    step = recipe.steps[job.step]
    known = facts.of_run(run, tools.shop(), {k: s.default for k, s in recipe.settings.items()}, now)
    to = _address(step, known, purpose)
    if not to:
        return Skip(NOBODY if purpose == "owner" else _why_no_number(known))
    try:
        return Errand(purpose, to, wording(step, known))
    except WordingError as problem:
        raise ActionError(f"The wording cannot be filled: {problem}", kind=Failure.MESSAGE) from problem


def wording(step: Step, known: Mapping[str, Any]) -> str:
    """The first wording that fits, filled; settings may hold names of their own."""
    variant = next(v for v in step.body if fits(v.when, known))
    settings = {k: _fill_setting(v, known) for k, v in known.items() if k.startswith("settings.")}
    return plain(fill(variant.text, {**known, **settings}))


def _fill_setting(value: Any, known: Mapping[str, Any]) -> str:
    try:
        return fill(str(value), known)
    except WordingError:
        return ""  # only an error where this setting is used: then its name is empty


def _address(step: Step, known: Mapping[str, Any], purpose: str) -> str:
    wanted = step.to or ("{owner.phone}" if purpose == "owner" else "{customer.phone}")
    try:
        return fill(wanted, known)
    except WordingError:
        return ""


def _why_no_number(known: Mapping[str, Any]) -> str:
    """From what arrived instead: hidden on purpose, lost on the way, or no phone at all."""
    return why_not_textable(str(known.get("call.from", ""))) or NOBODY


def _put_down(
    job: JobInHand, run: Run, errand: Errand, *, record: Mapping[str, Any], key: str, now: datetime
) -> Envelope | Outcome:
    message = messages.intend(
        key,
        now=now,
        job_id=job.id,
        run_id=run.id,
        recipe=job.recipe,
        purpose=errand.purpose,
        customer=errand.to,
        body=errand.body,
        doubt="",
        **record,
    )
    if run.dry_run and errand.purpose != "owner":
        messages.close(message.id, "dry", "Dry run: this would have been sent.", now)
        return Done("Dry run: it would have been sent now.")
    if message.state in messages.NOT_OUT:
        return Skip(message.why, act=True)  # closed by an earlier try, whose end was not written down
    if not messages.asking(message, errand.body, count(errand.body).parts, now, **record):
        return Snooze(now, TAKEN_OVER, keep_place=True)
    return Envelope(message, errand.to, errand.body)


def _close(key: str, outcome: Skip, now: datetime) -> Skip:
    message = Message.get_or_none(Message.key == key)
    if message is not None:
        messages.close(message.id, "not_sent", outcome.why, now)
    return outcome


def _ask_carrier(envelope: Envelope, tools: Tools) -> Outcome:
    try:
        if tools.now() - envelope.message.asked_at > SEND_WITHIN:
            raise ActionError("The program was held up just before sending; nothing was sent.")
        sent = tools.texts.send(to=envelope.to, body=envelope.body, token=envelope.message.token or "")
    except ActionError as error:
        problem = error  # the name `error` is gone by the time the writer runs
        tools.db.write(lambda: _note_failure(envelope.message, problem, tools.now()))
        raise
    return _accept(envelope.message, sent, tools, why="The carrier has it.")


def _accept(message: Message, sent: Sent, tools: Tools, *, why: str) -> Done:
    tools.db.write(
        lambda: messages.accepted(
            message.id, provider_id=sent.provider_id, status=sent.status, now=tools.now()
        ),
        at="accepted",
    )
    return Done(why, request=sent.request, response=sent.response)


def _note_failure(message: Message, problem: ActionError, now: datetime) -> None:
    match problem.kind:
        case Failure.UNKNOWN:
            messages.in_doubt(message, "answered" if _was_answered(problem) else "silent")
        case Failure.CUSTOMER | Failure.OPTED_OUT | Failure.MESSAGE:
            messages.close(message.id, "refused", str(problem), now)
            _learn(message.customer, problem, now)
        case _:
            messages.surely_not_out(message, str(problem))


def _was_answered(problem: ActionError) -> bool:
    # Where no reply came, the snapshot says what broke; only a reply has a status.
    return "status" in (problem.response or {})


def _learn(phone: str, problem: ActionError, now: datetime) -> None:
    if problem.kind == Failure.CUSTOMER:
        customers.cannot_text(phone, str(problem), now)
    if problem.kind == Failure.OPTED_OUT:
        customers.opt_out(phone, source="carrier", why=str(problem), at=now)


def _recipe(job: JobInHand, tools: Tools) -> Recipe:
    recipe = tools.book().recipes.get(job.recipe)
    if recipe is None:
        raise ActionError(f"The recipe {job.recipe} cannot be used at the moment.", kind=Failure.TRANSIENT)
    return recipe
