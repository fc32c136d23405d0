"""What the house answers to a command, in the language of the house, in letters that each count once."""

from collections.abc import Mapping
from typing import Final

# Not among the translations: whoever holds the telephone reads it.
_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "done": "{command}: done.",
        "failed": "{command}: that did not work.",
        "pin_missing": "{command}: write your PIN before it.",
        "wrong_pin": "Wrong PIN. Nothing was done.",
        "locked": "Too many wrong PINs. Commands are locked for an hour.",
    },
    "fr": {
        "done": "{command} : c'est fait.",
        "failed": "{command} : cela n'a pas marché.",
        "pin_missing": "{command} : écrivez votre code PIN devant.",
        "wrong_pin": "Code PIN faux. Rien n'a été fait.",
        "locked": "Trop de codes PIN faux. Les commandes sont bloquées pour une heure.",
    },
}


def words_for(language: str, outcome: str, command: str) -> str:
    """Give the answer to a command that came to this."""
    return _TEXTS.get(language, _TEXTS["en"]).get(outcome, "").format(command=command)
