"""Return codes and statuses: two different number spaces, though both have a 35."""

ACCEPTED = 0
INTERNAL_ERROR = 31
AUTHENTICATION = 32
CREDIT = 33
PARAMETER = 35
IDENTIFIER = 41
UNAVAILABLE = 50
NOT_FOUND = 61

DESCRIPTIONS = {
    ACCEPTED: "Accepté",
    INTERNAL_ERROR: "Erreur interne",
    AUTHENTICATION: "Votre authentification a échoué",
    CREDIT: "Crédits insuffisants",
    PARAMETER: "Paramètre obligatoire manquant",
    IDENTIFIER: "Identifiant déjà existant",
    UNAVAILABLE: "Temporairement inaccessible",
    NOT_FOUND: "SMS n'existant pas ou plus",
}

SENT = 0
SCHEDULED = 10
RECEIVED = 11
PARTLY_DELIVERED = 12
AT_OPERATOR = 13
PARTLY_RECEIVED = 15
LISTENED = 16
REJECTED = 22
BLOCKED = 3999

# The annex, p. 31; 39 stands only in the table of smsStatus, p. 20.
STATUSES = {
    SENT: "Envoyé",
    1: "En cours",
    2: "Erreur interne",
    SCHEDULED: "Programmé",
    RECEIVED: "Reçu",
    PARTLY_DELIVERED: "Partiellement délivré",
    AT_OPERATOR: "Délivré opérateur",
    14: "Délivré",
    PARTLY_RECEIVED: "Partiellement reçu",
    LISTENED: "Ecouté",
    21: "Non délivrable",
    REJECTED: "Rejeté",
    33: "Non envoyé - crédit insuffisant",
    34: "Erreur routage",
    35: "Erreur réception",
    36: "Erreur message",
    37: "Message expiré",
    38: "Message trop long",
    39: "Erreur réception",
    40: "Modèle",
    50: "Non délivré",
    100: "Lu",
    101: "Non lu",
    999: "Indéfini",
    3501: "Erreur temporaire opérateur",
    3502: "Erreur temporaire absence",
    3503: "Erreur temporaire téléphone",
    3504: "Erreur temporaire portabilité",
    3521: "Erreur permanente opérateur",
    3522: "Erreur permanente absence",
    3523: "Erreur permanente téléphone",
    3524: "Erreur permanente anti spam",
    3525: "Erreur permanente contenu",
    3526: "Erreur permanente portabilité",
    3527: "Erreur permanente roaming",
    3560: "Erreur non routable",
    3599: "Erreur autre",
    3998: "Destinataire invalide",
    BLOCKED: "Destinataire blacklisté",
}


class Refusal(Exception):  # noqa: N818 - a refusal is an answer of the gateway, not a mistake of the program
    """Refusal of a request: a return code and its description."""

    def __init__(self, code: int, description: str | None = None) -> None:
        """Use the document's description unless another is given."""
        self.code = code
        self.description = description or DESCRIPTIONS.get(code, "Erreur")
        super().__init__(f"{code} | {self.description}")


def missing(name: str) -> Refusal:
    """Return the refusal of a request that lacks a parameter."""
    return Refusal(PARAMETER, f"{DESCRIPTIONS[PARAMETER]} ({name})")


def incorrect(name: str) -> Refusal:
    """Return the refusal of a parameter with a wrong value."""
    return Refusal(PARAMETER, f"Paramètre incorrect ({name})")
