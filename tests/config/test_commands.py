"""The text of a command: its PIN is found and hidden, its words are compared as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.config.commands import CommandText, find_pins, parse_command
from custom_components.smsmode.config.pin_redaction import hide_pin
from custom_components.smsmode.helpers.text_match import normalize_text


@pytest.mark.parametrize(
    ("text", "pin", "rest"),
    [
        ("4711 lights off", "4711", "lights off"),
        (" 4711: lights off ", "4711", "lights off"),
        ("4711", "4711", ""),
        ("12345678, gate", "12345678", "gate"),
        ("lights off", None, "lights off"),
        ("lights off 4711", None, "lights off 4711"),
        ("471 lights", None, "471 lights"),
        ("123456789 lights", None, "123456789 lights"),
        ("4711lights", None, "4711lights"),
        ("٤٧١١ lights", None, "٤٧١١ lights"),
    ],
)
def test_a_pin_stands_before_the_command(text: str, pin: str | None, rest: str) -> None:
    assert parse_command(text) == CommandText(pin, rest)
    shown = hide_pin(text)
    assert "4711" not in shown or pin is None
    assert shown.strip().endswith(rest)


@given(st.text())
def test_a_text_without_pin_is_shown_as_it_is_and_a_pin_never(text: str) -> None:
    read = parse_command(text)
    assert hide_pin(text) == text if read.pin is None else parse_command(hide_pin(text)).pin is None


def test_commands_are_compared_without_case_accents_and_punctuation() -> None:
    assert normalize_text(" Lumières, ÉTEINTES ! ") == normalize_text("lumieres eteintes") == "lumieres eteintes"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        pytest.param("Nœud", "noeud", id="ligature"),
        pytest.param("Cœur æther", "COEUR AETHER", id="ligatures in capitals"),
        pytest.param("l\N{MODIFIER LETTER APOSTROPHE}alarme", "l'alarme", id="apostrophe that is a letter"),
        pytest.param("lumi\N{ZERO WIDTH SPACE}ères", "lumières", id="zero-width space"),
    ],
)
def test_commands_are_compared_as_answers_are(written: str, typed: str) -> None:
    assert normalize_text(written) == normalize_text(typed)


def test_all_that_could_be_a_pin_is_found() -> None:
    assert find_pins("The code is 4711, or 0815; not 471, nor 123456789. 4711!") == ["4711", "0815"]
