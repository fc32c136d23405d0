"""Sender names that operators block: general words that do not say who writes.

French operators accept letters and digits alone, and since 1 March 2026 no general words, unless they are a registered
name with proof (the charter of the AF2M; sMsmode's page on the rules of sender names in France). They publish no
complete list: this one has the words that operators and vendors name, and the words of a house that are most like them.
"""

from typing import Final

_NAMED: Final = (
    "alert appointment bank code delivery info invoice message news notice parcel payment promo rdv reminder service "
    "shop sms support test verify warning"
)
_ENGLISH: Final = "alarm danger emergency fire help home house intruder leak security sos urgent water"
_FRENCH: Final = (
    "accueil alarme alerte banque boutique colis eau facture feu fuite incendie intrusion livraison maison notif "
    "notification paiement rappel rendezvous secours securite urgence"
)
_GENERIC: Final = frozenset(f"{_NAMED} {_ENGLISH} {_FRENCH}".split())


def is_generic_sender(name: str) -> bool:
    """Return whether a sender name is a general word, also in the plural or with a number behind it."""
    word = name.strip().casefold().rstrip("0123456789")
    return word in _GENERIC or word.removesuffix("s") in _GENERIC
