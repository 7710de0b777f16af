"""Who gets in, who has to wait, and who never does."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractor_auto.ops import doors
from contractor_auto.ops.doors import LONGEST_WAIT, waits_until, why_not_password
from contractor_auto.ops.refused import Refused
from contractor_auto.store.members import Tries
from contractor_auto.store.tables import Member, Session
from tests.town import NOON, PUBLIC
from tests.web.conftest import NAME, PASSWORD, Desk

HOME_ADDRESS, ELSEWHERE = "203.0.113.7", "198.51.100.9"


def test_the_first_visitor_is_asked_for_the_code_and_never_shown_it(stranger: Desk) -> None:
    page = stranger.page("/sign-in")

    assert "One-time code" in page
    assert doors.first_boot_code(stranger.shop.appliance.secrets) not in page


def test_with_the_code_the_owner_moves_in_and_is_signed_in(stranger: Desk) -> None:
    answer = stranger.move_in()

    assert answer.headers["Location"] == "/"
    assert "Pause everything" in stranger.page("/")


def test_without_the_code_nobody_moves_in(stranger: Desk) -> None:
    answer = stranger.post("/move-in", {"code": "AAAA-BBBB-CCCC", "name": "Eve", "password": PASSWORD})

    assert answer.status_code == 422
    assert "That is not the code" in answer.text
    assert Member.select().count() == 0


def test_the_code_works_once(desk: Desk) -> None:
    code = doors.first_boot_code(desk.shop.appliance.secrets)
    answer = desk.post("/move-in", {"code": code, "name": "Eve", "password": PASSWORD})

    assert "Somebody has moved in already" in answer.text
    assert [member.name for member in Member.select()] == [NAME]


@pytest.mark.parametrize("password", ["short", "password1", "12345678", "aaaaaaaaaa", NAME * 2])
def test_a_password_that_anybody_would_try_is_refused(stranger: Desk, password: str) -> None:
    refused = why_not_password(password, NAME * 2)
    answer = stranger.move_in(password) if password != NAME * 2 else None

    assert refused
    assert answer is None or (answer.status_code == 422 and NAME in answer.text)


def test_the_list_of_common_passwords_is_long_enough_to_matter() -> None:
    assert len([word for word in doors.common_passwords() if len(word) >= 8]) >= 150


def test_the_owner_signs_in_again_with_capitals_or_without(desk: Desk) -> None:
    desk.post("/sign-out")

    assert desk.get("/").status_code == 302
    assert desk.sign_in(name=NAME.upper()).status_code == 302
    assert desk.get("/").status_code == 200


def test_a_wrong_password_says_nothing_about_the_name(desk: Desk) -> None:
    desk.post("/sign-out")
    wrong_password, wrong_name = desk.sign_in("nonsense here"), desk.sign_in(name="Nobody")

    assert "Name and password do not fit together" in wrong_password.text
    assert "Name and password do not fit together" in wrong_name.text


def test_every_sign_in_gets_a_new_session_and_only_its_hash_is_kept(desk: Desk) -> None:
    first = _cookie(desk)
    desk.sign_in()
    second = _cookie(desk)

    assert first != second
    assert [session.token_hash for session in Session.select()] != [second]
    assert Session.select().count() == 1


def test_the_cookie_is_for_our_server_over_https_and_for_no_script(stranger: Desk) -> None:
    [cookie] = [c for c in stranger.move_in().headers.getlist("Set-Cookie") if "signed-in" in c]

    assert cookie.startswith("__Host-signed-in=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))


def test_after_two_quiet_weeks_one_signs_in_again(desk: Desk) -> None:
    desk.shop.clock.advance(timedelta(days=13))
    assert desk.get("/").status_code == 200
    desk.shop.clock.advance(timedelta(days=13))
    assert desk.get("/").status_code == 200, "a visit keeps the session alive"
    desk.shop.clock.advance(timedelta(days=15))

    assert desk.get("/").status_code == 302


def test_a_page_that_refreshes_itself_does_not_keep_the_session_alive(desk: Desk) -> None:
    desk.shop.clock.advance(timedelta(days=13))
    desk.get("/", headers={"X-Live": "1"})
    desk.shop.clock.advance(timedelta(days=2))

    assert desk.get("/").status_code == 302


def test_after_ninety_days_everybody_signs_in_again(desk: Desk) -> None:
    for _ in range(9):
        desk.shop.clock.advance(timedelta(days=10))
        last = desk.get("/")

    assert last.status_code == 302


def test_whoever_asked_for_a_page_gets_there_after_signing_in(desk: Desk) -> None:
    desk.post("/sign-out")
    sent_away = desk.get("/recipes/missed_call_text_back?x=1")

    assert sent_away.headers["Location"].startswith("/sign-in?next=/recipes/missed_call_text_back")
    assert desk.sign_in(next="/tasks").headers["Location"] == "/tasks"


@pytest.mark.parametrize(
    "trap",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "javascript:x", ""],
)
def test_the_way_back_never_leaves_the_house(desk: Desk, trap: str) -> None:
    assert desk.sign_in(next=trap).headers["Location"] == "/"


def test_guessing_from_one_address_is_slowed_down(desk: Desk) -> None:
    answers = [_try(desk, "wrong guess", ELSEWHERE) for _ in range(8)]

    assert answers[4] == 422
    assert answers[5:] == [429, 429, 429]
    assert _try(desk, PASSWORD, ELSEWHERE) == 429, "even the right password waits"


def test_the_owner_gets_in_from_another_address_meanwhile(desk: Desk) -> None:
    for _ in range(40):
        _try(desk, "wrong guess", ELSEWHERE)
        desk.shop.clock.advance(timedelta(minutes=16))

    assert _try(desk, PASSWORD, HOME_ADDRESS) == 302


def test_the_wait_ends(desk: Desk) -> None:
    for _ in range(30):
        _try(desk, "wrong guess", ELSEWHERE)
    desk.shop.clock.advance(LONGEST_WAIT)

    assert _try(desk, PASSWORD, ELSEWHERE) == 302


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_no_wait_is_longer_than_a_quarter_of_an_hour(here: int, named: int) -> None:
    until = waits_until(Tries(here, NOON if here else None, named))

    assert until is None or NOON < until <= NOON + LONGEST_WAIT


@given(st.integers(0, 10_000))
def test_a_fresh_address_never_waits(named: int) -> None:
    assert waits_until(Tries(0, None, named)) is None


def test_signing_out_ends_the_session_on_the_server_too(desk: Desk) -> None:
    kept = _cookie(desk)
    desk.post("/sign-out")
    desk.client.set_cookie("__Host-signed-in", kept, domain="shop.example", secure=True)

    assert desk.get("/").status_code == 302


def test_a_new_password_signs_everybody_out(desk: Desk) -> None:
    appliance = desk.shop.appliance
    doors.change_password(appliance.db, NAME, "four quite random words", now=_now(desk))

    assert desk.get("/").status_code == 302
    assert desk.sign_in("four quite random words").status_code == 302


def _try(desk: Desk, password: str, address: str) -> int:
    desk.client.delete_cookie("__Host-signed-in", domain="shop.example")
    answer = desk.client.post(
        "/sign-in",
        data={"csrf_token": desk.token(), "name": NAME, "password": password},
        headers={"Referer": f"{PUBLIC}/"},
        base_url=PUBLIC,
        environ_overrides={"REMOTE_ADDR": address},
    )
    return answer.status_code


def _cookie(desk: Desk) -> str:
    cookie = desk.client.get_cookie("__Host-signed-in", domain="shop.example")
    assert cookie is not None
    return cookie.value


def _now(desk: Desk) -> datetime:
    return desk.shop.clock()


def test_the_code_makes_one_owner_however_many_use_it_at_once(stranger: Desk) -> None:
    house = stranger.shop.appliance
    code = doors.first_boot_code(house.secrets)

    def move_in(name: str) -> bool:
        try:
            doors.move_in(
                *(house.db, house.secrets),
                code=code,
                name=name,
                password=PASSWORD,
                address=HOME_ADDRESS,
                now=NOON,
            )
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        moved_in = list(pool.map(move_in, [f"Owner {number}" for number in range(8)]))

    assert moved_in.count(True) == 1
    assert Member.select().count() == 1


@pytest.mark.parametrize(("base", "is_secure"), [(PUBLIC, True), ("http://127.0.0.1:8080", False)])
def test_on_the_machine_itself_the_pages_work_without_https(
    stranger: Desk, base: str, is_secure: bool
) -> None:
    page = stranger.client.get("/sign-in", base_url=base)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token
    form = {
        "csrf_token": token[1],
        "code": doors.first_boot_code(stranger.shop.appliance.secrets),
        "name": NAME,
        "password": PASSWORD,
    }
    answer = stranger.client.post("/move-in", data=form, base_url=base, headers={"Referer": f"{base}/"})

    assert answer.status_code == 302
    cookies = answer.headers.getlist("Set-Cookie")
    assert all(("Secure" in cookie) is is_secure for cookie in cookies)
    assert "Pause everything" in stranger.client.get("/", base_url=base).text
