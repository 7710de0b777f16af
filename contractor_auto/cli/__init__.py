"""The command line: words in, one function called, an exit code out."""

from contractor_auto.cli.main import main

__all__ = ["main"]
