"""Writes docs/compliance.md from the rule book and the tests named after its rules.

python -m tests.compliance.page
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.compliance.rule_book import CHAPTERS, LEFT, RULES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "compliance.md"
NAMED = re.compile(r"test_([a-z]\d{1,2})_(.+)")
HEAD = """# The rules by which people are contacted

Every rule below is shown by tests that carry its number; where something is left to do, that is said with
the rule. The page is made from the tests, with `python -m tests.compliance.page`; a test fails when it is
stale. It is an engineer's list, not legal advice.
"""


@dataclass(frozen=True)
class Shown:
    """One test that shows a rule."""

    rule: str
    sentence: str
    more: str
    place: str


def page() -> str:
    shown = list(named_tests())
    parts = [HEAD]
    for letter, title in CHAPTERS.items():
        parts.append(f"\n## {title}\n")
        parts += [_entry(rule, shown) for rule in RULES if rule[0] == letter]
    return "".join(parts)


def named_tests() -> Iterator[Shown]:
    """Every test named after a rule, in the order of the files."""
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (named := NAMED.fullmatch(node.name)):
                more = " ".join((ast.get_docstring(node) or "").split())
                place = path.relative_to(ROOT).as_posix()
                yield Shown(named[1].upper(), named[2].replace("_", " "), more, place)


def _entry(rule: str, shown: list[Shown]) -> str:
    lines = [f"\n### {rule}\n", f"\n{RULES[rule]}\n"]
    if rule in LEFT:
        lines.append(f"\nLeft to do: {LEFT[rule]}\n")
    its = [_line(test) for test in shown if test.rule == rule]
    return "".join([*lines, "\n" if its else "", *its])


def _line(test: Shown) -> str:
    sentence = test.sentence[0].upper() + test.sentence[1:]
    more = f" {test.more}" if test.more else ""
    return f"- {sentence}.{more} (`{test.place}`)\n"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
