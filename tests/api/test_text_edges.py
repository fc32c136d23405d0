"""How a text travels, where one character more or less would decide otherwise."""

from custom_components.smsmode.api import Alphabet, StopClause, prepare


def test_the_stop_mention_is_paid_for_in_either_alphabet() -> None:
    # 65 characters, or 155 when the ellipses are written out: with the mention two segments either way.
    text = "…" * 45 + "x" * 20
    prepared = prepare(text, stop=StopClause.ALWAYS)
    assert (prepared.alphabet, prepared.text, prepared.segments) == (Alphabet.UNICODE, text, 2)
