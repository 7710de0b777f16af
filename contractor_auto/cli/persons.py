"""`people`: one person: what is known, all of it handed out or taken out, their name, the never-text list."""

import argparse

from contractor_auto.cli import telling
from contractor_auto.cli.opened import WHO, Add, Opened, opened
from contractor_auto.cli.words import WrongUse, number_of, print_found
from contractor_auto.ops import people as ops_people
from contractor_auto.ops import person_file
from contractor_auto.store import people

ASKING = ("show", "export", "delete")
SAYING = ("name", "never-text", "may-text")


def register(add: Add) -> None:
    person = add(
        "people",
        "One person: show what is known, export everything, delete it, name them, never text them.",
        command,
        example='people show "(313) 555-0142"',
    )
    person.add_argument("what", choices=[*ASKING, *SAYING])
    person.add_argument("number", help="as people write it")
    person.add_argument("called", nargs="?", metavar="NAME", help="with name; an empty one removes it")
    person.add_argument("--json", action="store_true", help="for programs")


def command(asked: argparse.Namespace) -> int:
    number = number_of(asked.number)
    if number is None:
        raise WrongUse(f"Say whose number: contractor-auto people {asked.what} NUMBER")
    if (asked.called is not None) != (asked.what == "name"):
        raise WrongUse(_right_use(asked.what))
    with opened(asked) as house:
        match asked.what:
            case "show":
                _show(house, number, as_json=asked.json)
            case "export":
                # There is no other form: it is for the person, and for other programs.
                print_found(person_file.export(number, now=house.clock()), True, list)
            case "delete":
                _delete(house, number, as_json=asked.json)
            case _:
                _say(house, asked)
    return 0


def _right_use(what: str) -> str:
    words = ' NUMBER "Ann Lopez"' if what == "name" else " NUMBER"
    return f"Type: contractor-auto people {what}{words}"


def _say(house: Opened, asked: argparse.Namespace) -> None:
    """Do as told, and show how things stand then: another reason may still hold."""
    now, zone = house.clock(), house.shop.zone
    if asked.what == "name":
        is_new = ops_people.name(house.db, asked.number, asked.called, who=WHO, now=now)
    else:
        flag = asked.what == "never-text"
        is_new = ops_people.set_never_text(house.db, asked.number, flag, who=WHO, now=now)
    first = "Saved." if is_new else "Nothing changed: it was like that already."
    found = people.show(number_of(asked.number) or "", now=now)
    print_found(found, asked.json, lambda person: [first, *telling.person_lines(person, now, zone)])


def _show(house: Opened, number: str, *, as_json: bool) -> None:
    now, zone = house.clock(), house.shop.zone
    found = people.show(number, now=now)
    print_found(found, as_json, lambda person: telling.person_lines(person, now, zone))


def _delete(house: Opened, number: str, *, as_json: bool) -> None:
    kept = person_file.delete(house.db, number, who=WHO, now=house.clock())
    print_found(
        kept, as_json, lambda kept: ["Deleted. What is left, and why:", *map(": ".join, kept.items())]
    )
