"""Commands that hold and let go: pause, resume, dead letters, secrets."""

import argparse
import getpass
import sys

from contractor_auto.cli.opened import WHO, Add, Opened, config_of, opened
from contractor_auto.cli.words import number_of, print_found
from contractor_auto.engine import boots
from contractor_auto.ops import dead_letters, switches
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.switches import EVERYTHING, Scope
from contractor_auto.recipe.spans import SpanError, parse_span
from contractor_auto.secrets import NAMES, Secrets
from contractor_auto.store import dead
from contractor_auto.store.tables import Job, Pause, Run

MOST = 1000


def register(add: Add) -> None:
    pause = add("pause", "Hold all sending, or one recipe. What comes in is still kept.", pause_sending)
    pause.add_argument("recipe", nargs="?", help="only this recipe")
    pause.add_argument("--for", dest="span", metavar="SPAN", help='such as "2 hours"; else until resumed')
    pause.add_argument("--phone", metavar="N", help="only messages to this person")
    pause.add_argument("--why", default="", help="shown on the pages")
    resume = add("resume", "Let go what a pause, or safe mode, holds.", resume_sending)
    resume.add_argument("recipe", nargs="?", help="only this recipe")
    resume.add_argument("--phone", metavar="N", help="only messages to this person")
    letters = add("dead", "What was given up: list, show, requeue, discard.", dead_letter)
    letters.add_argument("what", choices=["list", "show", "requeue", "discard"])
    letters.add_argument("job", type=int, nargs="*", help="numbers from the list; none with requeue: all")
    letters.add_argument("--why", default="", help="the reason; discard needs one")
    letters.add_argument("--json", action="store_true", help="for programs")
    secret = add("secret", "Keep a secret in its own file; it is read from standard input.", set_secret)
    secret.add_argument("what", choices=["set"])
    secret.add_argument("name", choices=[name for name in NAMES if not name.endswith("_previous")])


def pause_sending(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        now = house.clock()
        try:
            until = now + parse_span(asked.span) if asked.span else None
        except SpanError as problem:
            raise Refused(str(problem)) from problem
        scope = _scope(asked, house)
        switches.pause(house.db, scope, who=WHO, now=now, why=asked.why, until=until)
        print(f"Paused: {_say(scope)}. `contractor-auto resume` lets it go again.")
    return 0


def resume_sending(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        scope = _scope(asked, house)
        now = house.clock()
        was_held = switches.resume(house.db, scope, now=now)
        if scope == EVERYTHING:
            was_held |= house.db.write(lambda: boots.forgive(now), at="resume")
        print(f"Resumed: {_say(scope)}." if was_held else f"Nothing was paused: {_say(scope)}.")
    return 0


def dead_letter(asked: argparse.Namespace) -> int:
    with opened(asked) as house:
        letters = [_letter(job, run) for job, run in dead.dead_jobs(MOST)]
        match asked.what:
            case "list" | "show":
                chosen = [each for each in letters if not asked.job or each["id"] in asked.job]
                print_found(chosen, asked.json, _letter_lines)
                return 0 if chosen or not asked.job else 1
            case "requeue":
                ids = asked.job or [each["id"] for each in letters]
                count = dead_letters.requeue(house.db, ids, who=WHO, now=house.clock())
                print(f"{count} will be tried again.")
            case _:
                count = dead_letters.discard(house.db, asked.job, why=asked.why, who=WHO, now=house.clock())
                print(f"{count} let go.")
    return 0 if count else 1


def set_secret(asked: argparse.Namespace) -> int:
    config = config_of(asked)
    prompt = f"{asked.name}: "
    value = (getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    if not value:
        raise Refused("Nothing was given, so nothing was kept.")
    Secrets(config.data.folder).set(asked.name, value)
    print(f"Kept. {asked.name} is used from now on; no restart is needed.")
    return 0


def _scope(asked: argparse.Namespace, house: Opened) -> Scope:
    if asked.phone:
        return Scope(Pause.CUSTOMER, number_of(asked.phone) or asked.phone)
    if not asked.recipe:
        return EVERYTHING
    if asked.recipe not in house.book.recipes and asked.recipe not in house.book.broken:
        raise Refused(f"There is no recipe {asked.recipe!r}; known: {', '.join(house.book.recipes)}.")
    return Scope(Pause.RECIPE, asked.recipe)


def _say(scope: Scope) -> str:
    return scope.name or "everything"


def _letter(job: Job, run: Run | None) -> dict[str, object]:
    return {
        "id": job.id,
        "state": job.state,
        "recipe": job.recipe,
        "name": job.name,
        "phone": run.customer if run else None,
        "trace": run.trace if run else None,
        "why": job.why,
        "attempts": job.attempt,
        "since": job.finished_at or job.due_at,
    }


def _letter_lines(letters: list[dict[str, object]]) -> list[str]:
    if not letters:
        return ["Nothing was given up."]
    return [
        f"{each['id']:>6}  {each['recipe']}: {each['name']} for {each['phone'] or '-'}: {each['why']}"
        for each in letters
    ]
