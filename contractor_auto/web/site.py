"""The Flask application: webhooks, pages, and what every response has in common."""

from flask import Flask, Response, jsonify

from contractor_auto.store.database import StoreError
from contractor_auto.web.hooks import hooks
from contractor_auto.web.house import House

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def make_site(house: House) -> Flask:
    site = Flask("contractor_auto.web")
    site.config["SECRET_KEY"] = house.secrets.make("session_key")
    site.config["MAX_CONTENT_LENGTH"] = 8 * 1024 * 1024
    site.config["TRUSTED_HOSTS"] = None
    site.register_blueprint(hooks(house))
    _add_health(site, house)
    site.after_request(_dress)
    return site


def _dress(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _add_health(site: Flask, house: House) -> None:
    def healthz() -> Response:
        """Alive; says nothing else to strangers."""
        return jsonify(status="ok")

    def readyz() -> tuple[Response, int]:
        """Able to take something in and keep it."""
        checks = {"database": _can_write(house), "safe_mode": not house.is_safe_mode()}
        return jsonify(ready=checks["database"], checks=checks), 200 if checks["database"] else 503

    site.add_url_rule("/healthz", "healthz", healthz)
    site.add_url_rule("/readyz", "readyz", readyz)


def _can_write(house: House) -> bool:
    try:
        house.db.write(lambda: None)
    except StoreError:
        return False
    return True
