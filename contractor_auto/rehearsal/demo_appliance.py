"""The appliance of a demo as a process of its own: started, waited for, and stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import requests

from contractor_auto.rehearsal.demo_folder import DemoError

HOME = Path(__file__).resolve().parents[2]
READY_WITHIN = 60.0
STOPPED_WITHIN = 20.0
LAST_WORDS = 5


class ApplianceProcess:
    """`contractor-auto serve` on its own; what it logs goes to a file."""

    def __init__(self, config: Path, url: str, log: Path) -> None:
        self.url = url
        self._log = log
        self._output: IO[bytes] = log.open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "contractor_auto", "serve", "--config", str(config)],
            cwd=HOME,
            env=environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours alone; we stop it when we are ready
        )

    def wait_until_ready(self) -> None:
        """Raises DemoError when it stops instead, or takes for ever."""
        deadline = time.monotonic() + READY_WITHIN
        with requests.Session() as session:
            session.trust_env = False
            while not self._is_ready(session):
                if self.is_gone():
                    raise DemoError(self.last_words())
                if time.monotonic() > deadline:
                    raise DemoError(f"The appliance did not become ready; see {self._log}")
                time.sleep(0.02)

    def is_gone(self) -> bool:
        return self._process.poll() is not None

    def last_words(self) -> str:
        """Why it stopped, as far as its log tells."""
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
        head = f"The appliance stopped by itself (exit code {self._process.poll()}); see {self._log}"
        return "\n".join([head, *lines])

    def stop(self) -> None:
        """Let it finish what is in hand; what will not finish is ended."""
        self._process.terminate()
        try:
            self._process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()

    def _is_ready(self, session: requests.Session) -> bool:
        try:
            return session.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False


def environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Nothing that a real shop set for itself may reach the demo, its token least of all."""
    kept = {name: value for name, value in ours.items() if not name.startswith("CONTRACTOR_AUTO_")}
    return {**kept, "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
