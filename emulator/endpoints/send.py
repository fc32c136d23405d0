"""sendSMS (p. 6, 27), sendVoiceMessage (p. 25) and sendSMSBatch (p. 29)."""

import csv
from dataclasses import dataclass
from io import StringIO

from emulator import validation as checks
from emulator.codes import SCHEDULED, incorrect, missing
from emulator.encoding import LATIN, Call
from emulator.models import SHORT_CODE, Account, Delivery, Kind, Message
from emulator.segmentation import GSM, UNICODE, Alphabet, compose
from emulator.state import World, new_id

UNICODE_CLASS = "9"
REPLY_CLASS = "4"
PLAIN_CLASS = "2"
VOICE_CALLER = "sMsmode"
VOICE_LENGTH = 160
VOICE_TITLE = "Ceci est un message de sMsmode"
LANGUAGES = ("fr-FR", "en-GB", "de-DE", "es-ES")
COLUMNS = {"numero", "message", "emetteur", "refClient"}


@dataclass(frozen=True)
class Style:
    """The options that hold for all texts of one request."""

    message_class: str
    stop: str
    max_segments: int

    @property
    def alphabet(self) -> Alphabet:
        """Return how its texts are counted."""
        return UNICODE if self.message_class == UNICODE_CLASS else GSM


def check_numbers(call: Call) -> None:
    """Refuse bad numbers; the gateway does so even before it looks at the key."""
    if call.get("numero"):
        checks.numbers(call)


def send_sms(world: World, account: Account, call: Call) -> str:
    """Accept an SMS."""
    style = _style(call, (PLAIN_CLASS, REPLY_CLASS, UNICODE_CLASS))
    sender = _sender(call.get("emetteur"), style)
    message = _message(world, account, call, "sms", int(style.message_class))
    reference = checks.reference(call.get("refClient"))
    for number in _recipients(account, call):
        _add_text(message, style, number, call.get("message"), sender, reference)
    return _accept(world, message)


def send_voice(world: World, account: Account, call: Call) -> str:
    """Accept a voice message: one credit each, whatever its length."""
    if len(call.get("message")) > VOICE_LENGTH:
        raise incorrect("message")
    message = _message(world, account, call, "voice", 0)
    message.title = call.get("title", VOICE_TITLE)
    message.language = checks.choice(call, "language", LANGUAGES, LANGUAGES[0])
    for number in checks.numbers(call):
        _add(message, number, call.get("message"), VOICE_CALLER, "", 1)
    return _accept(world, message)


def send_batch(world: World, account: Account, call: Call) -> str:
    """Accept a file of SMS; one wrong row refuses the whole."""
    style = _style(call, (PLAIN_CLASS, REPLY_CLASS))
    sender = _sender(call.get("emetteur"), style)
    message = _message(world, account, call, "sms", int(style.message_class))
    for row in _rows(call):
        number = checks.msisdn(row.get("numero") or "", "numero")
        own = _sender(row.get("emetteur") or "", style) if row.get("emetteur") else sender
        reference = checks.reference(row.get("refClient") or call.get("refClient"))
        if not row.get("message"):
            raise missing("message")
        _add_text(message, style, number, row["message"], own, reference)
    return _accept(world, message)


def _style(call: Call, classes: tuple[str, ...]) -> Style:
    return Style(
        message_class=checks.choice(call, "classe_msg", classes, PLAIN_CLASS),
        stop=checks.choice(call, "stop", ("1", "2")),
        max_segments=checks.whole(call, "nbr_msg", checks.MAX_SEGMENTS, low=1, high=checks.MAX_SEGMENTS),
    )


def _sender(text: str, style: Style) -> str:
    if text and style.message_class == REPLY_CLASS:
        raise incorrect("emetteur")
    return checks.sender(text) or SHORT_CODE


def _message(world: World, account: Account, call: Call, kind: Kind, message_class: int) -> Message:
    return Message(
        id=new_id(),
        account=account,
        kind=kind,
        message_class=message_class,
        created_at=world.clock.now(),
        leaves_at=checks.departure(call, world.clock),
        notification_url=checks.url(call, "notification_url"),
        reply_url=checks.url(call, "notification_url_reponse"),
    )


def _recipients(account: Account, call: Call) -> list[str]:
    """Return the numbers of `numero`, or of an existing group: exactly one of the two."""
    group = call.get("groupe")
    if bool(group) == bool(call.get("numero")):
        raise incorrect("numero, groupe")
    if not group:
        return checks.numbers(call)
    members = account.groups.get(group)
    if not members:
        raise incorrect("groupe")
    return list(members)


def _add_text(message: Message, style: Style, number: str, text: str, sender: str, reference: str) -> None:
    composed = compose(text, number=number, stop=style.stop, max_segments=style.max_segments, alphabet=style.alphabet)
    _add(message, number, composed, sender, reference, style.alphabet.segments(composed))


def _add(message: Message, number: str, text: str, sender: str, reference: str, segments: int) -> None:
    position, at = len(message.deliveries), message.created_at
    message.deliveries.append(Delivery(message, position, number, text, sender, reference, segments, SCHEDULED, at))


def _rows(call: Call) -> list[dict[str, str]]:
    """Read the file: ISO-8859-15, comma, double quotes, a first row of names (p. 30)."""
    if not call.file:
        raise missing("fichier")
    reader = csv.DictReader(StringIO(call.file.decode(LATIN), newline=""), strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise incorrect("fichier") from error
    names = set(reader.fieldnames or ())
    if not rows or not names <= COLUMNS or not {"numero", "message"} <= names or any(None in row for row in rows):
        raise incorrect("fichier")
    return rows


def _accept(world: World, message: Message) -> str:
    world.accept(message)
    return f"0 | Accepté | {message.id}"
