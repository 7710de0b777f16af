"""Words on the command line → one function. 0 good, 1 a finding, 2 wrong use."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from contractor_auto import __version__
from contractor_auto.app import Clock, real_clock
from contractor_auto.cli import (
    checking,
    demo,
    keeping,
    letters,
    looking,
    passwords,
    persons,
    serving,
    settings,
    sweeping,
    switches,
    trying,
)
from contractor_auto.cli.words import WrongUse
from contractor_auto.config import ConfigError
from contractor_auto.ops.refused import Refused
from contractor_auto.store import problems
from contractor_auto.store.migrate import MigrationError

Command = Callable[[argparse.Namespace], int]
GROUPS = (
    demo,
    serving,
    checking,
    looking,
    persons,
    settings,
    trying,
    sweeping,
    switches,
    letters,
    keeping,
    passwords,
)
GOOD, A_FINDING, WRONG_USE, INTERRUPTED = 0, 1, 2, 130


def main(words: Sequence[str] | None = None, *, clock: Clock = real_clock) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(words, argparse.Namespace(clock=clock))
    command: Command = asked.command
    try:
        with private_files():
            code = command(asked)
            sys.stdout.flush()
            return code
    except KeyboardInterrupt:
        return _say(INTERRUPTED, "")
    except BrokenPipeError:
        # Whoever read has had enough. Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GOOD
    except WrongUse as problem:
        return _say(WRONG_USE, str(problem))
    except Refused as refusal:
        return _say(A_FINDING, *_refused(refusal))
    except (ConfigError, MigrationError) as problem:
        return _say(A_FINDING, str(problem))
    except problems.PROBLEMS as problem:
        return _say(A_FINDING, problems.sentence(problem))
    except OSError as problem:
        return _say(
            A_FINDING, f"{problem.filename}: {problem.strerror}" if problem.filename else str(problem)
        )


@contextmanager
def private_files() -> Iterator[None]:
    """Whatever is made meanwhile, the database first of all, is for this user alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _say(code: int, *lines: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return code


def _refused(refusal: Refused) -> list[str]:
    """Where fields are wrong, the fields say it: the sentence before them is made for a page."""
    if not refusal.fields:
        return [str(refusal)]
    return ["Nothing was changed.", *(f"{name}: {words}" for name, words in refusal.fields.items())]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contractor-auto",
        description="Answers for a trade business when nobody can.",
        epilog="`contractor-auto COMMAND --help` says more about one command.",
    )
    parser.add_argument("--version", action="version", version=f"contractor-auto {__version__}")
    _add_config(parser, default=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, help_: str, command: Command, *, example: str = "") -> argparse.ArgumentParser:
        epilog = f"Example: contractor-auto {example}" if example else None
        sub = commands.add_parser(name, help=help_, description=help_, epilog=epilog)
        _add_config(sub, default=argparse.SUPPRESS)
        sub.set_defaults(command=command)
        return sub

    for group in GROUPS:
        group.register(add)
    return parser


def _add_config(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument("--config", metavar="PATH", default=default, help="the config file (config.toml)")
