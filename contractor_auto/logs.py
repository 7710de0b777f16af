"""One JSON object a line on standard output, with the trace id of the run it belongs to.

Ids and words of ours only: never a customer's text, never a whole phone number, never a secret.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

QUIET = ("peewee", "urllib3", "apscheduler", "waitress.queue", "werkzeug")


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name.removeprefix("contractor_auto."),
            "what": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            # Only the kind and place: an exception's words may quote a customer.
            line["error"] = record.exc_info[0].__name__
            line["where"] = _where(record)
        return json.dumps(line, default=str)


def _where(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"


# What no line of ours says need not be found out for each of them.
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def start(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def log(room: str) -> logging.Logger:
    return logging.getLogger(f"contractor_auto.{room}")


def fields(**values: object) -> dict[str, dict[str, object]]:
    """`extra=fields(trace=…, job=…)` puts these keys into the line."""
    return {"fields": values}
