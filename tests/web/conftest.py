"""An owner at the pages of a shop: a browser without a screen that keeps cookies and form tokens."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contractor_auto.ops import doors
from tests.town import PUBLIC, Town

NAME, PASSWORD = "Olga", "three random words"


@dataclass
class Desk:
    """Asks for pages and fills in forms, as a browser does."""

    shop: Town
    client: FlaskClient

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, base_url=PUBLIC, **more)

    def page(self, path: str) -> str:
        """The text of a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status}"
        return answer.text

    def post(self, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> TestResponse:
        """A form, with the token of the page it is on."""
        return self.post_bare(path, {"csrf_token": self.token(), **(form or {})}, **headers)

    def post_bare(self, path: str, form: Mapping[str, Any] | None = None, **headers: str) -> TestResponse:
        """A form with nothing added."""
        said = {"Referer": f"{PUBLIC}/", **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.client.post(path, data=dict(form or {}), headers=said, base_url=PUBLIC)

    def token(self) -> str:
        for path in ("/system", "/sign-in"):
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(path).text)
            if found:
                return found[1]
        raise AssertionError("no page has a form token")

    def move_in(self, password: str = PASSWORD) -> TestResponse:
        code = doors.first_boot_code(self.shop.appliance.secrets)
        return self.post("/move-in", {"code": code, "name": NAME, "password": password})

    def sign_in(self, password: str = PASSWORD, *, name: str = NAME, **more: str) -> TestResponse:
        return self.post("/sign-in", {"name": name, "password": password, **more})


@pytest.fixture
def stranger(shop: Town) -> Desk:
    """Somebody who has not signed in, at a shop where nobody has."""
    return Desk(shop, shop.appliance.site.test_client())


@pytest.fixture
def desk(stranger: Desk) -> Desk:
    """The owner, signed in."""
    assert stranger.move_in().status_code == 302
    return stranger


class _Counter(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.asked.append(str(record.msg[0] if isinstance(record.msg, tuple) else record.msg))


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Every question to the database meanwhile; the brackets of transactions are not questions."""
    logger, counter = logging.getLogger("peewee"), _Counter()
    before = logger.level
    logger.addHandler(counter)
    logger.setLevel(logging.DEBUG)
    questions: list[str] = []
    try:
        yield questions
    finally:
        logger.removeHandler(counter)
        logger.setLevel(before)
        brackets = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "PRAGMA")
        questions += [sql for sql in counter.asked if not sql.startswith(brackets)]
