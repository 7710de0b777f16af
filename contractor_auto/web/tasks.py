"""What waits for a person."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from contractor_auto.store import home, tasks
from contractor_auto.web import here
from contractor_auto.web.door import safe_next
from contractor_auto.web.words import NUMBER

pages = Blueprint("tasks", __name__)


@pages.get("/tasks")
def page() -> ResponseReturnValue:
    found = home.tasks_by_due(100)
    runs = home.runs_named({task.run_id for task in found if task.run_id is not None})
    people = home.people({run.customer for run in runs.values() if run.customer})
    return render_template("tasks.html", tasks=found, runs=runs, people=people, done=home.tasks_done(20))


@pages.post(f"/tasks/<{NUMBER}:task_id>/done")
def done(task_id: int) -> ResponseReturnValue:
    house = here.house()
    answer = here.typed("answer", most=500)
    now, who = house.now(), here.who()
    if house.db.write(lambda: tasks.close_task(task_id, now, who=who, answer=answer)):
        flash("Done. Thank you.", "good")
    else:
        flash("Somebody had done that already.", "plain")
    return redirect(safe_next(request.form.get("next", "/tasks")))
