"""When something goes wrong, a page in plain words; webhooks keep their short answers."""

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from contractor_auto.logs import log
from contractor_auto.store.database import StoreError
from contractor_auto.web.door import SIGNED_ROOMS

LOG = log("pages")
WORDS = {
    400: (
        "That could not be read",
        "The page sent something we did not expect. Please go back and try again.",
    ),
    403: ("Not from here", "This did not come from one of our own pages, so nothing was changed."),
    404: ("Nothing here", "This page does not exist, or what it showed is gone."),
    405: ("Nothing here", "This address is not a page."),
    413: ("That was too much", "What was sent is larger than we take. Nothing was saved."),
    500: ("Something went wrong inside", "It was written to the log. Nothing was saved by this page."),
    503: ("Not at the moment", "The database cannot be reached. Nothing was changed; please try again soon."),
}
OPEN_TOO_LONG = "This page was open too long; nothing was saved, please try again."


def register(site: Flask) -> None:
    site.register_error_handler(CSRFError, _stale)
    site.register_error_handler(HTTPException, _http)
    site.register_error_handler(StoreError, _unreachable)


def _stale(_: CSRFError) -> ResponseReturnValue:
    return _page(403, "Please try again", OPEN_TOO_LONG)


def _http(problem: HTTPException) -> ResponseReturnValue:
    code = problem.code or 500
    if request.blueprint in SIGNED_ROOMS or problem.response is not None or code < 400:
        return problem.get_response()
    title, words = WORDS.get(code, (problem.name, ""))
    return _page(code, title, words)


def _unreachable(problem: StoreError) -> ResponseReturnValue:
    LOG.error("a page could not reach the database", exc_info=problem)
    return _page(503, *WORDS[503])


def _page(code: int, title: str, words: str) -> ResponseReturnValue:
    # Asks the database nothing: it may be what is broken.
    back = request.referrer if request.method == "POST" else None
    text = render_template("error.html", code=code, title=title, words=words, back=back)
    return Response(text, code)
