"""`secret`: keeps one in its own file; it is never an argument, which others could see."""

import argparse

from contractor_auto.cli.opened import Add, config_of
from contractor_auto.cli.words import secret_word
from contractor_auto.ops.refused import Refused
from contractor_auto.secrets import NAMES, Secrets


def register(add: Add) -> None:
    secret = add(
        "secret",
        "Keep a secret in its own file; it is asked for, or read from standard input.",
        set_secret,
        example=f"secret set {NAMES[0]}",
    )
    secret.add_argument("what", choices=["set"])
    secret.add_argument("name", choices=[name for name in NAMES if not name.endswith("_previous")])


def set_secret(asked: argparse.Namespace) -> int:
    config = config_of(asked)
    value = secret_word(f"{asked.name}: ").strip()
    if not value:
        raise Refused("Nothing was given, so nothing was kept.")
    Secrets(config.data.folder).set(asked.name, value)
    print(f"Kept. {asked.name} is used from now on; no restart is needed.")
    return 0
