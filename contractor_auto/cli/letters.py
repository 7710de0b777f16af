"""`dead`: what was given up or is on hold, tried again or let go."""

import argparse
from collections.abc import Sequence

from contractor_auto.cli.opened import WHO, Add, Opened, opened
from contractor_auto.cli.words import WrongUse, print_found, whole_number
from contractor_auto.ops import dead_letters
from contractor_auto.ops.refused import Refused
from contractor_auto.store import dead
from contractor_auto.store.tables import Job, Run

MOST = 1000
DISCARD = 'contractor-auto dead discard 14 --why "rang him myself"'
Letter = dict[str, object]


def register(add: Add) -> None:
    letters = add(
        "dead",
        "What was given up or is on hold: list it, try it again, or let it go for a reason.",
        dead_letter,
        example='dead discard 14 --why "rang him myself"',
    )
    letters.add_argument("what", choices=["list", "show", "requeue", "discard"])
    letters.add_argument("job", type=whole_number, nargs="*", help="from the list; none with requeue: all")
    letters.add_argument("--why", default="", help="the reason; discard needs one")
    letters.add_argument("--json", action="store_true", help="for programs")


def dead_letter(asked: argparse.Namespace) -> int:
    if asked.what == "discard":
        _require_reason(asked)
    with opened(asked) as house:
        letters = [_letter(job, run) for job, run in dead.dead_jobs(MOST)]
        chosen = [each for each in letters if not asked.job or each["id"] in asked.job]
        if asked.what in ("list", "show"):
            print_found(chosen, asked.json, lambda found: _lines(found, asked.job))
            return 0 if chosen or not asked.job else 1
        if not chosen:
            print(*_lines([], asked.job))
            return 1 if asked.job else 0
        print(_deal_with(house, asked, [job for each in chosen if isinstance(job := each["id"], int)]))
    return 0


def _require_reason(asked: argparse.Namespace) -> None:
    if not asked.job:
        raise WrongUse(f"Say which, and why: {DISCARD}")
    if len(asked.why.strip()) < dead_letters.SHORTEST_REASON:
        raise Refused(f"Say why, it is kept with the run: {DISCARD.replace('14', str(asked.job[0]))}")


def _deal_with(house: Opened, asked: argparse.Namespace, jobs: Sequence[int]) -> str:
    now, most = house.clock(), dead_letters.MOST_AT_ONCE
    parts = [jobs[start : start + most] for start in range(0, len(jobs), most)]
    if asked.what == "requeue":
        count = sum(dead_letters.requeue(house.db, part, who=WHO, now=now) for part in parts)
        return f"{count} will be tried again."
    count = sum(dead_letters.discard(house.db, part, why=asked.why, who=WHO, now=now) for part in parts)
    return f"{count} let go."


def _letter(job: Job, run: Run | None) -> Letter:
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


def _lines(letters: Sequence[Letter], asked_for: Sequence[int]) -> list[str]:
    if not letters and asked_for:
        return [f"Not on the list: {', '.join(map(str, asked_for))}."]
    if not letters:
        return ["Nothing was given up or is on hold."]
    return [
        f"{each['id']:>6}  {each['recipe']}: {each['name']} for {each['phone'] or '-'}: {each['why']}"
        for each in letters
    ]
