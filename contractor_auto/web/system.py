"""How the program itself is doing: queue, books, schedules, starts, storage."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from contractor_auto import __version__
from contractor_auto.engine.ledger import ledger
from contractor_auto.store import system
from contractor_auto.web import here

pages = Blueprint("system", __name__)


@pages.get("/system")
def page() -> ResponseReturnValue:
    house = here.house()
    return render_template(
        "system.html",
        books=ledger(house.db),
        duties=system.duties(),
        boots=system.last_boots(5),
        size=system.bytes_kept(house.db),
        kind="SQLite" if house.db.is_sqlite else "PostgreSQL",
        version=__version__,
        safe=house.is_safe_mode(),
        broken=house.book().broken,
    )


@pages.post("/system/safe-mode/end")
def leave_safe_mode() -> ResponseReturnValue:
    house = here.house()
    if house.is_safe_mode():
        house.leave_safe_mode()
        flash("Left safe mode. Sending goes on.", "good")
    else:
        flash("It was not in safe mode any more.", "plain")
    return redirect(url_for("system.page"))
