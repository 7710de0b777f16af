"""Texts at the pretend carrier: taken from the appliance, sent to it, their receipts, and who opted out."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from contractor_auto.rehearsal.carrier_records import VERSION, Number, Text
from contractor_auto.rehearsal.carrier_rules import (
    CONFIRMATIONS,
    MEANINGS,
    Order,
    Refusal,
    keyword_of,
    refuse_badly_made,
    refuse_magic_numbers,
    segments,
)
from contractor_auto.rehearsal.carrier_twiml import TwimlError, messages
from contractor_auto.rehearsal.carrier_webhooks import Answered
from contractor_auto.rehearsal.carrier_world import World
from contractor_auto.rehearsal.faults import MESSAGE, RECEIPTS, Fault
from contractor_auto.rehearsal.phones import InboxText, Phone

SENT_AFTER = timedelta(seconds=1)
DELIVERED_AFTER = timedelta(seconds=2)


class Texts:
    """Everything that happens to texts. `keywords` says whether the carrier answers STOP and HELP itself."""

    def __init__(self, world: World, *, keywords: bool = True, opt_out_type: bool = False) -> None:
        self._world = world
        self._keywords = keywords
        self._opt_out_type = opt_out_type
        self.opted_out: set[tuple[str, str]] = set()  # our number, theirs

    def accept(self, order: Order, *, direction: str = "outbound-api") -> Text:
        """Take a text and plan its receipts, or refuse it."""
        refuse_badly_made(order)
        self._refuse_badly_addressed(order)
        text = Text(
            sid=self._world.books.new_sid("MM" if order.media else "SM"),
            from_=order.from_,
            to=order.to,
            body=order.body,
            direction=direction,
            status="queued",
            created_at=self._world.clock(),
            segments=segments(order.body),
            media=order.media,
            callback=order.callback,
        )
        self._world.books.add(self._world.books.texts, text)
        self._send_on(text)
        return text

    def receive(self, phone: Phone, number: Number, body: str, *, media: Sequence[str] = ()) -> Text:
        """A person texts one of our numbers; the webhook follows."""
        now = self._world.clock()
        text = Text(
            sid=self._world.books.new_sid("MM" if media else "SM"),
            from_=phone.number,
            to=number.phone_number,
            body=body,
            direction="inbound",
            status="received",
            created_at=now,
            sent_at=now,
            segments=segments(body),
            media=tuple(media),
        )
        self._world.books.add(self._world.books.texts, text)
        keyword = self._mind_keyword(text, phone)
        self._world.agenda.after(timedelta(0), lambda: self._tell(text, number, phone=phone, keyword=keyword))
        return text

    def _refuse_badly_addressed(self, order: Order) -> None:
        refuse_magic_numbers(order)
        if self._world.books.number(order.from_) is None and order.from_ != "+15005550006":
            raise Refusal(21606, f"The 'From' number {order.from_} is not yours to text from.")
        if (order.from_, order.to) in self.opted_out:
            raise Refusal(21610, "Attempt to send to unsubscribed recipient")

    def _send_on(self, text: Text) -> None:
        phone = self._world.phones.get(text.to)
        fault = self._world.faults.take(MESSAGE)
        if fault is None and phone.fate.status != "undelivered":
            phone.receive(InboxText(text.from_, text.body, self._world.clock(), text.sid))
        self._world.agenda.play(self._receipts(text, phone, fault=fault))

    def _receipts(self, text: Text, phone: Phone, *, fault: Fault | None) -> Iterator[timedelta]:
        last = ("undelivered", fault.code) if fault else (phone.fate.status, phone.fate.code)
        statuses = [("sent", None)] + ([last] if last[0] else [])
        jumbled = len(statuses) > 1 and self._world.faults.take(RECEIPTS) is not None
        for (status, code), wait in zip(statuses, (SENT_AFTER, DELIVERED_AFTER), strict=False):
            yield wait
            self._move(text, str(status), code)
            if not jumbled:
                self._receipt(text, str(status), code)
        for status, code in reversed(statuses) if jumbled else ():
            self._receipt(text, str(status), code)

    def _move(self, text: Text, status: str, code: int | None) -> None:
        text.status = status
        text.updated_at = self._world.clock()
        text.sent_at = text.sent_at or text.updated_at
        text.error_code = code
        text.error_message = MEANINGS.get(code, "Unknown error") if code else None

    def _receipt(self, text: Text, status: str, code: int | None) -> None:
        params = {
            "AccountSid": self._world.account,
            "ApiVersion": VERSION,
            "From": text.from_,
            "MessageSid": text.sid,
            "MessageStatus": status,
            "SmsSid": text.sid,
            "SmsStatus": status,
            "To": text.to,
        }
        if status == "delivered":
            params["RawDlrDoneDate"] = self._world.clock().strftime("%y%m%d%H%M")
        if code:
            params |= {"ErrorCode": str(code), "ErrorMessage": MEANINGS.get(code, "Unknown error")}
        self._world.webhooks.post("receipt", text.callback, params, about=text.sid)

    def _mind_keyword(self, text: Text, phone: Phone) -> str:
        word = keyword_of(text.body)
        pair = (text.to, text.from_)
        if word == "START" and pair not in self.opted_out:
            return ""
        if word == "STOP":
            self.opted_out.add(pair)
        if word == "START":
            self.opted_out.discard(pair)
        if word and self._keywords:
            phone.receive(InboxText(text.to, CONFIRMATIONS[word], self._world.clock()))
        return word

    def _tell(self, text: Text, number: Number, *, phone: Phone, keyword: str) -> None:
        params = inbound_params(text, phone, account=self._world.account)
        if keyword and self._opt_out_type:
            params["OptOutType"] = keyword
        answered = self._world.webhooks.post("sms", number.url("sms_url"), params, about=text.sid)
        fallback = number.url("sms_fallback_url")
        if answered.failure and fallback:
            why = {"ErrorCode": answered.error_code, "ErrorUrl": number.url("sms_url")}
            answered = self._world.webhooks.post("sms", fallback, params | why, about=text.sid)
        if not answered.failure:
            self._reply(text, number, answered)

    def _reply(self, text: Text, number: Number, answered: Answered) -> None:
        """Send what the answer's <Message> verbs say, as the real thing does."""
        try:
            bodies = messages(answered.body)
        except TwimlError as error:
            self._world.webhooks.alert(error.code, number.url("sms_url"), {}, about=text.sid)
            return
        for body in bodies:
            try:
                self.accept(Order(text.from_, text.to, body), direction="outbound-reply")
            except Refusal as refusal:
                self._world.webhooks.alert(str(refusal.code), number.url("sms_url"), {}, about=text.sid)


def inbound_params(text: Text, phone: Phone, *, account: str) -> dict[str, str]:
    """The form of an incoming text."""
    media = {f"MediaUrl{n}": url for n, url in enumerate(text.media)}
    types = {f"MediaContentType{n}": "image/jpeg" for n in range(len(text.media))}
    return {
        "AccountSid": account,
        "ApiVersion": VERSION,
        "Body": text.body,
        "From": text.from_,
        "FromCity": phone.city,
        "FromCountry": "US",
        "FromState": phone.state,
        "FromZip": phone.zip,
        "MessageSid": text.sid,
        "NumMedia": str(len(text.media)),
        "NumSegments": str(text.segments),
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": text.to,
        "ToCity": "",
        "ToCountry": "US",
        "ToState": "",
        "ToZip": "",
        **media,
        **types,
    }
