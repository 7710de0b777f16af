"""Every action by its name in recipe files, with the words it knows."""

from collections.abc import Mapping

from contractor_auto.actions.ask_person import call_back_task
from contractor_auto.actions.send_text import send_text, tell_owner
from contractor_auto.actions.tools import Action
from contractor_auto.recipe.vocabulary import ActionWords

ACTIONS: Mapping[str, tuple[Action, ActionWords]] = {
    "send_text": (send_text, ActionWords(needs=("to", "body"), gate="text")),
    "tell_owner": (tell_owner, ActionWords(needs=("body",), may=("to",), gate="text", lane="owner")),
    "call_back_task": (call_back_task, ActionWords(may=("title",))),
}

WORDS = {name: words for name, (_, words) in ACTIONS.items()}
