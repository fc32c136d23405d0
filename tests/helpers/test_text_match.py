"""What a reply says is understood as people mean it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.helpers.text_match import contains_words, equals_words, normalize_text


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here."""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("Oui", "oui", id="capitals"),
        pytest.param(" OK ", "ok", id="space around"),
        pytest.param("ok.", "OK", id="full stop"),
        pytest.param("OK !", "ok", id="exclamation"),
        pytest.param("ok 👍🏽", "OK", id="emoji after"),
        pytest.param("ARRETE", "arrête", id="accent left out"),
        pytest.param("arre\N{COMBINING CIRCUMFLEX ACCENT}te", "arrête", id="accent apart"),
        pytest.param("d’accord", "d'accord", id="curly apostrophe"),
        pytest.param("tout\r\n  va bien", "tout va bien", id="line break"),
        pytest.param("De bon coeur", "de bon cœur", id="ligature"),
        pytest.param("STRASSE", "Straße", id="sharp s"),
        pytest.param("\N{FULLWIDTH DIGIT ONE}", "1", id="wide digit"),
        pytest.param("👍", " 👍", id="nothing but an emoji"),
        pytest.param("de\N{NARROW NO-BREAK SPACE}bon\N{NO-BREAK SPACE}cœur", "de bon coeur", id="no-break spaces"),
        pytest.param("ﬁni", "FINI", id="ligature of print"),
        pytest.param("d`accord", "d\N{LEFT SINGLE QUOTATION MARK}accord", id="grave accent and left quotation mark"),
        pytest.param("d\N{ACUTE ACCENT}accord", "d'accord", id="acute accent"),
        *(
            pytest.param(*spelt, id=name)
            for name, spelt in {
                "apostrophe that is a letter": ("d\N{MODIFIER LETTER APOSTROPHE}accord", "d'accord"),
                "zero-width space": ("d'ac\N{ZERO WIDTH SPACE}cord", "d'accord"),
                "byte order mark": ("o\ufeffk", "ok"),
                "soft hyphen": ("d'ac\N{SOFT HYPHEN}cord", "d'accord"),
                "filler": ("o\N{HANGUL FILLER}k", "ok"),
                "word joiner": ("o\N{WORD JOINER}k", "ok"),
                "variation selector": ("❤\N{VARIATION SELECTOR-16}", "❤"),
                "letters with a stroke": ("zamknij drzwi Łukasz", "zamknij drzwi lukasz"),
                "dotless i": ("\N{LATIN SMALL LETTER DOTLESS I}ş\N{LATIN SMALL LETTER DOTLESS I}k", "isik"),
            }.items()
        ),
    ],
)
def test_a_reply_is_what_somebody_waits_for(text: str, wanted: str) -> None:
    assert equals_words(text, wanted)
    assert contains_words(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("not ok", "ok", id="another word"),
        pytest.param("okay", "ok", id="a longer word"),
        pytest.param("👎", "👍", id="another emoji"),
        pytest.param("!!!", "👍", id="no words either"),
        pytest.param("", "ok", id="nothing"),
        pytest.param("2", "1", id="another digit"),
        pytest.param(
            "\N{DEVANAGARI LETTER KA}\N{DEVANAGARI VOWEL SIGN U}", "\N{DEVANAGARI LETTER KA}", id="vowel sign"
        ),
    ],
)
def test_a_reply_is_not_what_nobody_waits_for(text: str, wanted: str) -> None:
    assert not equals_words(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        pytest.param("Oui, j’arrive !", "oui", True, id="a word"),
        pytest.param("je dis NON.", "non", True, id="the last word"),
        pytest.param("C'est d'accord, à tout de suite", "d’accord", True, id="a phrase"),
        pytest.param("Voilà 👍 à plus", "👍", True, id="an emoji"),
        pytest.param("Louis est là", "oui", False, id="half a word"),
        pytest.param("Annonce", "non", False, id="in the middle of a word"),
        pytest.param("Voilà 👎", "👍", False, id="another emoji"),
        pytest.param("va tout bien", "tout va", False, id="words in another order"),
    ],
)
def test_words_are_found_whole(text: str, wanted: str, *, found: bool) -> None:
    assert contains_words(text, wanted) is found


@given(st.text(), st.text(), st.text())
def test_what_is_said_among_other_words_is_found(before: str, wanted: str, after: str) -> None:
    assert equals_words(wanted, wanted)
    assert contains_words(f"{before} {wanted} {after}", wanted)


@given(st.text())
def test_normalised_text_is_words_alone_and_stays_what_it_is(text: str) -> None:
    words = normalize_text(text)
    assert normalize_text(words) == words == " ".join(words.split())
    assert normalize_text(unicodedata.normalize("NFC", text)) == normalize_text(unicodedata.normalize("NFD", text))
