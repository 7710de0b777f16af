"""The business as recipes and rules see it: who we are, when we are open, who our people are."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from contractor_auto.recipe.days_off import days_off
from contractor_auto.recipe.hours import Hours
from contractor_auto.recipe.phone import pretty
from contractor_auto.recipe.zones import candidate_zones


@dataclass(frozen=True)
class Contact:
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Shop:
    name: str
    phone: str
    email: str
    zone: str
    hours: Hours
    owner: Contact = field(default_factory=Contact)
    backup: Contact = field(default_factory=Contact)
    own_numbers: frozenset[str] = frozenset()

    def zones_for(self, number: str) -> frozenset[str]:
        """Every time zone in which the owner of this number may be."""
        return candidate_zones(number, business_zone=self.zone)

    def holidays_for(self, number: str) -> Container[date]:
        return days_off(number, self.phone)

    def facts(self, now: datetime) -> dict[str, Any]:
        """What wordings may say about the business at this moment."""
        return {
            "business.name": self.name,
            "business.phone": pretty(self.phone) if self.phone else "",
            "business.email": self.email,
            "business.open": "yes" if self.hours.is_open_at(now, self.zone) else "no",
            "business.opens": self.hours.say_opening(now, self.zone) or "soon",
            "owner.name": self.owner.name,
            "owner.phone": self.owner.phone,
            "backup.phone": self.backup.phone,
        }


def customer_facts(phone: str, name: str, *, talking: bool) -> Mapping[str, Any]:
    """What wordings may say about a customer."""
    return {
        "customer.phone": phone,
        "customer.pretty": pretty(phone) if phone else "a hidden number",
        "customer.name": name,
        "customer.first_name": name.split()[0] if name.strip() else "",
        "customer.who": f"{name} {pretty(phone)}"
        if name and phone
        else (pretty(phone) if phone else "a hidden number"),
        "customer.known": "yes" if name else "no",
        "customer.talking": "yes" if talking else "no",
    }
