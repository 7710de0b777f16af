"""Which records in the provider's books never reached us, told apart by the provider's own ids."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contractor_auto.recipe.listed import Listed, Listing
from contractor_auto.store import sweeps
from contractor_auto.store.database import Database

# A webhook about what just happened may still be on its way.
GRACE = timedelta(seconds=60)


@dataclass(frozen=True)
class Compare:
    """At this moment; while polling, nothing comes by itself."""

    db: Database
    now: datetime
    is_polling: bool

    def texts(self, listing: Listing) -> list[Listed]:
        """Also those that may still come: who asked us to stop cannot wait, and twice does no harm."""
        ids = [text.id for text in listing.records]
        known = sweeps.message_states(ids).keys() | sweeps.taken("text", ids)
        return [t for t in listing.records if t.id not in known and not self._is_waiting(t)]

    def calls(self, calls: Listing) -> tuple[list[Listed], int]:
        """Calls that never came, and how many may still come."""
        ids = [call.id for call in calls.records]
        known = sweeps.known_calls(ids) | sweeps.taken("call", ids)
        unknown = [call for call in calls.records if call.id not in known]
        # A webhook knows more of a call than the books do: who pressed 1, and who was joined.
        missing = [c for c in unknown if not self.may_come(c) and not self._is_waiting(c)]
        return missing, len(unknown) - len(missing)

    def voicemails(self, voicemails: Listing, calls: Listing) -> list[Listed]:
        """Voicemails of calls to us. They are to be read in their caller's lane, after the call."""
        ids = [voicemail.call for voicemail in voicemails.records]
        lanes = sweeps.callers(ids) | {call.id: call.lane for call in calls.records}
        known = sweeps.calls_with_voicemail(ids)
        taken = sweeps.taken("voicemail", [voicemail.id for voicemail in voicemails.records])
        new = [v for v in voicemails.records if v.call in lanes and v.call not in known and v.id not in taken]
        placed = [replace(each, lane=lanes[each.call]) for each in new if not self.may_come(each)]
        return [each for each in placed if not self._is_waiting(each)]

    def may_come(self, each: Listed) -> bool:
        at = each.ended_at or each.at
        return not self.is_polling and at is not None and self.now - at < GRACE

    def count_late(self, new: Sequence[Listed]) -> int:
        """How many of these a webhook should have told us of by now."""
        return 0 if self.is_polling else sum(not self.may_come(each) for each in new)

    def _is_waiting(self, each: Listed) -> bool:
        """It is here already, and not read yet."""
        return sweeps.is_waiting(self.db, each.lane, each.call or each.id)
