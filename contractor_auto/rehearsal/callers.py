"""People who call, told to the appliance as the carrier tells it: signed, and again until it is taken."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from contractor_auto.rehearsal.carrier_leg import call_params
from contractor_auto.rehearsal.carrier_records import VERSION, Call
from contractor_auto.rehearsal.phones import Phone
from contractor_auto.rehearsal.shop import ACCOUNT, OURS, TOKEN
from contractor_auto.rehearsal.waiting import until
from contractor_auto.rehearsal.wire import Answer, ask

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
TOLD_AGAIN_AFTER = timedelta(milliseconds=250)
VOICE, CALL_STATUS, SMS = "/twilio/voice", "/twilio/call-status", "/twilio/sms"


@dataclass(frozen=True)
class Webhook:
    """One webhook, ready to be posted as often as one likes."""

    target: str
    form: Mapping[str, str]

    def post(self, url: str, *, signed_for: str = "", token: str = TOKEN) -> Answer:
        signature = signature_of((signed_for or url) + self.target, self.form, token=token)
        headers = {"Content-Type": FORM, "X-Twilio-Signature": signature}
        return ask(url, "POST", self.target, body=urlencode(self.form).encode(), headers=headers)

    def deliver(self, url: str, within: timedelta = timedelta(seconds=60)) -> list[Answer]:
        """Post it until it is taken, as a carrier that was told to try again; everything that came back."""
        answers: list[Answer] = []

        def is_taken() -> bool:
            answers.append(self.post(url))
            return answers[-1].is_taken

        until(is_taken, within, every=TOLD_AGAIN_AFTER)
        return answers


def signature_of(address: str, form: Mapping[str, str], *, token: str = TOKEN) -> str:
    signature: str = RequestValidator(token).compute_signature(address, dict(form))
    return signature


def missed_call(caller: str, sid: str = "") -> list[Webhook]:
    """What a carrier tells about somebody who hung up on the greeting: that it rang, and that it ended."""
    call = Call(sid or f"CA{uuid.uuid4().hex}", caller, OURS, "inbound", datetime.now(UTC))
    ringing = call_params(call, Phone(caller), account=ACCOUNT)
    ended = {**ringing, "CallStatus": "completed", "CallDuration": "9"}
    return [Webhook(VOICE, ringing), Webhook(CALL_STATUS, ended)]


def texted(sender: str, body: str, sid: str = "") -> Webhook:
    """What a carrier tells about a text."""
    sid = sid or f"SM{uuid.uuid4().hex}"
    form = {"AccountSid": ACCOUNT, "ApiVersion": VERSION, "From": sender, "To": OURS, "Body": body}
    return Webhook(SMS, {**form, "MessageSid": sid, "SmsStatus": "received", "NumMedia": "0"})
