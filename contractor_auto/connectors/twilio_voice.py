"""What callers hear and which phones ring, as TwiML. Pure: wording and numbers in, XML out."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

# Twilio transcribes only recordings shorter than two minutes.
_LONGEST_VOICEMAIL = 115
_SILENCE_ENDS_VOICEMAIL = 5
_SECONDS_TO_PRESS_1 = 5
_SHORTEST_RING, _LONGEST_RING = 5, 600
_MOST_PHONES = 10
_LONGEST_SPEECH = 3000
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class VoiceUrls:
    """Where Twilio reports what happened during a call."""

    dial_result: str
    screen: str
    voicemail: str


def urls(public_url: str) -> VoiceUrls:
    base = public_url.rstrip("/") + "/twilio"
    return VoiceUrls(
        dial_result=f"{base}/dial-result",
        screen=f"{base}/screen",
        voicemail=f"{base}/voicemail",
    )


def forwarded(greeting: str, urls: VoiceUrls) -> str:
    """For a call that somebody already missed: greeting, beep, voicemail.

    It never dials: the owner's phone would forward the call straight back to us.
    """
    response = VoiceResponse()
    _take_voicemail(response, greeting, urls)
    return str(response)


def ring_first(
    numbers: Sequence[str],
    urls: VoiceUrls,
    *,
    seconds: int,
    call: str,
    greeting: str,
    never: Collection[str] = (),
) -> str:
    """Ring the phones one after another; voicemail when none of them may ring.

    `never` holds the caller's number and our own: dialling either would make a call that calls itself.
    """
    phones = [number for number in dict.fromkeys(numbers) if number not in never][:_MOST_PHONES]
    if not phones:
        return forwarded(greeting, urls)
    # One phone at a time: a voicemail that picks up at once would silence the others.
    dial = Dial(
        answer_on_bridge=True,
        sequential=True,
        timeout=min(max(seconds, _SHORTEST_RING), _LONGEST_RING),
        action=urls.dial_result,
        method="POST",
    )
    for phone in phones:
        dial.number(phone, url=_screen_url(urls, call), method="POST")
    response = VoiceResponse()
    response.append(dial)
    return str(response)


def screen(business: str, urls: VoiceUrls, *, call: str, digit: str | None) -> str:
    """Ask whoever picked up to press 1; a voicemail cannot. An empty answer connects the two."""
    response = VoiceResponse()
    if digit == "1":
        return str(response)
    if not digit:
        gather = Gather(
            num_digits=1, timeout=_SECONDS_TO_PRESS_1, action=_screen_url(urls, call), method="POST"
        )
        gather.say(_speakable(f"A call for {business}. To take it, press 1."))
        response.append(gather)
    # Without it, whoever is silent would be connected to the caller.
    response.hangup()
    return str(response)


def after_dial(answered: bool, greeting: str, urls: VoiceUrls) -> str:
    """Nobody took the call: voicemail. Somebody did: it is over."""
    if not answered:
        return forwarded(greeting, urls)
    response = VoiceResponse()
    response.hangup()
    return str(response)


def after_voicemail() -> str:
    response = VoiceResponse()
    response.say("Thank you. Goodbye.")
    response.hangup()
    return str(response)


def receipt() -> str:
    """Nothing to say: for reports, and for texts that are answered later or not at all."""
    return str(VoiceResponse())


def _take_voicemail(response: VoiceResponse, greeting: str, urls: VoiceUrls) -> None:
    words = _speakable(greeting)
    if words:
        response.say(words)
    # Without an action of its own, Twilio would ask for this same page again, forever.
    response.record(
        action=urls.voicemail,
        method="POST",
        max_length=_LONGEST_VOICEMAIL,
        timeout=_SILENCE_ENDS_VOICEMAIL,
        play_beep=True,
        recording_status_callback=urls.voicemail,
        recording_status_callback_method="POST",
    )
    response.hangup()


def _screen_url(urls: VoiceUrls, call: str) -> str:
    return f"{urls.screen}?call={quote(call, safe='')}"


def _speakable(text: str) -> str:
    """Without the characters that XML cannot carry even when escaped."""
    return _NOT_XML.sub("", text).strip()[:_LONGEST_SPEECH]
