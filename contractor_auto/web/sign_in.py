"""Signing in and out; on the first boot, moving in."""

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from contractor_auto.logs import log
from contractor_auto.ops import doors
from contractor_auto.ops.doors import TooManyTries
from contractor_auto.ops.refused import Refused
from contractor_auto.recipe.spans import say_span
from contractor_auto.store import members
from contractor_auto.web import door, here

LOG = log("pages")
pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def page() -> ResponseReturnValue:
    if here.visitor() is not None:
        return redirect(door.safe_next(request.args.get("next")))
    if members.is_anybody_here():
        return _sign_in_page()
    doors.first_boot_code(here.house().secrets)
    LOG.warning("nobody has moved in yet; the one-time code is in the data folder, secrets/first_boot_code")
    return _first_page({}, code=request.args.get("code", ""))


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    house, form = here.house(), request.form
    try:
        member = doors.check_password(
            house.db,
            name=form.get("name", ""),
            password=form.get("password", ""),
            address=here.address(),
            now=house.now(),
        )
    except TooManyTries as problem:
        return _sign_in_page(_wait(problem)), 429
    except Refused as problem:
        return _sign_in_page(str(problem)), 422
    return door.sign_in(make_response(redirect(door.safe_next(form.get("next")))), member.id)


@pages.post("/move-in")
def move_in() -> ResponseReturnValue:
    house, form = here.house(), request.form
    try:
        member_id = doors.move_in(
            house.db,
            house.secrets,
            code=form.get("code", ""),
            name=form.get("name", ""),
            password=form.get("password", ""),
            address=here.address(),
            now=house.now(),
        )
    except TooManyTries as problem:
        return _first_page({}, said=_wait(problem), code=form.get("code", "")), 429
    except Refused as problem:
        return _first_page(problem.fields, said=str(problem), code=form.get("code", "")), 422
    answer = door.sign_in(make_response(redirect("/")), member_id)
    # Said after signing in, which begins with an empty slate.
    flash("Welcome. In Recipes you switch on what should happen by itself.", "good")
    return answer


@pages.post("/sign-out")
def leave() -> ResponseReturnValue:
    return door.sign_out(make_response(redirect(url_for("sign_in.page"))))


def _sign_in_page(said: str = "") -> str:
    wanted = door.safe_next(request.values.get("next"))
    return render_template("sign_in.html", said=said, next=wanted, name=request.form.get("name", ""))


def _first_page(wrong: dict[str, str], *, code: str, said: str = "") -> str:
    name = request.form.get("name", here.house().shop().owner.name)
    return render_template("first_boot.html", wrong=wrong, said=said, code=code, name=name)


def _wait(problem: TooManyTries) -> str:
    return f"{problem} Please wait {say_span(problem.until - here.house().now())}."
