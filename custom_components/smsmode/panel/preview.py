"""Preview of what somebody writes: what it will be and cost, and what would make it cheaper."""

from typing import Any, Final

from ..api.gsm import gsm_equivalent
from .call import PanelCall

type Json = dict[str, Any]

# Each is composed anew.
MAX_OFFERS: Final = 5
# What people write for the characters that count double.
_CHEAPER: Final = {"€": "EUR", "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "^": "", "~": "-"}


async def async_preview(call: PanelCall) -> None:
    """Answer with what the action previews, and offers to replace what costs a segment."""
    fields: Json = {name: call.fields[name] for name in ("reply", "encoding") if name in call.fields}
    if call.fields.get("recipients"):
        fields["target"] = call.fields["recipients"]
    message = call.fields["message"]
    preview = await call.act("preview_message", message=message, **fields)
    offers = []
    for character in [each for each in preview["costly"] if each in message][:MAX_OFFERS]:
        cheaper = _CHEAPER.get(character, gsm_equivalent(character) or "")
        if other := message.replace(character, cheaper).strip():
            saved = preview["segments"] - (await call.act("preview_message", message=other, **fields))["segments"]
            offers += [{"from": character, "to": cheaper, "saves_segments": saved}] if saved > 0 else []
    call.answer({**preview, "offers": offers})
