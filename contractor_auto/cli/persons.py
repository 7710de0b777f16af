"""`people`: what is known of one person, all of it handed out, or taken out."""

import argparse

from contractor_auto.cli import telling
from contractor_auto.cli.opened import WHO, Add, Opened, opened
from contractor_auto.cli.words import WrongUse, number_of, print_found
from contractor_auto.ops import person_file
from contractor_auto.store import people


def register(add: Add) -> None:
    person = add(
        "people",
        "One person: show what is known, export everything, or delete it.",
        command,
        example='people show "(313) 555-0142"',
    )
    person.add_argument("what", choices=["show", "export", "delete"])
    person.add_argument("number", help="as people write it")
    person.add_argument("--json", action="store_true", help="for programs")


def command(asked: argparse.Namespace) -> int:
    number = number_of(asked.number)
    if number is None:
        raise WrongUse(f"Say whose number: contractor-auto people {asked.what} NUMBER")
    with opened(asked) as house:
        match asked.what:
            case "show":
                _show(house, number, as_json=asked.json)
            case "export":
                # There is no other form: it is for the person, and for other programs.
                print_found(person_file.export(number, now=house.clock()), True, list)
            case _:
                _delete(house, number, as_json=asked.json)
    return 0


def _show(house: Opened, number: str, *, as_json: bool) -> None:
    now, zone = house.clock(), house.shop.zone
    found = people.show(number, now=now)
    print_found(found, as_json, lambda person: telling.person_lines(person, now, zone))


def _delete(house: Opened, number: str, *, as_json: bool) -> None:
    kept = person_file.delete(house.db, number, who=WHO, now=house.clock())
    print_found(
        kept, as_json, lambda kept: ["Deleted. What is left, and why:", *map(": ".join, kept.items())]
    )
