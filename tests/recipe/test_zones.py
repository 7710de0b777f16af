import csv
import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import metadata, resources
from zoneinfo import ZoneInfo

import pytest

from contractor_auto.recipe.zones import candidate_zones, tzdata_version, use_packaged_zones, zone_named

EASTERN, CENTRAL, MOUNTAIN = "America/New_York", "America/Chicago", "America/Denver"
PACIFIC, VANCOUVER, EDMONTON = "America/Los_Angeles", "America/Vancouver", "America/Edmonton"
SPLIT_AREA_CODES = {
    "208": {"America/Boise", MOUNTAIN, PACIFIC}, "219": {CENTRAL, EASTERN}, "250": {EDMONTON, VANCOUVER},
    "270": {CENTRAL, EASTERN}, "308": {CENTRAL, MOUNTAIN}, "418": {"America/Halifax", "America/Toronto"},
    "423": {CENTRAL, EASTERN}, "541": {MOUNTAIN, PACIFIC}, "574": {CENTRAL, EASTERN},
    "605": {CENTRAL, MOUNTAIN}, "606": {CENTRAL, EASTERN}, "620": {CENTRAL, MOUNTAIN},
    "701": {CENTRAL, MOUNTAIN}, "709": {"America/Halifax", "America/St_Johns"},
    "775": {MOUNTAIN, PACIFIC}, "785": {CENTRAL, MOUNTAIN}, "807": {"America/Toronto", "America/Winnipeg"},
    "812": {CENTRAL, EASTERN}, "850": {CENTRAL, EASTERN}, "867": {"America/Toronto", VANCOUVER},
    "879": {"America/Halifax", "America/St_Johns"}, "906": {CENTRAL, EASTERN},
    "907": {"America/Anchorage", "Pacific/Honolulu"}, "928": {MOUNTAIN, "America/Phoenix"},
    "986": {"America/Boise", PACIFIC},
}  # fmt: skip
OVERLAYS = [
    ("448", "850"), ("364", "270"), ("930", "812"), ("458", "541"), ("581", "418"), ("367", "418"),
    ("236", "250"), ("257", "250"), ("672", "250"), ("778", "250"), ("986", "208"), ("474", "306"),
    ("879", "709"),
]  # fmt: skip


def zones_of(area_code: str) -> frozenset[str]:
    return candidate_zones(f"+1{area_code}5550142", business_zone="UTC") - {"UTC"}


@pytest.mark.parametrize(("area_code", "zones"), SPLIT_AREA_CODES.items())
def test_an_area_code_on_a_zone_border_counts_as_both_sides(area_code: str, zones: set[str]) -> None:
    assert zones <= zones_of(area_code)


@pytest.mark.parametrize(("overlay", "parent"), OVERLAYS)
def test_an_overlay_covers_every_zone_of_the_area_code_it_lies_over(overlay: str, parent: str) -> None:
    assert zones_of(parent) <= zones_of(overlay)


def test_an_address_adds_a_zone_and_removes_none() -> None:
    zones = candidate_zones("(313) 555-0142", business_zone=CENTRAL, address_zone="Pacific/Honolulu")
    assert zones == {EASTERN, CENTRAL, "Pacific/Honolulu"}


def test_a_number_without_a_place_is_in_the_zone_of_the_business() -> None:
    assert candidate_zones("+18005551212", business_zone=CENTRAL) == {CENTRAL}
    assert candidate_zones("anonymous", business_zone=CENTRAL) == {CENTRAL}


def test_every_zone_named_for_an_area_code_exists() -> None:
    text = resources.files("contractor_auto.recipe").joinpath("area_codes.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    names = {zone for row in rows for zone in row["zones"].split("|")}
    assert len(rows) > 400
    assert {ZoneInfo(name).key for name in names} == names


@pytest.mark.parametrize(("zone", "hours"), [(VANCOUVER, -7), (EDMONTON, -6), ("America/Winnipeg", -5)])
def test_places_that_stopped_changing_clocks_stay_on_summer_time(zone: str, hours: int) -> None:
    december = datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert december.astimezone(ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


def test_a_zone_already_read_from_the_system_is_read_again() -> None:
    zoneinfo.reset_tzpath(to=["/usr/share/zoneinfo"])
    before = ZoneInfo(VANCOUVER)
    use_packaged_zones()
    assert zoneinfo.TZPATH == ()
    assert ZoneInfo(VANCOUVER) is not before


def test_the_version_of_the_zone_rules_can_be_shown() -> None:
    assert tzdata_version() == metadata.version("tzdata")


@pytest.mark.parametrize("name", ["America/Nowhere", "", "../etc/passwd", "America"])
def test_a_misspelt_zone_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        zone_named(name)
