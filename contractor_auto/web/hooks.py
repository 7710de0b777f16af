"""Webhooks: checked, kept, answered. Nothing here waits for a carrier or for the queue."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from peewee import PeeweeException

from contractor_auto.connectors import twilio_read, twilio_voice
from contractor_auto.connectors.twilio_reader import FormError, parse_form
from contractor_auto.connectors.twilio_signature import is_genuine, webhook_url
from contractor_auto.engine.intake import Arrived, receive
from contractor_auto.logs import fields, log
from contractor_auto.recipe.wording import WordingError, fill
from contractor_auto.store.database import StoreError
from contractor_auto.store.greeting import greeting_of
from contractor_auto.web.house import House

LOG = log("hooks")
# A text of 1,600 characters with ten pictures is under 20 KB.
LARGEST = 64 * 1024
FORM = "application/x-www-form-urlencoded"
KEPT_HEADERS = ("Content-Type", "User-Agent", "I-Twilio-Idempotency-Token")
FALLBACK_GREETING = "You have reached {business.name}. Please leave a message after the tone."


@dataclass(frozen=True)
class Hook:
    """One verified webhook: where it came in, and what it says."""

    source: str
    form: Mapping[str, str]
    query: Mapping[str, str]


def hooks(house: House) -> Blueprint:
    """Every route Twilio posts to. 2xx only after the raw event is durable."""
    blueprint = Blueprint("hooks", __name__, url_prefix="/twilio")

    def route(path: str, source: str, answer: object) -> None:
        def view(**_: str) -> Response:
            hook = _take(house, source)
            twiml: str = answer(house, hook)  # type: ignore[operator]
            return Response(twiml, content_type="text/xml; charset=utf-8")

        blueprint.add_url_rule(path, source.partition(".")[2], view, methods=["POST"])

    route("/voice", "twilio.voice", _answer_call)
    route("/dial-result", "twilio.dial-result", _after_dial)
    route("/screen", "twilio.screen", _screen)
    route("/call-status", "twilio.call-status", _nothing)
    route("/voicemail", "twilio.voicemail", _after_voicemail)
    route("/sms", "twilio.sms", _nothing)
    route("/status/<message>", "twilio.status", _nothing)
    return blueprint


def _take(house: House, source: str) -> Hook:
    """Check it, keep it, wake whoever reads it."""
    if (request.content_length or 0) > LARGEST:
        abort(413, f"At most {LARGEST} bytes.")
    if request.mimetype != FORM:
        abort(415, f"Expected {FORM}.")
    body = request.get_data(cache=False)
    uri = (
        request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or request.full_path.rstrip("?")
    )
    form = _form(body)
    _check_signature(house, uri, form)
    lane = twilio_read.lane(source, form)
    headers = {name: value for name in KEPT_HEADERS if (value := request.headers.get(name))}
    try:
        receive(house.db, Arrived(source, uri, body, lane=lane, headers=headers), house.now())
    except StoreError:
        LOG.exception("a webhook could not be kept", extra=fields(source=source))
        abort(503, "It cannot be kept at the moment; please try again.")
    house.poke()
    return Hook(source, form, request.args.to_dict())


def _form(body: bytes) -> Mapping[str, str]:
    try:
        return parse_form(body)
    except FormError as problem:
        # Whether it is forged or broken cannot be told; either way it is not from the carrier.
        abort(400, str(problem))


def _check_signature(house: House, uri: str, form: Mapping[str, str]) -> None:
    url = webhook_url(house.config.server.public_url, uri)
    signature = request.headers.get("X-Twilio-Signature")
    tokens = house.secrets.carrier_tokens()
    account = form.get("AccountSid", house.config.twilio.account_sid)
    if not is_genuine(url=url, params=form, signature=signature, tokens=tokens):
        LOG.warning("a webhook with a bad signature was refused", extra=fields(path=request.path))
        abort(403, "The signature does not fit.")
    if account != house.config.twilio.account_sid:
        abort(403, "This is another account's.")


def _answer_call(house: House, hook: Hook) -> str:
    config, urls = house.config.twilio, twilio_voice.urls(house.config.server.public_url)
    caller = hook.form.get("From", "")
    if config.mode != "ring_first" or not config.ring:
        return twilio_voice.forwarded(greeting(house), urls)
    return twilio_voice.ring_first(
        config.ring,
        urls,
        seconds=config.ring_seconds,
        call=hook.form.get("CallSid", ""),
        greeting=greeting(house),
        never={caller, config.number},
    )


def _after_dial(house: House, hook: Hook) -> str:
    urls = twilio_voice.urls(house.config.server.public_url)
    answered = hook.form.get("DialBridged", "").lower() == "true"
    return twilio_voice.after_dial(answered, greeting(house), urls)


def _screen(house: House, hook: Hook) -> str:
    urls = twilio_voice.urls(house.config.server.public_url)
    call = hook.form.get("ParentCallSid") or hook.query.get("call", "")
    return twilio_voice.screen(house.config.business.name, urls, call=call, digit=hook.form.get("Digits"))


def _after_voicemail(_house: House, _hook: Hook) -> str:
    return twilio_voice.after_voicemail()


def _nothing(_house: House, _hook: Hook) -> str:
    return twilio_voice.receipt()


def greeting(house: House) -> str:
    """What a caller hears; from the settings, and always something."""
    plain = {"business.name": house.config.business.name}
    try:
        said = greeting_of(house.book(), house.shop().facts(house.now()))
    except (PeeweeException, WordingError):
        LOG.exception("the greeting cannot be filled; callers hear a plain one")
        said = ""
    return said or fill(FALLBACK_GREETING, plain)
