"""Generators of the gateway's answers and callbacks, from the pages of the vendor's document alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from custom_components.smsmode.api import DeliveryReport, Reply, SentMessage

# Rows end in a newline in the document; blank lines and <br/> were seen in life.
ROW_ENDS = ("\n", "\n\n", "\r\n", "<br/>", "<br />\n")
CHARSETS = ("utf-8", "iso-8859-15")
DATES = ("%d%m%Y-%H:%M", "%d%m%Y-%H%M%S", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")

ANSWERS = (
    "0 | Accepté | Vz4lHUWycCKb",
    "0 | Création effectuée",
    "32 | Votre authentification a échoué",
    "35 | Erreur de réception",
    "61 | SMS inexistant",
    "11 | Reçu",
    "212.5",
    "-1 212,50",
    "33600000000 11 | 33611111111 13 |",
    '{"id": "1", "accessToken": "abcdefgh1234", "creationDate": 1293840000, "state": "OK", "expiration": null}',
    "",
    "<html><body>503</body></html>",
)
REPLIES = (
    "azertyu123 | 01012013-12:22 | 33601020304 | bonjour | 36034 | abcd1234",
    "azertyu124 | 01/01/2013 12:22 | 33601020304 | a | b\nc | 36034 | ",
)
SENT_MESSAGES = (
    "S7EpYZ5kmS87 | 21122005-14:35 | Déjà 5 € | 33600000000 | 0.5 | 1 |",
    "S7EpYZ5kmS88 | 21/12/2005 14:35 | a | b\n\nc | Famille | 12 | 24 |",
)
REPORT_CALLBACK = (
    "numero=33612345678&date_reception=2010-03-25+09%3A52%3A17&statut=11"
    "&smsID=S7EpYZ5kmS87&refClient=12azer34&mcc_mnc=20801&cost=0%2C5"
)
REPLY_CALLBACK = (
    "numero=36034&message=d%E9j%E0+5+%A4&emetteur=33601020304&date_reception=01012013-122233"
    "&smsID=abcd1234&refClient=monclient123&responseID=azertyu123"
)


def sent(description: str, message_id: str) -> str:
    """Write the answer to sendSMS (p. 7)."""
    return f"0 | {description} | {message_id}"


def reports(told: Iterable[DeliveryReport]) -> str:
    """Write compteRendu (p. 10)."""
    return " | ".join(f"{report.number.removeprefix('+')} {report.code}" for report in told)


def date(moment: datetime | None, form: str = DATES[1]) -> str:
    """Write a date in one of the five forms (p. 7, 18, 21 and 22)."""
    # The year by hand: C writes the year 5 as 5.
    return "" if moment is None else moment.strftime(form.replace("%Y", f"{moment.year:04}"))


def reply(told: Reply, form: str = DATES[1]) -> str:
    """Write a row of responseList (p. 24)."""
    moment = date(told.received_at, form)
    fields = (told.reply_id, moment, told.sender, told.text, told.short_code, told.message_id)
    return " | ".join(field or "" for field in fields)


def sent_message(told: SentMessage, form: str = DATES[1]) -> str:
    """Write a row of smsList (p. 18)."""
    cost = "" if told.cost is None else str(told.cost)
    count = "" if told.recipient_count is None else str(told.recipient_count)
    fields = (told.message_id, date(told.sent_at, form), told.text, told.recipient, cost, count)
    return f"{' | '.join(fields)} |"


def report_callback(told: DeliveryReport, charset: str) -> str:
    """Write the query of a delivery report (p. 21)."""
    return _query(
        {
            "numero": told.number.removeprefix("+"),
            "date_reception": date(told.received_at, DATES[4]),
            "statut": str(told.code),
            "smsID": told.message_id,
            "refClient": told.reference,
            "mcc_mnc": told.operator,
            "cost": None if told.cost is None else str(told.cost),
        },
        charset,
    )


def reply_callback(told: Reply, charset: str) -> str:
    """Write the query of a reply (p. 22)."""
    return _query(
        {
            "numero": told.short_code,
            "message": told.text,
            "emetteur": told.sender.removeprefix("+"),
            "date_reception": date(told.received_at, DATES[1]),
            "smsID": told.message_id,
            "refClient": told.reference,
            "responseID": told.reply_id,
        },
        charset,
    )


def _query(parameters: Mapping[str, str | None], charset: str) -> str:
    return urlencode({name: value for name, value in parameters.items() if value is not None}, encoding=charset)


def survives(text: str, charset: str) -> bool:
    """Return whether a text in `charset` can be told from one in the other: the charset is not declared.

    Control characters of 0x80 to 0x9F cannot: they are read as the typography of Windows.
    """
    if any("\x80" <= char < "\xa0" for char in text):
        return False
    try:
        raw = text.encode(charset)
    except UnicodeEncodeError:
        return False
    try:
        return raw.decode("utf-8") == text
    except UnicodeDecodeError:
        return True
