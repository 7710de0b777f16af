"""The dead-letter list: what was given up or is on hold."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from contractor_auto.ops import dead_letters
from contractor_auto.ops.refused import Refused
from contractor_auto.store import dead, home
from contractor_auto.web import here
from contractor_auto.web.door import safe_next
from contractor_auto.web.words import LONGEST_NUMBER

pages = Blueprint("dead", __name__)
MOST_ROWS = 200


@pages.get("/dead")
def page() -> ResponseReturnValue:
    return _list()


@pages.post("/dead/requeued")
def requeue() -> ResponseReturnValue:
    """Every ticked job, or the one whose button was pressed."""
    house = here.house()
    try:
        count = dead_letters.requeue(house.db, _ticked(), who=here.who(), now=house.now())
    except Refused as problem:
        return _refused(problem)
    house.poke()
    flash(f"Trying {_jobs(count)} again." if count else "That was dealt with already.", "good")
    return redirect(safe_next(request.form.get("next", "/dead")))


@pages.post("/dead/discarded")
def discard() -> ResponseReturnValue:
    house, why = here.house(), here.typed("why", most=300)
    try:
        count = dead_letters.discard(house.db, _ticked(), why=why, who=here.who(), now=house.now())
    except Refused as problem:
        return _refused(problem)
    flash(f"Gave up {_jobs(count)}." if count else "That was dealt with already.", "plain")
    return redirect(safe_next(request.form.get("next", "/dead")))


def _ticked() -> list[int]:
    return [
        int(text) for text in request.form.getlist("job") if text.isdecimal() and len(text) <= LONGEST_NUMBER
    ]


def _refused(problem: Refused) -> ResponseReturnValue:
    back = request.form.get("next")
    if back:
        flash(str(problem), "bad")
        return redirect(safe_next(back))
    return _list(said=str(problem)), 422


def _list(said: str = "") -> str:
    pairs = dead.dead_jobs(MOST_ROWS)
    people = home.people({run.customer for _, run in pairs if run and run.customer})
    return render_template(
        "dead.html",
        pairs=pairs,
        people=people,
        attempts=dead.last_attempts([job.id for job, _ in pairs]),
        said=said,
        ticked=_ticked(),
    )


def _jobs(count: int) -> str:
    return "one step" if count == 1 else f"{count} steps"
