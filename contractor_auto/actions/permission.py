"""Asks the governor for one text, and writes down by which rules it may leave."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from contractor_auto.actions.tools import JobInHand, Tools
from contractor_auto.recipe import rules
from contractor_auto.recipe.rules_footer import with_opt_out
from contractor_auto.recipe.settings import YES, values_of
from contractor_auto.recipe.wall_clock import wall
from contractor_auto.recipe.zones import tzdata_version
from contractor_auto.store import calls, messages, settings
from contractor_auto.store.standing import About, standing
from contractor_auto.store.tables import Run

REQUIRE_GREETING = "require_greeting"


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
    verdict = rules.decide(_letter(job, run, wanted, tools, about), known, tools.limits, now)
    if not isinstance(verdict, rules.Yes):
        return Permission(verdict)
    told_at = messages.told_to_opt_out_at(wanted.to, but=key)
    body = with_opt_out(wanted.body, purpose=wanted.purpose, told_at=told_at, now=now)
    return Permission(verdict, body, _record(run, known, verdict, now))


def _letter(job: JobInHand, run: Run, wanted: Wanted, tools: Tools, about: About) -> rules.Letter:
    return rules.Letter(
        wanted.purpose,
        because_at=run.occurred_at,
        good_until=job.good_until,
        answers_text=wanted.purpose == "reply" and bool(about.text_id),
        notice_missing=_wants_notice(job, tools) and not _had_notice(about.call_id),
    )


def _wants_notice(job: JobInHand, tools: Tools) -> bool:
    recipe = tools.book().recipes.get(job.recipe)
    if recipe is None or REQUIRE_GREETING not in recipe.settings:
        return False
    return bool(values_of(recipe, settings.stored(recipe.name))[REQUIRE_GREETING] == YES)


def _had_notice(call_id: str) -> bool:
    call = calls.call(call_id) if call_id else None
    return call is None or call.greeting_played == "yes"


def _record(run: Run, known: rules.Standing, yes: rules.Yes, now: datetime) -> dict[str, Any]:
    return {
        "consent_id": yes.basis,
        "checked_at": now,
        "local_times": {zone: f"{wall(now, zone):%Y-%m-%d %H:%M}" for zone in sorted(known.zones)},
        "wording": f"{run.recipe}:{run.version}",
        "policy": rules.POLICY,
        "tzdata": tzdata_version(),
    }
