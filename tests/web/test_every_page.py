"""What holds for every page and every form, found by walking all routes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from contractor_auto.store import customers, dead, home, waiting
from contractor_auto.store.tables import Job, Message, Pause, Run, Task
from tests.town import ANN, BEN, PUBLIC, Town, town
from tests.web.conftest import Desk, counted_queries

OPEN_PAGES = {"/sign-in", "/healthz", "/readyz"}
MINUTE = timedelta(minutes=1)
MOST_QUERIES = 12
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}",
    "</textarea><svg onload=alert(1)>",
)


def routes(shop: Town, method: str) -> list[Rule]:
    """Every route of the owner's pages that takes this method."""
    rules = shop.appliance.site.url_map.iter_rules()
    return [
        r for r in rules if method in (r.methods or ()) and not r.endpoint.startswith(("hooks.", "static"))
    ]


def filled(rule: Rule) -> str:
    """A route with something plausible where it takes a word."""
    words = {"trace": "T1", "name": "missed_call_text_back", "phone": ANN}
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: words.get(found[1], "1"), rule.rule)


def busy(shop: Town) -> None:
    """A day with something of everything."""
    shop.call(ANN)
    shop.text(ANN, "It is the water heater")
    shop.call(BEN, then="leave voicemail")
    shop.call("anonymous")
    shop.carrier.phone("+13135550160", "landline")
    shop.call("+13135550160")
    shop.after(5 * MINUTE)
    shop.carrier.faults.add("error", status=503)
    shop.call("+13135550161")
    shop.after(12 * MINUTE)
    shop.carrier.faults.clear()
    shop.set("missed_call_text_back", delay="3 minutes")
    for number in range(170, 200):
        shop.carrier.call(f"+13135550{number}")
    shop.after(MINUTE)


def pages(shop: Town) -> Iterator[str]:
    """Every page there is, with real words in its address."""
    run = Run.select().where(Run.customer == ANN).first()
    for rule in routes(shop, "GET"):
        path = rule.rule.replace("<trace>", run.trace if run else "T1").replace("<phone>", ANN)
        yield path.replace("<name>", "missed_call_text_back")


def test_every_page_but_the_open_ones_asks_who_you_are(stranger: Desk) -> None:
    paths = {filled(rule) for rule in routes(stranger.shop, "GET")} - OPEN_PAGES
    answers = {path: stranger.get(path) for path in paths}

    assert len(paths) >= 10
    assert {path for path, answer in answers.items() if answer.status_code != 302} == set()
    assert all("/sign-in" in answer.headers["Location"] for answer in answers.values())


def test_no_form_is_taken_without_its_token(desk: Desk) -> None:
    paths = {filled(rule) for rule in routes(desk.shop, "POST")}
    codes = {path: desk.post_bare(path).status_code for path in paths}

    assert len(paths) >= 10
    assert set(codes.values()) == {403}, codes


def test_no_form_is_taken_from_another_site(desk: Desk) -> None:
    paths = {filled(rule) for rule in routes(desk.shop, "POST")}
    foreign = {path: desk.post(path, Origin="https://evil.example").status_code for path in paths}
    crossed = {path: desk.post(path, Sec_Fetch_Site="cross-site").status_code for path in paths}
    nowhere = {path: desk.post(path, Origin="null").status_code for path in paths}

    assert set(foreign.values()) | set(crossed.values()) | set(nowhere.values()) == {403}


def test_our_own_forms_are_taken(desk: Desk) -> None:
    answer = desk.post("/pauses", Origin=PUBLIC, Sec_Fetch_Site="same-origin")

    assert answer.status_code == 302


def test_a_stranger_changes_nothing(desk: Desk) -> None:
    desk.post("/sign-out")
    for rule in routes(desk.shop, "POST"):
        if rule.rule not in ("/sign-in", "/move-in"):
            assert desk.post(filled(rule)).headers["Location"].startswith("/sign-in"), rule.rule

    assert Pause.select().count() == 0


def test_a_form_left_open_too_long_says_so(desk: Desk) -> None:
    answer = desk.post_bare("/pauses", {"csrf_token": "old"})

    assert answer.status_code == 403
    assert "This page was open too long; nothing was saved, please try again." in answer.text


def test_every_page_opens_on_an_empty_and_on_a_busy_day(desk: Desk) -> None:
    empty = {path: desk.get(path).status_code for path in pages(desk.shop)}
    busy(desk.shop)
    full = {path: desk.get(path).status_code for path in pages(desk.shop)}

    assert {path for path, code in empty.items() if code not in (200, 302)} <= {
        "/runs/T1",
        f"/conversations/{ANN}",
    }
    assert {path for path, code in full.items() if code not in (200, 302)} == set()


def test_no_page_asks_the_database_too_much(desk: Desk) -> None:
    busy(desk.shop)
    for path in pages(desk.shop):
        with counted_queries() as asked:
            desk.get(path)
        assert len(asked) <= MOST_QUERIES, f"{path} asked {len(asked)} times:\n" + "\n".join(asked)


