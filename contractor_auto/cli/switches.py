"""Commands that hold and let go: pause and resume."""

import argparse
from collections.abc import Iterator
from datetime import datetime

from contractor_auto.cli.opened import WHO, Add, Opened, opened
from contractor_auto.cli.words import number_of
from contractor_auto.engine import boots
from contractor_auto.ops import switches
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.switches import EVERYTHING, Scope
from contractor_auto.recipe.phone import pretty
from contractor_auto.recipe.spans import SpanError, parse_span, say_moment
from contractor_auto.store import gates, pauses
from contractor_auto.store.tables import Pause

MOST_NAMED = 10
WIDEST_FIRST = (Pause.EVERYTHING, Pause.RECIPE, Pause.CUSTOMER)


def register(add: Add) -> None:
    pause = add(
        "pause",
        "Hold what is sent to customers: everything, one recipe or one person. What comes in is still kept.",
        pause_sending,
        example='pause --for "2 hours" --why "van broke down"',
    )
    _add_scope(pause)
    pause.add_argument("--for", dest="span", metavar="SPAN", help='such as "2 hours"; else until resumed')
    pause.add_argument("--why", default="", help="shown on the pages")
    resume = add(
        "resume",
        "Let go what a pause holds; without words everything, and safe mode too.",
        resume_sending,
        example="resume missed_call_text_back",
    )
    _add_scope(resume)


def _add_scope(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("recipe", nargs="?", help="only this recipe")
    either.add_argument("--phone", metavar="N", help="only messages to this person")


def pause_sending(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        now = house.clock()
        until = _end(asked.span, now)
        scope = _scope(asked, house)
        switches.pause(house.db, scope, who=WHO, now=now, why=asked.why, until=until)
        how_long = f" until {say_moment(until, now, house.shop.zone)}" if until else ""
        print(f"Paused{how_long}: {_say(scope)}. `{_command(scope)}` lets it go again.")
    return 0


def resume_sending(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        scope = _scope(asked, house)
        now = house.clock()
        was_held = switches.resume(house.db, scope, now=now)
        if scope == EVERYTHING:
            was_held |= house.db.write(lambda: boots.forgive(now), at="resume")
        print(f"Resumed: {_say(scope)}." if was_held else f"Nothing was paused: {_say(scope)}.")
        for line in _still_held(now):
            print(line)
    return 0


def _still_held(now: datetime) -> Iterator[str]:
    held = sorted(pauses.pauses_now(now), key=lambda each: WIDEST_FIRST.index(each.scope))
    for each in held[:MOST_NAMED]:
        scope = Scope(each.scope, each.name)
        why = f" ({each.why.rstrip('.')})" if each.why else ""
        yield f"Still paused: {_say(scope)}{why}. `{_command(scope)}` lets it go."
    if len(held) > MOST_NAMED:
        yield f"And {len(held) - MOST_NAMED} more are paused."
    for gate in gates.parked():
        yield f"Sending is on hold, and goes on by itself once this is mended: {gate.parked_why}"


def _end(span: str | None, now: datetime) -> datetime | None:
    try:
        return now + parse_span(span) if span else None
    except SpanError as problem:
        raise Refused(str(problem)) from problem


def _scope(asked: argparse.Namespace, house: Opened) -> Scope:
    if asked.phone:
        return Scope(Pause.CUSTOMER, number_of(asked.phone) or "")
    if not asked.recipe:
        return EVERYTHING
    if asked.recipe not in house.book.recipes and asked.recipe not in house.book.broken:
        raise Refused(f"There is no recipe {asked.recipe!r}; known: {', '.join(house.book.recipes)}.")
    return Scope(Pause.RECIPE, asked.recipe)


def _say(scope: Scope) -> str:
    if scope.kind == Pause.CUSTOMER:
        return f"automatic messages to {pretty(scope.name)}"
    return scope.name or "everything"


def _command(scope: Scope) -> str:
    """What a person types to end this pause."""
    words = {Pause.CUSTOMER: f" --phone {scope.name}", Pause.RECIPE: f" {scope.name}"}.get(scope.kind, "")
    return f"contractor-auto resume{words}"
