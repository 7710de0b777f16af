"""Words on the command line → one function. 0 good, 1 a finding, 2 wrong use."""

import argparse
import sys
from collections.abc import Callable, Sequence

from contractor_auto.app import Clock, real_clock
from contractor_auto.cli import demo, looking, serving, settings, sweeping, switches, trying
from contractor_auto.config import ConfigError
from contractor_auto.ops.refused import Refused
from contractor_auto.store.database import StoreError
from contractor_auto.store.migrate import MigrationError

Command = Callable[[argparse.Namespace], int]
GROUPS = (demo, serving, looking, switches, settings, trying, sweeping)


def main(words: Sequence[str] | None = None, *, clock: Clock = real_clock) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(words, argparse.Namespace(clock=clock))
    command: Command = asked.command
    try:
        return command(asked)
    except Refused as refusal:
        for line in (str(refusal), *(f"{name}: {words}" for name, words in refusal.fields.items())):
            print(line, file=sys.stderr)
        return 1
    except (ConfigError, MigrationError, StoreError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="contractor-auto", description="Answers for a trade business when nobody can."
    )
    _add_config(parser, default=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, help_: str, command: Command) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_, description=help_)
        _add_config(sub, default=argparse.SUPPRESS)
        sub.set_defaults(command=command)
        return sub

    for group in GROUPS:
        group.register(add)
    return parser


def _add_config(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument("--config", metavar="PATH", default=default, help="the config file (config.toml)")
