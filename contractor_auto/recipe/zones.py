"""Time zones: which ones a person may be in, read from the packaged tzdata only.

A system copy may be a year old, and an hour wrong for places that stopped changing their clocks.
"""

import zoneinfo
from importlib import metadata
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contractor_auto.recipe.area_codes import area_code
from contractor_auto.recipe.phone import normalise


def use_packaged_zones() -> None:
    """Forget the system's zones, and any zone already read from them."""
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(to=[])
        ZoneInfo.clear_cache()


def zone_named(name: str) -> ZoneInfo:
    """The zone, or ValueError with a sentence. Read here, it is sure to be the packaged one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{name!r} is not a time zone; write one such as "America/New_York".') from None


def tzdata_version() -> str:
    """Such as 2026.6; the health page tells its age."""
    return metadata.version("tzdata")


def candidate_zones(number: str, *, business_zone: str, address_zone: str | None = None) -> frozenset[str]:
    """Every zone this person may be in: a text may leave only when all of them allow it.

    People keep their numbers when they move, so an address adds a zone and never removes one.
    """
    row = area_code(normalise(number) or "")
    presumed = row.zones if row else frozenset[str]()
    return presumed | {business_zone} | ({address_zone} if address_zone else set())


use_packaged_zones()
