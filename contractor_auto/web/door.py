"""The door of the pages: who is signed in, and whether a form was really sent from one of our pages."""

import hashlib
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, abort, flash, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from contractor_auto.config import Config
from contractor_auto.store import sessions
from contractor_auto.web import here

OPEN_ENDPOINTS = {"static", "healthz", "readyz"}
OPEN_ROOMS = {"sign_in", "hooks"}
# Webhooks prove where they come from by their signature.
SIGNED_ROOMS = {"hooks"}
SEEN_EVERY = timedelta(minutes=5)
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def guard() -> ResponseReturnValue | None:
    """Runs before every request; a page that is not ours to show leads to the sign-in page."""
    if request.endpoint is None or request.endpoint in OPEN_ENDPOINTS or request.blueprint in SIGNED_ROOMS:
        return None
    if request.method not in SAFE_METHODS and is_foreign():
        abort(403)
    g.visitor = _visitor()
    if g.visitor is not None or request.blueprint in OPEN_ROOMS:
        return None
    if request.method not in SAFE_METHODS:
        flash("You were signed out, so nothing was saved. Sign in and try again.", "warn")
    return redirect(url_for("sign_in.page", next=_way_back()))


def is_foreign() -> bool:
    """True when another site sent this form. Browsers say where a form was; programs need not."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc not in _our_addresses()


def safe_next(wanted: str | None) -> str:
    """A place in our own house, whatever the link says."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return "/"
    # Browsers drop tabs and line ends before they read an address.
    if any(letter < " " or letter == "\\" for letter in wanted):
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc else wanted


def sign_in(response: Response, member_id: int) -> Response:
    """Begin a new session; the token is in the cookie and nowhere else."""
    house, token = here.house(), secrets.token_urlsafe(32)
    old, name = request.cookies.get(cookie_name(house.config)), cookie_name(house.config)
    browser = request.headers.get("User-Agent", "")
    now, address = house.now(), here.address()

    def begin() -> None:
        if old:
            sessions.end(hash_of(old))
        sessions.begin(hash_of(token), member_id=member_id, address=address, browser=browser, now=now)

    house.db.write(begin)
    session.clear()
    response.set_cookie(
        name,
        token,
        max_age=sessions.LONGEST,
        path="/",
        secure=is_https(house.config),
        httponly=True,
        samesite="Lax",
    )
    return response


def sign_out(response: Response) -> Response:
    house, found = here.house(), here.visitor()
    if found is not None:
        house.db.write(lambda: sessions.end(found.token_hash))
    session.clear()
    secure = is_https(house.config)
    response.delete_cookie(cookie_name(house.config), path="/", secure=secure, httponly=True, samesite="Lax")
    return response


def cookie_name(config: Config) -> str:
    return "__Host-signed-in" if is_https(config) else "signed-in"


def is_https(config: Config) -> bool:
    """Whether cookies travel over https only. On the machine itself there is nothing to listen in on,
    and a browser there has no certificate to rely on."""
    return config.server.public_url.startswith("https://") and not _is_on_this_machine()


class FormSession(SecureCookieSessionInterface):
    """Flask's own session, which carries the form token, under the same rule as our cookie."""

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-forms" if self.get_cookie_secure(app) else "forms"

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        return is_https(here.house().config)


def _is_on_this_machine() -> bool:
    return urlsplit(f"//{request.host}").hostname in ("127.0.0.1", "localhost", "::1")


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _visitor() -> sessions.Visitor | None:
    house = here.house()
    token = request.cookies.get(cookie_name(house.config))
    if not token:
        return None
    now = house.now()
    found = sessions.visitor(hash_of(token), now)
    # A page that refreshes itself does not keep its session alive.
    if found and now - found.seen_at > SEEN_EVERY and "X-Live" not in request.headers:
        house.db.write(lambda: sessions.seen(found.token_hash, now))
    return found


def _way_back() -> str:
    if request.method in SAFE_METHODS:
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc in _our_addresses() else "/"


def _our_addresses() -> set[str]:
    return {request.host, urlsplit(here.house().config.server.public_url).netloc} - {""}
