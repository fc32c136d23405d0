"""What stands in for a character that the gateway does not take."""

# ruff: noqa: RUF001

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.api.gsm import GSM_CHARACTERS, gsm_equivalent


@pytest.mark.parametrize(
    ("char", "said"),
    [
        ("é", "é"),
        ("€", "€"),
        ("ê", "e"),
        ("ç", "c"),
        ("È", "E"),
        ("À", "A"),
        ("î", "i"),
        ("ï", "i"),
        ("ô", "o"),
        ("ÿ", "y"),
        ("ế", "e"),
        ("œ", "oe"),
        ("Œ", "OE"),
        ("ł", "l"),
        ("þ", "th"),
        ("’", "'"),
        ("‘", "'"),
        ("`", "'"),
        ("“", '"'),
        ("«", '"'),
        ("»", '"'),
        ("–", "-"),
        ("—", "-"),
        ("−", "-"),
        ("•", "-"),
        ("…", "..."),
        ("\xa0", " "),
        ("\u202f", " "),
        ("\t", " "),
        ("\u2028", "\n"),
        ("°", ""),
        ("\u200b", ""),
        ("\xad", ""),
        ("\ufe0f", ""),
        ("\u0301", ""),
        ("²", "2"),
        ("½", " 1/2"),
        ("⅓", " 1/3"),
        ("℃", "C"),
        ("№", "No"),
        ("™", "TM"),
        ("ﬁ", "fi"),
        ("Ａ", "A"),
        ("×", "x"),
        ("≤", "<="),
        ("→", "->"),
        ("≠", "<>"),
    ],
    ids=ascii,
)
def test_accents_and_typography_have_an_equivalent(char: str, said: str) -> None:
    assert gsm_equivalent(char) == said


@pytest.mark.parametrize(
    "char", ["😀", "Ж", "Ω", "μ", "火", "א", "한", "株", "㈱", "¤", "≮", "\u20e3", "\u0338", "🇫"], ids=ascii
)
def test_scripts_emoji_and_strokes_have_none(char: str) -> None:
    assert gsm_equivalent(char) is None


@given(st.characters())
def test_an_equivalent_can_be_sent(char: str) -> None:
    assert GSM_CHARACTERS.issuperset(gsm_equivalent(char) or "")
