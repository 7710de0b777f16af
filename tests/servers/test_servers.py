"""The servers that the tests stand on."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg
import pytest
from playwright.sync_api import Page

from tests.servers.postgres import PostgresServer


def test_every_test_gets_an_empty_database_of_its_own(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as first, postgres_server.database() as second:
        with psycopg.connect(first) as connection:
            connection.execute("CREATE TABLE call (id integer)")

        with psycopg.connect(second) as connection:
            found = connection.execute("SELECT tablename FROM pg_tables WHERE tablename = 'call'").fetchall()

    assert found == []


def test_a_database_goes_away_even_while_somebody_is_connected(postgres_server: PostgresServer) -> None:
    with postgres_server.database() as url:
        forgotten = psycopg.connect(url)

    with pytest.raises(psycopg.OperationalError), psycopg.connect(url):
        pass
    forgotten.close()


def test_a_page_can_be_opened_and_read(chromium_page: Page, greeting: str) -> None:
    chromium_page.goto(greeting)

    assert chromium_page.inner_text("h1") == "Good morning"
    assert chromium_page.viewport_size == {"width": 390, "height": 844}


def test_nobody_outside_is_ever_called() -> None:
    with pytest.raises(PermissionError, match="this machine only"):
        sys.audit("socket.connect", None, ("203.0.113.7", 443))


@pytest.fixture
def greeting() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Greeting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


class Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"<h1>Good morning</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
