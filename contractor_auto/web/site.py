"""The Flask application: webhooks, pages, and what every response has in common."""

from datetime import timedelta

from flask import Flask, Response, jsonify, request
from flask_wtf.csrf import CSRFProtect

from contractor_auto.ops.shared_keys import SESSION_KEY
from contractor_auto.store.system import can_keep
from contractor_auto.store.waiting import waiting
from contractor_auto.web import (
    conversations,
    dead,
    door,
    errors,
    here,
    history,
    home,
    recipes,
    sign_in,
    system,
    tasks,
    words,
)
from contractor_auto.web.hooks import hooks
from contractor_auto.web.house import House

ROOMS = (sign_in, home, tasks, conversations, history, recipes, dead, system)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_FORM_IS_GOOD_FOR = timedelta(days=30)


def make_site(house: House) -> Flask:
    site = Flask("contractor_auto.web")
    site.extensions[here.HOUSE] = house
    _configure(site, house)
    csrf = CSRFProtect(site)
    webhooks = hooks(house)
    csrf.exempt(webhooks)
    site.register_blueprint(webhooks)
    site.before_request(door.guard)
    for room in ROOMS:
        site.register_blueprint(room.pages)
    errors.register(site)
    words.teach(site)
    _add_health(site, house)
    site.after_request(_dress)
    return site


def _configure(site: Flask, house: House) -> None:
    site.session_interface = door.FormSession()
    site.config.update(
        SECRET_KEY=house.secrets.make(SESSION_KEY),
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        TRUSTED_HOSTS=None,
        # Flask's own session carries only the form token and what was just said; who is signed in is
        # kept by us (door.py).
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=A_FORM_IS_GOOD_FOR,
        WTF_CSRF_TIME_LIMIT=int(A_FORM_IS_GOOD_FOR.total_seconds()),
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    site.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}


def _dress(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _add_health(site: Flask, house: House) -> None:
    def healthz() -> Response:
        """Alive; says nothing else to strangers."""
        return jsonify(status="ok")

    def readyz() -> tuple[Response, int]:
        """Able to take something in and keep it."""
        is_kept = can_keep(house.db, house.now())
        checks = {"database": is_kept, "sending": is_kept and _is_sending(house)}
        return jsonify(ready=is_kept, checks=checks), 200 if is_kept else 503

    site.add_url_rule("/healthz", "healthz", healthz)
    site.add_url_rule("/readyz", "readyz", readyz)


def _is_sending(house: House) -> bool:
    """Neither safe mode, nor a pause of everything, nor a carrier that refuses us holds what is due."""
    held = waiting(house.db, house.now())
    return not (house.is_safe_mode() or held.is_paused or held.held_why is not None)
