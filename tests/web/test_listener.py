"""The web server under a crowd, and when it is to stop."""

import os
import resource
from collections.abc import Iterator

import pytest
import requests
from flask import Flask

from contractor_auto.web.listener import Listener

MORE_THAN_SELECT_KNOWS = 1100


@pytest.fixture
def listener() -> Iterator[Listener]:
    site = Flask("a site")
    site.add_url_rule("/", "home", lambda: "here")
    listener = Listener(site, host="127.0.0.1", port=0, threads=2)
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def crowded() -> Iterator[None]:
    """So many files are open that the next one has a high number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(MORE_THAN_SELECT_KNOWS)]
    yield
    for file in files:
        os.close(file)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_crowd_of_visitors_does_not_kill_it(listener: Listener, crowded: None) -> None:
    answer = requests.get(f"http://127.0.0.1:{listener.port}/", timeout=10)

    assert (answer.text, listener.is_alive) == ("here", True)


def test_it_is_not_alive_once_it_was_stopped(listener: Listener) -> None:
    listener.stop()

    assert not listener.is_alive