@pytest.mark.parametrize(
    "question", [waiting.SQL, f"SELECT 1 WHERE 1 IN {home.OPEN_JOBS}", f"SELECT 1 WHERE 1 IN {dead.DEAD}"]
)
def test_finished_jobs_are_not_read_to_find_those_that_wait(desk: Desk, question: str) -> None:
    moments = [desk.shop.clock()] * question.count("?")
    plan = [row[3] for row in desk.shop.appliance.db.rows(f"EXPLAIN QUERY PLAN {question}", moments)]

    assert [step for step in plan if step.strip() == "SCAN job"] == []
    assert [step for step in plan if "job" in step]


@pytest.mark.parametrize(
    "path",
    [
        "/history?q=%00&recipe=%00&before=99999999999999999999999",
        "/history?before=-1&state=nonsense",
        "/conversations?from=99999999999999999999999&q=%25",
        "/conversations?from=x",
        "/conversations?q=%F0%9F%92%A7%00",
    ],
)
def test_nonsense_in_an_address_finds_nothing_and_breaks_nothing(desk: Desk, path: str) -> None:
    assert desk.get(path).status_code == 200


def test_numbers_of_nothing_change_nothing(desk: Desk) -> None:
    for number in ("0", "7", "9" * 18):
        assert desk.post(f"/tasks/{number}/done").status_code == 302
        assert desk.post(f"/pauses/{number}/end").status_code == 302
        assert desk.post("/dead/requeued", {"job": number}).status_code == 302
    assert desk.post(f"/tasks/{'9' * 40}/done").status_code == 404
    assert desk.post("/dead/requeued", {"job": "9" * 40}).status_code == 422


def test_the_pages_open_on_postgresql_too(tmp_path: Path, postgres_url: str) -> None:
    with town(tmp_path, database=postgres_url) as shop:
        desk = Desk(shop, shop.appliance.site.test_client())
        desk.move_in()
        busy(shop)
        desk.post("/pauses")
        answers = {path: desk.get(path).status_code for path in [*pages(shop), "/history?q=0142%00"]}

        assert {path for path, code in answers.items() if code not in (200, 302)} == set()


def test_what_people_write_is_shown_and_never_run(desk: Desk) -> None:
    shop = desk.shop
    shop.call(ANN)
    for nasty in NASTY:
        shop.text(ANN, nasty)
    everywhere = " ".join(NASTY)
    shop.appliance.db.write(lambda: customers.name_customer(ANN, everywhere))
    Message.update(why=everywhere).execute()
    Run.update(why=everywhere).execute()
    Job.update(why=everywhere).execute()
    Task.create(
        key="nasty", kind="decide", title=everywhere, why=everywhere, customer=ANN, created_at=shop.clock()
    )

    shown = 0
    for path in [*pages(shop), f"/history?q={NASTY[1]}", f"/conversations?q={NASTY[0]}"]:
        text = desk.get(path).text
        assert not any(nasty in text for nasty in NASTY if "<" in nasty), path
        assert "49" not in re.findall(r">\s*(49)\s*<", text), path
        shown += "&lt;script&gt;alert(1)" in text
    assert shown >= 5, "the words were on some pages"


def test_pages_bring_nothing_from_elsewhere_and_no_script_of_their_own(desk: Desk) -> None:
    busy(desk.shop)
    for path in pages(desk.shop):
        text = desk.get(path).text
        assert re.findall(r"""(?:src|href|action)=["']https?://(?!127\.0\.0\.1)""", text) == [], path
        assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", text) == [], path


def test_answers_carry_the_strict_headers(desk: Desk) -> None:
    answer = desk.get("/")

    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [("/nothing", 404, "Nothing here"), ("/runs/NONE", 404, "Nothing here"), ("/pauses", 405, "not a page")],
)
def test_a_wrong_address_is_answered_in_plain_words(desk: Desk, path: str, code: int, words: str) -> None:
    answer = desk.get(path)

    assert answer.status_code == code
    assert words in answer.text


def test_a_form_that_is_too_large_is_refused_in_plain_words(desk: Desk) -> None:
    answer = desk.post("/recipes/missed_call_text_back", {"greeting": "x" * 9_000_000})

    assert answer.status_code == 413
    assert "larger than we take" in answer.text


def test_a_database_that_cannot_be_read_gets_a_page_in_plain_words(desk: Desk) -> None:
    desk.shop.appliance.site.config["PROPAGATE_EXCEPTIONS"] = False
    desk.shop.appliance.db.execute("ALTER TABLE message RENAME TO gone")
    answer = desk.get("/")
    desk.shop.appliance.db.execute("ALTER TABLE gone RENAME TO message")

    assert answer.status_code == 500
    assert "Something went wrong inside" in answer.text


def test_webhooks_keep_their_short_answers(desk: Desk) -> None:
    answer = desk.client.post("/twilio/sms", data={"Body": "x"}, base_url=PUBLIC)

    assert answer.status_code == 403
    assert "stylesheet" not in answer.text


def test_the_program_can_be_put_on_the_home_screen(stranger: Desk) -> None:
    manifest = stranger.get("/static/app.webmanifest", buffered=True).get_json(force=True)
    icons = [stranger.get(f"/static/{icon['src']}", buffered=True) for icon in manifest["icons"]]

    assert manifest["start_url"] == "/"
    assert [answer.status_code for answer in icons] == [200] * 3
