"""Asks the governor for one text, and writes down by which rules it may leave."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from contractor_auto.actions.tools import JobInHand, Tools
from contractor_auto.recipe import rules
from contractor_auto.recipe.rules_footer import with_opt_out
from contractor_auto.recipe.settings import YES, values_of
from contractor_auto.recipe.wall_clock import wall
from contractor_auto.recipe.zones import tzdata_version
from contractor_auto.store import calls, messages, settings
from contractor_auto.store.standing import About, standing
from contractor_auto.store.tables import Call, Run

REQUIRE_GREETING = "require_greeting"
LISTEN_FOR = timedelta(seconds=5)
STILL_ON_THE_LINE = "They may still be listening to the greeting."


class Wanted(Protocol):
    """A text as its recipe wants it."""

    @property
    def purpose(self) -> str: ...

    @property
    def to(self) -> str: ...

    @property
    def body(self) -> str: ...


@dataclass(frozen=True)
class Permission:
    """The verdict; when it is yes, the text as it leaves and what is kept with it."""

    verdict: rules.Verdict
    body: str = ""
    record: dict[str, Any] = field(default_factory=dict)


def ask(
    job: JobInHand, run: Run, wanted: Wanted, tools: Tools, *, key: str, unread: bool, now: datetime
) -> Permission:
    """Call it in the transaction that writes the intention: it counts what the others are about to send."""
    about = About(key, str(run.facts.get("call.id", "")), str(run.facts.get("text.id", "")))
    known = standing(
        wanted.to, recipe=job.recipe, shop=tools.shop(), limits=tools.limits, now=now, about=about
    )
    known = replace(known, unread=unread or known.unread)
    call = _call_to_hear(job, wanted, tools, about)
    missing = call is not None and call.greeting_played != "yes" and not _may_be_listening(call)
    letter = _letter(job, run, wanted, about=about, notice_missing=missing)
    verdict = rules.decide(letter, known, tools.limits, now)
    if isinstance(verdict, rules.Yes) and call is not None and _may_be_listening(call):
        verdict = rules.NotBefore(now + LISTEN_FOR, STILL_ON_THE_LINE)
    if not isinstance(verdict, rules.Yes):
        return Permission(verdict)
    told_at = messages.told_to_opt_out_at(wanted.to, but=key)
    body = with_opt_out(wanted.body, purpose=wanted.purpose, told_at=told_at, now=now)
    return Permission(verdict, body, _record(run, known, verdict, now))


def _letter(job: JobInHand, run: Run, wanted: Wanted, *, about: About, notice_missing: bool) -> rules.Letter:
    return rules.Letter(
        wanted.purpose,
        because_at=run.occurred_at,
        good_until=job.good_until,
        answers_text=wanted.purpose == "reply" and bool(about.text_id),
        notice_missing=notice_missing,
    )


def _wants_notice(job: JobInHand, tools: Tools) -> bool:
    recipe = tools.book().recipes.get(job.recipe)
    if recipe is None or REQUIRE_GREETING not in recipe.settings:
        return False
    return bool(values_of(recipe, settings.stored(recipe.name))[REQUIRE_GREETING] == YES)


def _call_to_hear(job: JobInHand, wanted: Wanted, tools: Tools, about: About) -> Call | None:
    """The call in which the greeting has to have been heard before this text, if the owner minds."""
    if wanted.purpose != "reply" or not about.call_id or not _wants_notice(job, tools):
        return None
    return calls.call(about.call_id)


def _may_be_listening(call: Call) -> bool:
    # The end of the dialling sets the recipe off; only the end of the call says what they heard.
    return call.greeting_played == "" and call.ended_at is None


def _record(run: Run, known: rules.Standing, yes: rules.Yes, now: datetime) -> dict[str, Any]:
    return {
        "consent_id": yes.basis,
        "checked_at": now,
        "local_times": {zone: f"{wall(now, zone):%Y-%m-%d %H:%M}" for zone in sorted(known.zones)},
        "wording": f"{run.recipe}:{run.version}",
        "policy": rules.POLICY,
        "tzdata": tzdata_version(),
    }
