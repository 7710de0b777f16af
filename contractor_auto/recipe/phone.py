"""Phone numbers: one spelling for storing, one for people, one for logs, and who may be texted.

The geocoder of phonenumbers is never imported: it alone costs more memory than the rest of the program.
"""

import re
from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from contractor_auto.recipe.area_codes import area_code
from contractor_auto.recipe.caller_id import is_other_channel, is_withheld, read_number

_NORTH_AMERICAN = re.compile(r"(?!.11)[2-9]\d\d(?!.11)[2-9]\d{6}")
HOME_REGIONS = frozenset({"US", "CA"})
# Area codes for following people around and for carriers; nobody's mobile lives there.
SPECIAL_AREA_CODES = frozenset({"600", "700", "710"})
UNTEXTABLE_TYPES = {
    PhoneNumberType.TOLL_FREE: "This is a toll-free number, so it belongs to a company, not a phone.",
    PhoneNumberType.PREMIUM_RATE: "This is a premium-rate number, so it is never texted.",
    PhoneNumberType.SHARED_COST: "This is a shared-cost number, so it is never texted.",
    PhoneNumberType.PERSONAL_NUMBER: "This is a follow-me number, so it is never texted.",
    PhoneNumberType.PAGER: "This is a pager, so it cannot get texts.",
    PhoneNumberType.UAN: "This is a company's access number, so it is never texted.",
    PhoneNumberType.VOICEMAIL: "This is a voicemail access number, so it cannot get texts.",
}


def normalise(text: str, region: str = "US") -> str | None:
    """The number as E.164, or None for whatever a text could not be addressed to.

    A number with an extension is None: without its extension it would reach somebody else.
    """
    number = read_number(text, region)
    if number is None or number.extension or not _is_dialable(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def why_not_textable(raw: str, *, regions: Collection[str] = HOME_REGIONS, region: str = "US") -> str | None:
    """A sentence for the owner when this number, as it was received, may never be texted; else None."""
    if not raw.strip():
        return "The caller's number did not arrive."
    if is_withheld(raw):
        return "The caller hid their number."
    if is_other_channel(raw):
        return "This is an internet address, not a phone number."
    number = read_number(raw, region)
    if number is None:
        return _why_unreadable(raw)
    return _why_not_dialable(number) or _why_not_ours(number, regions)


def _why_unreadable(raw: str) -> str:
    if re.search(r"\d{2}", raw):
        return "This is a short number, not a phone that can be texted."
    return "This is not a phone number."


def _why_not_dialable(number: PhoneNumber) -> str | None:
    digits = str(number.national_number)
    if number.extension:
        return "This number has an extension, so it is an office line and cannot get texts."
    if len(digits) == 3:
        return f"{digits} is an emergency or service number."
    if number.country_code == 1 and len(digits) < 7:
        return "This is a short code, not a phone."
    if number.country_code == 1 and len(digits) == 7:
        return "This number has no area code."
    if number.country_code == 1 and digits[:3] in SPECIAL_AREA_CODES:
        return f"Numbers with area code {digits[:3]} cannot get texts."
    return None if _is_dialable(number) else "This is not a valid phone number."


def _is_dialable(number: PhoneNumber) -> bool:
    # New area codes open every year, and this program may run for years without an upgrade: a number
    # that has the North American shape is believed, and the carrier has the last word.
    digits = str(number.national_number)
    shaped = number.country_code == 1 and _NORTH_AMERICAN.fullmatch(digits) is not None
    return shaped or phonenumbers.is_valid_number(number)


def _why_not_ours(number: PhoneNumber, regions: Collection[str]) -> str | None:
    # Said before the country: a toll-free number is nobody's phone in any country.
    if reason := UNTEXTABLE_TYPES.get(phonenumbers.number_type(number)):
        return reason
    region = phonenumbers.region_code_for_number(number)
    if region is None or region in regions:
        return None
    return "This number is in a country that we do not text."


def pretty(number: str) -> str:
    """(313) 555-0142 for people; what cannot be read is shown as it is."""
    parsed = read_number(number)
    if parsed is None or not phonenumbers.is_valid_number(parsed):
        return number
    at_home = parsed.country_code == 1
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def mask(number: str) -> str:
    """+1******0142 for logs: enough to recognise, not enough to call."""
    known = normalise(number) or "".join(re.findall(r"[+\d]", number))
    return known[:2] + "*" * (len(known) - 6) + known[-4:] if len(known) > 8 else "***"


def mask_email(address: str) -> str:
    """j***@example.com for logs."""
    name, at, domain = address.strip().rpartition("@")
    return f"{name[:1]}***@{domain}" if at else "***"


def state_of(number: str) -> str | None:
    """The state or province presumed from the area code; None when unknown or more than one."""
    states = states_of(number)
    return states[0] if len(states) == 1 else None


def states_of(number: str) -> tuple[str, ...]:
    """Every state or province that the area code serves."""
    row = area_code(normalise(number) or "")
    return row.states if row else ()


def region_of(number: str) -> str | None:
    """The country in two letters, such as US, CA or PR; None for what is not a valid number."""
    known = normalise(number)
    return phonenumbers.region_code_for_number(phonenumbers.parse(known)) if known else None
