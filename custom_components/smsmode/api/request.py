"""Request bodies: parameters under the vendor's names, validated against the limits of its document.

Each function returns a form, or raises SmsmodeInputError for the first limit that is broken.
"""

import csv
import io
from datetime import date, tzinfo

from .dates import PARIS, format_date
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
from .validation import (
    require,
    validate_characters,
    validate_group,
    validate_message_id,
    validate_number,
    validate_numbers,
    validate_reference,
    validate_sender,
    validate_text,
    validate_username,
)

type Form = dict[str, str | None]

MAX_VOICE_LENGTH = 160
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


def message_form(request: MessageRequest, zone: tzinfo = PARIS) -> Form:
    """Return the form of sendSMS (p. 6 to 9, 27 and 28)."""
    alphabet = Alphabet.UNICODE if request.message_class is MessageClass.UNICODE else Alphabet.GSM
    validate_text(request.text, alphabet, request.max_segments, request.stop)
    return {
        "message": request.text,
        **_recipients(request),
        **_sending(request, zone),
        "notification_url_reponse": request.reply_url,
    }


def _recipients(request: MessageRequest) -> Form:
    require(not (request.group and request.numbers), InputProblem.RECIPIENTS_AND_GROUP)
    if request.group and request.group.strip():
        return {"groupe": request.group}
    return {"numero": validate_numbers(request.numbers)}


def _sending(request: MessageRequest | BatchRequest, zone: tzinfo) -> Form:
    return {
        "classe_msg": str(request.message_class.value),
        "date_envoi": None if request.send_at is None else format_date(request.send_at, zone=zone),
        "refClient": validate_reference(request.reference),
        "emetteur": validate_sender(request.sender, request.message_class),
        # Always given: without it the gateway truncates at its own default.
        "nbr_msg": str(request.max_segments),
        "notification_url": request.report_url,
        "stop": _STOP[request.stop],
    }


def voice_form(request: VoiceRequest, zone: tzinfo = PARIS) -> Form:
    """Return the form of sendVoiceMessage (p. 25): up to 160 characters of GSM text."""
    validate_characters(request.text, Alphabet.GSM)
    require(count_units(request.text, Alphabet.GSM) <= MAX_VOICE_LENGTH, InputProblem.VOICE_TOO_LONG)
    return {
        "message": request.text,
        "numero": validate_numbers(request.numbers),
        "title": request.title,
        "date_envoi": None if request.send_at is None else format_date(request.send_at, zone=zone),
        "language": request.language and request.language.value,
    }


def batch_form(request: BatchRequest, zone: tzinfo = PARIS) -> Form:
    """Return the form of sendSMSBatch, without its file (p. 29)."""
    require(request.message_class is not MessageClass.UNICODE, InputProblem.BATCH_UNICODE)
    return _sending(request, zone)


def batch_file(request: BatchRequest) -> bytes:
    """Return the file of sendSMSBatch (p. 30): CSV in ISO-8859-15, every cell quoted, one row for each text."""
    require(request.rows, InputProblem.BATCH_EMPTY)
    lines = io.StringIO()
    writer = csv.writer(lines, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_row(row, request) for row in request.rows)
    return lines.getvalue().encode(LATIN_9)


def _row(row: BatchRow, request: BatchRequest) -> tuple[str, str, str, str]:
    require(is_gsm(row.text), InputProblem.BATCH_UNICODE)
    validate_text(row.text, Alphabet.GSM, request.max_segments, request.stop)
    number = validate_number(row.number)
    sender = validate_sender(row.sender, request.message_class) or ""
    return number, _cell(row.text), sender, _cell(validate_reference(row.reference) or "")


def _cell(value: str) -> str:
    """Return a cell without line breaks: whether the gateway reads them inside quotes is not known."""
    require("\n" not in value and "\r" not in value, InputProblem.TEXT_NOT_ENCODABLE)
    if value.encode(LATIN_9, "replace").decode(LATIN_9) != value:
        raise SmsmodeInputError(InputProblem.TEXT_NOT_ENCODABLE)
    return value


def subaccount_form(request: SubaccountRequest) -> Form:
    """Return the form of createSubAccount (p. 13)."""
    require(request.password, InputProblem.PASSWORD_MISSING)
    return {
        "newPseudo": validate_username(request.username),
        "newPass": request.password,
        "reference": validate_reference(request.reference),
        "nom": request.last_name,
        "prenom": request.first_name,
        "societe": request.company,
        "adresse": request.address,
        "ville": request.city,
        "codePostal": request.postal_code,
        "mobile": request.mobile and validate_number(request.mobile),
        "telephone": request.phone,
        "fax": request.fax,
        "email": request.email,
        "date": _birth_date(request.birth_date),
    }


def contact_form(contact: Contact) -> Form:
    """Return the form of addContact (p. 16)."""
    require(contact.name.strip(), InputProblem.NAME_MISSING)
    return {
        "nom": contact.name,
        "mobile": validate_number(contact.number),
        "prenom": contact.first_name,
        "groupes": ",".join(map(validate_group, contact.groups)),
        "societe": contact.company,
        "other": contact.other,
        "date": _birth_date(contact.birth_date),
    }


def _birth_date(day: date | None) -> str | None:
    return None if day is None else f"{day:%d%m}{day.year:04}"


def transfer_form(username: str, amount: int, reference: str | None) -> Form:
    """Return the form of creditTransfert (p. 15): a whole number of credits, at least 1."""
    require(amount > 0, InputProblem.AMOUNT_INVALID)
    return {
        "targetPseudo": validate_username(username),
        "creditAmount": str(amount),
        "reference": validate_reference(reference),
    }


def deletion_form(message_id: str | None, number: str | None) -> Form:
    """Return the form of deleteSMS (p. 17): a message id or a number, not both."""
    require(bool(message_id) != bool(number), InputProblem.MESSAGE_ID_XOR_NUMBER)
    return {
        "smsID": message_id and validate_message_id(message_id),
        "numero": number and validate_number(number),
    }
