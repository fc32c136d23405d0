"""Texts that people read on their telephones, by language.

Not among the translations: whoever holds the telephone reads them, in letters of the GSM alphabet that each count once,
in one segment.
"""

from collections.abc import Mapping
from typing import Final

TEST_MESSAGES: Final[Mapping[str, str]] = {
    "en": "This is a test SMS from Home Assistant. It has arrived, there is nothing else to do.",
    "fr": "Ceci est un SMS de test de Home Assistant. Il est bien arrivé, il n'y a rien d'autre à faire.",
}
ALERT_TAKEN: Final[Mapping[str, str]] = {
    "en": "{recipient} takes care of it. There is nothing else to do.",
    "fr": "{recipient} s'en occupe. Il n'y a rien d'autre à faire.",
}
# On the button of a notification.
ALERT_BUTTON: Final[Mapping[str, str]] = {"en": "I take care of it", "fr": "Je m’en occupe"}
ALERT_HINT: Final[Mapping[str, str]] = {
    "en": "This was not understood. If you take care of it, answer: {answers}",
    "fr": "Réponse non comprise. Si vous vous en occupez, répondez : {answers}",
}
WATCHDOG_MESSAGES: Final[Mapping[str, str]] = {
    "en": "The house {house} gives no sign of life. Please look after it.",
    "fr": "La maison {house} ne donne plus signe de vie. Merci d'aller voir.",
}
LAST_SIGN: Final[Mapping[str, str]] = {
    "en": "Last sign of life: {moment:%Y-%m-%d %H:%M} ({code})",
    "fr": "Dernier signe de vie : {moment:%d/%m/%Y %H:%M} ({code})",
}
# In the check of an account; this one with all that charsets and lists lose.
CHECK_TEXTS: Final[Mapping[str, str]] = {
    "en": "Check by Home Assistant: é è à ç € [ ] ^ ~ œ ’ &",
    "fr": "Contrôle Home Assistant : é è à ç € [ ] ^ ~ œ ’ &",
}
CHECK_SCHEDULED: Final[Mapping[str, str]] = {
    "en": "Check by Home Assistant.",
    "fr": "Contrôle de Home Assistant.",
}
CHECK_REPLY: Final[Mapping[str, str]] = {
    "en": "Check by Home Assistant: please answer with the word {answer}",
    "fr": "Contrôle de Home Assistant : merci de répondre par le mot {answer}",
}
CHECK_NIGHT: Final[Mapping[str, str]] = {
    "en": "Check by Home Assistant. There is nothing to do.",
    "fr": "Contrôle de Home Assistant. Il n'y a rien à faire.",
}
# By the result of the command; a result that stands nowhere is not answered.
COMMAND_ANSWERS: Final[Mapping[str, Mapping[str, str]]] = {
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


def localized[T](texts: Mapping[str, T], language: str) -> T:
    """Return the text of a language, the English one where there is none."""
    return texts.get(language, texts["en"])
