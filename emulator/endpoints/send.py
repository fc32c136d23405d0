"""Send endpoints: sendSMS (p. 6, 27), sendVoiceMessage (p. 25) and sendSMSBatch (p. 29)."""

import csv
from dataclasses import dataclass
from io import StringIO

from emulator import validation
from emulator.codes import SCHEDULED, incorrect, missing
from emulator.encoding import LATIN, ParsedRequest
from emulator.models import SHORT_CODE, Account, Delivery, Kind, Message
from emulator.segmentation import GSM, UNICODE, Alphabet, compose
from emulator.state import GatewayState

UNICODE_CLASS = "9"
REPLY_CLASS = "4"
PLAIN_CLASS = "2"
VOICE_CALLER = "sMsmode"
VOICE_LENGTH = 160
VOICE_TITLE = "Ceci est un message de sMsmode"
LANGUAGES = ("fr-FR", "en-GB", "de-DE", "es-ES")
COLUMNS = {"numero", "message", "emetteur", "refClient"}


@dataclass(frozen=True)
class TextOptions:
    """The options that hold for all texts of one request."""

    message_class: str
    stop: str
    max_segments: int

    @property
    def alphabet(self) -> Alphabet:
        """Return the alphabet in which the texts are counted."""
        return UNICODE if self.message_class == UNICODE_CLASS else GSM


def check_numbers(request: ParsedRequest) -> None:
    """Refuse bad numbers; the gateway does so even before it looks at the key."""
    if request.get("numero"):
        validation.numbers(request)


def send_sms(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Accept an SMS."""
    options = _text_options(request, (PLAIN_CLASS, REPLY_CLASS, UNICODE_CLASS))
    sender = _sender(request.get("emetteur"), options)
    message = _message(state, account, request, "sms", int(options.message_class))
    reference = validation.reference(request.get("refClient"))
    for number in _recipients(account, request):
        _add_text(message, options, number, request.get("message"), sender, reference)
    return _accept(state, message)


def send_voice(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Accept a voice message: one credit each, whatever its length."""
    if len(request.get("message")) > VOICE_LENGTH:
        raise incorrect("message")
    message = _message(state, account, request, "voice", 0)
    message.title = request.get("title", VOICE_TITLE)
    message.language = validation.choice(request, "language", LANGUAGES, LANGUAGES[0])
    for number in validation.numbers(request):
        _add(message, number, request.get("message"), VOICE_CALLER, "", 1)
    return _accept(state, message)


def send_batch(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Accept a file of SMS; one wrong row refuses the whole file."""
    options = _text_options(request, (PLAIN_CLASS, REPLY_CLASS))
    sender = _sender(request.get("emetteur"), options)
    message = _message(state, account, request, "sms", int(options.message_class))
    for row in _rows(request):
        number = validation.normalize_number(row.get("numero") or "", "numero")
        own = _sender(row.get("emetteur") or "", options) if row.get("emetteur") else sender
        reference = validation.reference(row.get("refClient") or request.get("refClient"))
        if not row.get("message"):
            raise missing("message")
        _add_text(message, options, number, row["message"], own, reference)
    return _accept(state, message)


def _text_options(request: ParsedRequest, classes: tuple[str, ...]) -> TextOptions:
    return TextOptions(
        message_class=validation.choice(request, "classe_msg", classes, PLAIN_CLASS),
        stop=validation.choice(request, "stop", ("1", "2")),
        max_segments=validation.integer(
            request, "nbr_msg", validation.MAX_SEGMENTS, low=1, high=validation.MAX_SEGMENTS
        ),
    )


def _sender(text: str, options: TextOptions) -> str:
    if text and options.message_class == REPLY_CLASS:
        raise incorrect("emetteur")
    return validation.sender(text) or SHORT_CODE


def _message(state: GatewayState, account: Account, request: ParsedRequest, kind: Kind, message_class: int) -> Message:
    return Message(
        id=state.new_message_id(),
        account=account,
        kind=kind,
        message_class=message_class,
        created_at=state.clock.now(),
        leaves_at=validation.send_time(
            request, state.clock, state.options.zone, refuse_past=state.options.past_dates == "refused"
        ),
        notification_url=validation.url(request, "notification_url"),
        reply_url=validation.url(request, "notification_url_reponse"),
    )


def _recipients(account: Account, request: ParsedRequest) -> list[str]:
    """Return the numbers of `numero`, or of an existing group: exactly one of the two."""
    group = request.get("groupe")
    if bool(group) == bool(request.get("numero")):
        raise incorrect("numero, groupe")
    if not group:
        return validation.numbers(request)
    members = account.groups.get(group)
    if not members:
        raise incorrect("groupe")
    return list(members)


def _add_text(message: Message, options: TextOptions, number: str, text: str, sender: str, reference: str) -> None:
    composed = compose(
        text, number=number, stop=options.stop, max_segments=options.max_segments, alphabet=options.alphabet
    )
    _add(message, number, composed, sender, reference, options.alphabet.segments(composed))


def _add(message: Message, number: str, text: str, sender: str, reference: str, segments: int) -> None:
    position, at = len(message.deliveries), message.created_at
    message.deliveries.append(Delivery(message, position, number, text, sender, reference, segments, SCHEDULED, at))


def _rows(request: ParsedRequest) -> list[dict[str, str]]:
    """Read the file: ISO-8859-15, comma, double quotes, a first row of names (p. 30)."""
    if not request.file:
        raise missing("fichier")
    reader = csv.DictReader(StringIO(request.file.decode(LATIN), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise incorrect("fichier") from error
    names = set(reader.fieldnames or ())
    if not rows or not names <= COLUMNS or not {"numero", "message"} <= names or any(None in row for row in rows):
        raise incorrect("fichier")
    return rows


def _accept(state: GatewayState, message: Message) -> str:
    state.accept(message)
    return f"0 | Accepté | {message.id}"
