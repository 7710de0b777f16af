"""What every view asks first: the house it is in, who is looking, and what waits."""

from typing import cast

from flask import current_app, g, request

from contractor_auto.store.sessions import Visitor
from contractor_auto.store.waiting import Waiting, waiting
from contractor_auto.web.house import House

HOUSE = "house"


def house() -> House:
    return cast(House, current_app.extensions[HOUSE])


def visitor() -> Visitor | None:
    """Who is signed in; set by the door before any view runs."""
    return cast(Visitor | None, g.get("visitor"))


def who() -> str:
    """The name that is kept with whatever is done now."""
    found = visitor()
    return found.name if found else "nobody"


def head() -> Waiting:
    """Counts for the head of the page, asked once for each request."""
    if "head" not in g:
        g.head = waiting(house().db, house().now())
    return cast(Waiting, g.head)


def typed(name: str, *, most: int) -> str:
    """One line that somebody typed, without what no keyboard types, cut to what we keep."""
    text = request.values.get(name, "")
    return " ".join("".join(letter for letter in text if letter.isprintable() or letter.isspace()).split())[
        :most
    ]


def address() -> str:
    """Where the request came from."""
    return request.remote_addr or ""
