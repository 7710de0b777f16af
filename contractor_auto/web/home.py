"""The home page, and the big switch: pausing and resuming everything."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contractor_auto.ops import switches
from contractor_auto.ops.front_page import front_page
from contractor_auto.ops.refused import Refused
from contractor_auto.ops.switches import Scope
from contractor_auto.store.tables import Pause
from contractor_auto.web import here
from contractor_auto.web.door import safe_next
from contractor_auto.web.words import NUMBER

pages = Blueprint("home", __name__)


@pages.get("/")
def page() -> ResponseReturnValue:
    house = here.house()
    front = front_page(
        house.db,
        here.head(),
        book=house.book(),
        shop=house.shop(),
        now=house.now(),
        safe=house.is_safe_mode(),
    )
    return render_template("home.html", front=front)


@pages.post("/pauses")
def pause() -> ResponseReturnValue:
    house, form = here.house(), request.form
    scope = Scope(form.get("scope", Pause.EVERYTHING), here.typed("name", most=100))
    try:
        switches.pause(house.db, scope, who=here.who(), why=here.typed("why", most=200), now=house.now())
    except Refused as problem:
        flash(str(problem), "bad")
    else:
        flash("Paused. Calls and texts are still kept; nothing goes out.", "warn")
    return redirect(safe_next(form.get("next")))


@pages.post(f"/pauses/<{NUMBER}:pause_id>/end")
def resume(pause_id: int) -> ResponseReturnValue:
    house = here.house()
    if switches.end_pause(house.db, pause_id, now=house.now()):
        house.poke()
        flash("Resumed. What is still fresh goes out now.", "good")
    else:
        flash("That pause had ended already.", "plain")
    return redirect(safe_next(request.form.get("next")) if request.form.get("next") else url_for("home.page"))
