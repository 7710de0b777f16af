"""What all workers of one test session share: a folder, and a lock that is held for as long as it lives."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "CONTRACTOR_AUTO_TEST_SESSION"
ALIVE = "alive"
SERVERS = "servers"


class Session:
    """The session as its first process sees it; the workers only know the folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="contractor-auto-tests-"))
        # PostgreSQL refuses to run as root, so another user must be able to walk through.
        self.folder.chmod(0o711)
        # The kernel lets go of the lock even when this process is killed, and the servers watch it.
        self._alive = (self.folder / ALIVE).open("w")
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        os.environ[FOLDER] = str(self.folder)

    def close(self) -> None:
        """Let the servers stop, wait until they have, and leave nothing behind."""
        with (self.folder / SERVERS).open("a") as servers:
            self._alive.close()
            fcntl.flock(servers, fcntl.LOCK_EX)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.environ.pop(FOLDER, None)


def session_folder() -> Path:
    return Path(os.environ[FOLDER])


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock on this file; several may hold it at once when they agree to share."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
