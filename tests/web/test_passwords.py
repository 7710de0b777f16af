"""A forgotten password is replaced on the server, by whoever may type there."""

import getpass
import io
import sys
from collections.abc import Callable

import pytest

from tests.web.conftest import NAME, PASSWORD, Desk

NEW = "four quite random words"

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What comes in on standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def types_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Line after line, none of them shown."""

    def types(*lines: str) -> None:
        left = iter(lines)
        monkeypatch.setattr(sys, "stdin", _Terminal())
        monkeypatch.setattr(getpass, "getpass", lambda _prompt: next(left))

    return types


def test_a_forgotten_password_is_replaced_and_whoever_was_in_is_out(desk: Desk, say: Say, typed) -> None:
    typed(f"{NEW}\n")

    code, words = say("password", "olga")

    assert (code, NEW in words) == (0, False)
    assert desk.get("/").headers["Location"].startswith("/sign-in")
    assert desk.sign_in().status_code == 422
    assert desk.sign_in(NEW).status_code == 302


def test_at_a_terminal_it_is_typed_twice(desk: Desk, say: Say, types_at_a_terminal) -> None:
    types_at_a_terminal(NEW, "four quite random worms")
    assert say("password", NAME) == (1, "They were not the same, so nothing was changed.\n")

    types_at_a_terminal(NEW, NEW)
    assert say("password", NAME)[0] == 0
    assert desk.sign_in(NEW).status_code == 302


def test_a_password_that_anybody_would_try_is_refused(desk: Desk, say: Say, typed) -> None:
    typed("password\n")

    code, words = say("password", NAME)

    assert code == 1
    assert words.startswith("Nothing was changed.\npassword: This is one of the first")
    assert desk.sign_in(PASSWORD).status_code == 302


def test_without_a_name_those_who_may_sign_in_are_listed(desk: Desk, say: Say) -> None:
    assert say("password") == (0, f"{NAME}\n")
    assert say("password", "Eve") == (1, f"Nobody here is called 'Eve'. May sign in: {NAME}.\n")


def test_before_anybody_moved_in_the_first_boot_code_is_the_way(stranger: Desk, say: Say) -> None:
    code, words = say("password", NAME)

    assert (code, "contractor-auto check" in words) == (1, True)
