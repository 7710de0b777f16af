"""History: find a run, and read its whole story."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from contractor_auto.ops.story import story
from contractor_auto.store import history, home
from contractor_auto.store.history import PAGE, Wanted
from contractor_auto.store.tables import Job
from contractor_auto.web import here
from contractor_auto.web.words import LONGEST_NUMBER, RUN_WORDS

pages = Blueprint("history", __name__)


@pages.get("/history")
def page() -> ResponseReturnValue:
    asked = request.args
    wanted = Wanted(
        words=here.typed("q", most=100),
        recipe=here.typed("recipe", most=100),
        state=asked.get("state", "") if asked.get("state") in RUN_WORDS else "",
        before=_number(asked.get("before", "")),
    )
    found = history.runs_wanted(wanted)
    runs, more = found[:PAGE], found[PAGE:]
    people = home.people({run.customer for run in runs if run.customer})
    names = sorted(here.house().book().recipes)
    return render_template(
        "history.html", wanted=wanted, runs=runs, people=people, names=names, is_more=bool(more)
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else None


@pages.get("/runs/<trace>")
def run(trace: str) -> ResponseReturnValue:
    whole = history.whole_run(trace.upper())
    if whole is None:
        abort(404)
    stuck = [job for job in whole.jobs if job.state in (Job.DISCARDED, Job.PARKED)]
    return render_template("run.html", whole=whole, run=whole.run, lines=story(whole), stuck=stuck)
