"""The shape of a recipe file. Five readings are made from it: form, plan, preview, handbook, runbook."""

import hashlib
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from contractor_auto.recipe.vocabulary import PURPOSES

Words = Annotated[str, Field(min_length=1, max_length=1600)]
SettingType = Literal["duration", "message", "text", "number", "flag", "choice"]


class RecipeError(Exception):
    """A recipe file is wrong; the message names the file, the place and the word."""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Trigger(Part):
    event: Words
    subject: Words
    once_per: dict[Literal["customer"], str] = {}
    where: dict[str, str] = {}


class Setting(Part):
    label: Words
    help: Words
    type: SettingType
    default: Any
    min: Any = None
    max: Any = None
    choices: list[str] = []


class Variant(Part):
    """One wording and when it applies; the first that fits is taken, the last needs no `when`."""

    text: Words
    when: dict[str, str] = {}


class Step(Part):
    name: Words
    action: Words
    after: str = "0 seconds"
    good_for: str = ""
    retry: str = "standard"
    otherwise: str = ""
    where: dict[str, str] = {}
    to: str = ""
    title: str = ""
    body: list[Variant] = []

    @field_validator("body", mode="before")
    @classmethod
    def _one_wording(cls, value: Any) -> Any:
        return [{"text": value}] if isinstance(value, str) else value


class Stop(Part):
    on: list[str] = []


class PromiseKept(Part):
    within: str
    target: str


class FailureMode(Part):
    what: Words
    then: Words
    test: Words


class Runbook(Part):
    symptom: Words
    look: Words
    fix: Words


class Recipe(Part):
    """One automation. `name` is the file's name without .toml."""

    name: str
    version: str
    title: Words
    promise: Words
    purpose: Literal["reply", "transactional", "marketing", "collection", "system", "owner"]
    starts: Literal["off", "live"] = "off"
    callers_hear: str = ""  # what is spoken to a caller before the tone
    trigger: Trigger
    settings: dict[str, Setting] = {}
    steps: list[Step] = Field(min_length=1)
    stop: Stop = Stop()
    promise_kept: PromiseKept | None = None
    failure_modes: list[FailureMode] = []
    runbook: list[Runbook] = []

    @property
    def talks_to_customers(self) -> bool:
        return self.purpose != "owner"


def version_of(text: str) -> str:
    """A short name for exactly this content, kept with every run."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


assert set(PURPOSES) == set(Recipe.model_fields["purpose"].annotation.__args__)  # type: ignore[union-attr]
