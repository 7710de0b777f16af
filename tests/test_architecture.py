"""The floors of the house, read off the imports: what may know what, and how large a thing may grow."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "contractor_auto"

FLOORS = (
    {"recipe", "config", "secrets", "failpoints", "logs"},
    {"store", "connectors"},
    {"engine", "actions"},
    {"ops"},
    {"web"},
    {"app", "cli", "rehearsal", "__main__"},
)
# Neighbours that may be asked all the same; everything else goes down or stays at home.
DOORS = {
    ("__main__", "cli"),
    ("cli", "app"),
    ("cli", "rehearsal"),
    ("config", "recipe"),
    ("config", "secrets"),
}
# The pretend world sees the appliance from outside, over HTTP, so that a rehearsal proves something.
SEES_ONLY_THE_GROUND = {"rehearsal"}

KNOWS_TWILIO = ("connectors/twilio", "web/hooks.py", "app.py", "config.py", "secrets.py", "rehearsal/")
READS_THE_CLOCK = ("app.py", "cli.py", "engine/scheduler.py", "web/", "rehearsal/")
CLOCKS = re.compile(
    r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime|ctime))$"
)
# clock_timestamp() may stay: between nodes, leases are judged by the one clock that all of them share.
CLOCK_IN_SQL = re.compile(
    r"\b(current_timestamp|current_date|current_time|localtimestamp)\b"
    r"|\bnow\s*\(\s*\)|\b(date|time|datetime|julianday|unixepoch)\s*\(\s*('now'|\))",
    re.IGNORECASE,
)
OUTSIDE_WORLD = set(
    """aiohttp apscheduler asyncio ctypes fcntl flask ftplib glob http imaplib mmap multiprocessing os peewee
    playhouse psycopg random requests secrets select selectors sentry_sdk shutil signal smtplib socket
    socketserver sqlite3 ssl subprocess tempfile threading time twilio urllib3 waitress""".split()
)
LONGEST_MODULE = 300
LONGEST_FUNCTION = 40

MODULES = sorted(HOUSE.rglob("*.py"))


def place(module: Path) -> str:
    return module.relative_to(HOUSE).as_posix()


def room(module: Path) -> str:
    """The folder under the house, or the module itself where it stands at the top."""
    return module.relative_to(HOUSE).with_suffix("").parts[0]


@pytest.fixture(params=MODULES, ids=place)
def module(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


@pytest.fixture
def tree(module: Path) -> ast.Module:
    return ast.parse(module.read_text())


def test_every_room_has_a_floor() -> None:
    known = set().union(*FLOORS) | {"__init__"}

    assert {room(module) for module in MODULES} - known == set()


def test_imports_go_down_or_stay_at_home(module: Path, tree: ast.Module) -> None:
    home = room(module)
    wrong = {asked for asked in rooms_asked(module, tree) if not may_ask(home, asked)}

    assert wrong == set(), f"{place(module)} may not import {', '.join(sorted(wrong))}"


def test_the_carriers_name_stays_where_it_is_spoken(module: Path) -> None:
    if place(module).startswith(KNOWS_TWILIO):
        return
    spoken = lines_with(module, re.compile("twilio", re.IGNORECASE))

    assert spoken == []


def test_the_time_is_an_argument(module: Path, tree: ast.Module) -> None:
    if place(module).startswith(READS_THE_CLOCK):
        return
    clocks = [f"line {line}: {name}" for line, name in dotted_names(tree) if CLOCKS.search(name)]
    in_sql = [f"line {line}: {text!r}" for line, text in strings(tree) if CLOCK_IN_SQL.search(text)]

    assert clocks + in_sql == []


@pytest.mark.parametrize("script", sorted(HOUSE.rglob("*.sql")), ids=place)
def test_the_database_does_not_read_the_clock_either(script: Path) -> None:
    assert lines_with(script, CLOCK_IN_SQL) == []


def test_a_recipe_touches_neither_clock_nor_disk_nor_network(module: Path, tree: ast.Module) -> None:
    if room(module) != "recipe":
        return
    asked = {name.split(".")[0] for name in imported(module, tree)}

    assert asked & OUTSIDE_WORLD == set()
    assert "urllib.request" not in imported(module, tree)


def test_a_module_holds_one_idea(module: Path, tree: ast.Module) -> None:
    assert ast.get_docstring(tree), f"{place(module)} does not say what it does"
    lines = module.read_text().count("\n")
    assert lines <= LONGEST_MODULE, f"{place(module)} has {lines} lines"


def test_a_function_fits_on_a_screen(tree: ast.Module) -> None:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if length(node) > LONGEST_FUNCTION]

    assert long == []


def test_no_error_is_swallowed(tree: ast.Module) -> None:
    swallowed = [ast.unparse(node) for node in ast.walk(tree) if is_swallowing(node)]

    assert swallowed == [], "an error ends here and nobody is told"


@pytest.mark.parametrize(
    ("home", "asked", "answer"),
    [
        ("web", "engine", True),
        ("engine", "engine", True),
        ("engine", "actions", False),
        ("store", "engine", False),
        ("cli", "rehearsal", True),
        ("app", "rehearsal", False),
        ("rehearsal", "store", False),
        ("rehearsal", "recipe", True),
    ],
)
def test_the_rule_of_the_floors_can_say_no(home: str, asked: str, answer: bool) -> None:
    assert may_ask(home, asked) is answer


@pytest.mark.parametrize(
    "source",
    [
        "import datetime as dt\nat = dt.datetime.now()",
        "from datetime import date\nat = date.today",
        "from time import time\nat = time()",
        "import time as t\nat = t.time()",
    ],
)
def test_a_hidden_clock_is_found(source: str) -> None:
    assert any(CLOCKS.search(name) for _, name in dotted_names(ast.parse(source)))


@pytest.mark.parametrize("sql", ["SET at = CURRENT_TIMESTAMP", "SELECT now()", "SELECT datetime('now')"])
def test_a_clock_in_a_query_is_found(sql: str) -> None:
    assert CLOCK_IN_SQL.search(sql)


def may_ask(home: str, asked: str) -> bool:
    if asked in {home, "__init__"} or (home, asked) in DOORS:
        return True
    highest = 1 if home in SEES_ONLY_THE_GROUND else floor(home)
    return floor(asked) < highest


def floor(name: str) -> int:
    if name == "__init__":
        return 0
    return next(number for number, rooms in enumerate(FLOORS) if name in rooms)


def rooms_asked(module: Path, tree: ast.Module) -> Iterator[str]:
    for name in imported(module, tree):
        parts = name.split(".")
        if parts[0] == HOUSE.name and len(parts) > 1:
            # `from contractor_auto import __version__` asks for nobody in particular.
            yield parts[1] if parts[1] in set().union(*FLOORS) else "__init__"


def imported(module: Path, tree: ast.Module) -> set[str]:
    """Every module that is named in an import, also inside functions, relative names spelled out."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = origin(module, node)
            names |= {f"{start}.{alias.name}" for alias in node.names} | {start}
    return names


def origin(module: Path, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = module.relative_to(ROOT).parent.parts
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def dotted_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names as they are written, with what was imported under another name spelled out."""
    real = dict(aliases(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            yield node.lineno, ".".join(filter(None, [real.get(first, first), rest]))


def aliases(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)
        elif isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Texts that the program uses; what it says about itself is left out."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value


def lines_with(file: Path, wanted: re.Pattern[str]) -> list[str]:
    lines = enumerate(file.read_text().splitlines(), 1)
    return [f"line {number}: {line.strip()}" for number, line in lines if wanted.search(line)]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_swallowing(node: ast.AST) -> bool:
    match node:
        case ast.ExceptHandler(type=None):
            return True
        case ast.ExceptHandler(type=ast.Name(id="Exception" | "BaseException"), body=[only]):
            return isinstance(only, ast.Pass | ast.Continue) or ast.unparse(only) == "..."
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
            return any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in args)
    return False
