"""The parameters of the requests, under the vendor's names, within its limits."""

import csv
import io
from datetime import date

from . import validation as limits
from .encoding import LATIN_9, UTF_8, encode_form
from .exceptions import InputProblem, SmsmodeInputError
from .models import (
    BatchRequest,
    BatchRow,
    Contact,
    MessageClass,
    MessageRequest,
    SendRequest,
    StopClause,
    SubaccountRequest,
    VoiceRequest,
)
from .text import Alphabet, count_units, is_gsm

type Form = dict[str, str | None]

MAX_VOICE = 160
_STOP = {StopClause.NEVER: None, StopClause.IF_FREE: "1", StopClause.ALWAYS: "2"}
_COLUMNS = ("numero", "message", "emetteur", "refClient")


def validate_request(request: SendRequest) -> None:
    """Check a request against every limit of the document before anything is stored or spent.

    It is written exactly as it would travel, so that nothing is refused later for a reason that could be known now.
    Raises SmsmodeInputError for the first limit that it breaks.
    """
    match request:
        case MessageRequest():
            unicode = request.message_class is MessageClass.UNICODE
            encode_form(message_form(request), UTF_8 if unicode else LATIN_9)
        case VoiceRequest():
            encode_form(voice_form(request), LATIN_9)
        case _:
            encode_form(batch_form(request), LATIN_9)
            batch_file(request)


def message_form(request: MessageRequest) -> Form:
    """Write sendSMS (p. 6 to 9, 27 and 28)."""
    alphabet = Alphabet.UNICODE if request.message_class is MessageClass.UNICODE else Alphabet.GSM
    limits.text(request.text, alphabet, request.max_segments, request.stop)
    return {
        "message": request.text,
        **_recipients(request),
        **_sending(request),
        "notification_url_reponse": request.reply_url,
    }


def _recipients(request: MessageRequest) -> Form:
    limits.require(not (request.group and request.numbers), InputProblem.RECIPIENTS_AND_GROUP)
    if request.group and request.group.strip():
        return {"groupe": request.group}
    return {"numero": limits.numbers(request.numbers)}


def _sending(request: MessageRequest | BatchRequest) -> Form:
    return {
        "classe_msg": str(request.message_class.value),
        "date_envoi": limits.departure(request.send_at),
        "refClient": limits.reference(request.reference),
        "emetteur": limits.sender(request.sender, request.message_class),
        # Always there: without it the gateway cuts at its own default.
        "nbr_msg": str(request.max_segments),
        "notification_url": request.report_url,
        "stop": _STOP[request.stop],
    }


def voice_form(request: VoiceRequest) -> Form:
    """Write sendVoiceMessage (p. 25)."""
    limits.characters(request.text, Alphabet.GSM)
    limits.require(count_units(request.text, Alphabet.GSM) <= MAX_VOICE, InputProblem.VOICE_TOO_LONG)
    return {
        "message": request.text,
        "numero": limits.numbers(request.numbers),
        "title": request.title,
        "date_envoi": limits.departure(request.send_at),
        "language": request.language and request.language.value,
    }


def batch_form(request: BatchRequest) -> Form:
    """Write the options of sendSMSBatch (p. 29 and 30)."""
    limits.require(request.message_class is not MessageClass.UNICODE, InputProblem.BATCH_UNICODE)
    return _sending(request)


def batch_file(request: BatchRequest) -> bytes:
    """Write the file of sendSMSBatch (p. 30): CSV in ISO-8859-15."""
    limits.require(request.rows, InputProblem.BATCH_EMPTY)
    lines = io.StringIO()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(row, request) for row in request.rows)
    return lines.getvalue().encode(LATIN_9)


def _row(row: BatchRow, request: BatchRequest) -> tuple[str, str, str, str]:
    limits.require(is_gsm(row.text), InputProblem.BATCH_UNICODE)
    limits.text(row.text, Alphabet.GSM, request.max_segments, request.stop)
    number = limits.number(row.number)
    sender = limits.sender(row.sender, request.message_class) or ""
    return number, _cell(row.text), sender, _cell(limits.reference(row.reference) or "")


def _cell(value: str) -> str:
    """Refuse what a cell cannot hold; whether the gateway knows newlines inside quotes is not known."""
    limits.require("\n" not in value and "\r" not in value, InputProblem.TEXT_NOT_ENCODABLE)
    if value.encode(LATIN_9, "replace").decode(LATIN_9) != value:
        raise SmsmodeInputError(InputProblem.TEXT_NOT_ENCODABLE)
    return value


def subaccount_form(request: SubaccountRequest) -> Form:
    """Write createSubAccount (p. 13)."""
    limits.require(request.password, InputProblem.PASSWORD_MISSING)
    return {
        "newPseudo": limits.username(request.username),
        "newPass": request.password,
        "reference": limits.reference(request.reference),
        "nom": request.last_name,
        "prenom": request.first_name,
        "societe": request.company,
        "adresse": request.address,
        "ville": request.city,
        "codePostal": request.postal_code,
        "mobile": request.mobile and limits.number(request.mobile),
        "telephone": request.phone,
        "fax": request.fax,
        "email": request.email,
        "date": _birth_date(request.birth_date),
    }


def contact_form(contact: Contact) -> Form:
    """Write addContact (p. 16)."""
    limits.require(contact.name.strip(), InputProblem.NAME_MISSING)
    return {
        "nom": contact.name,
        "mobile": limits.number(contact.number),
        "prenom": contact.first_name,
        "groupes": ",".join(map(limits.group, contact.groups)),
        "societe": contact.company,
        "other": contact.other,
        "date": _birth_date(contact.birth_date),
    }


def _birth_date(day: date | None) -> str | None:
    return None if day is None else f"{day:%d%m}{day.year:04}"


def transfer_form(username: str, amount: int, reference: str | None) -> Form:
    """Write creditTransfert (p. 15)."""
    limits.require(amount > 0, InputProblem.AMOUNT_INVALID)
    return {
        "targetPseudo": limits.username(username),
        "creditAmount": str(amount),
        "reference": limits.reference(reference),
    }


def deletion_form(message_id: str | None, number: str | None) -> Form:
    """Write deleteSMS (p. 17)."""
    limits.require(bool(message_id) != bool(number), InputProblem.MESSAGE_ID_XOR_NUMBER)
    return {
        "smsID": message_id and limits.message_id(message_id),
        "numero": number and limits.number(number),
    }
