"""What may be shown of the gateway's own words."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custom_components.smsmode.api.response import redact_gateway_text


@pytest.mark.parametrize(
    ("said", "sent", "shown"),
    [
        ("Paramètre obligatoire manquant (numero)", "+33612345678", "Paramètre obligatoire manquant (numero)"),
        ("texte refusé: Fuite à la cave", "Fuite à la cave", "texte refusé: …"),
        ("texte refusé: Fuite à la cuis", "Fuite à la cuisine", "texte refusé: …"),
        ("texte refusé: FUITE", "fuite", "texte refusé: …"),
        ("texte refusé: cuis", "la cuisine", "texte refusé: …"),
        ("clé abcdefghijkl inconnue", "abcdefghijkl", "clé … inconnue"),
        ("numero 06 12 34 56 78 refusé", "33612345678", "numero … refusé"),
        ("numero +33 (0)6.12-34-56-78 refusé", "", "numero … refusé"),
        ("numero \u0661\u0662\u0663 refusé", "", "numero … refusé"),
        ("texte refusé: dÃ©tectÃ©", "détecté", "texte refusé: …"),
        ("texte refusé: 🔥🔥", "🔥", "texte refusé: …"),
        ("texte refusé: \u041f\u043e\u0436\u0430\u0440", "\u041f\u043e\u0436\u0430\u0440", "texte refusé: …"),
        ("limite de 11 signes", "", "limite de 11 signes"),
    ],
    ids=[
        "own words",
        "text",
        "text cut short",
        "other case",
        "part of a word",
        "key of letters",
        "number in pairs",
        "number with signs",
        "digits of elsewhere",
        "in another encoding",
        "emoji",
        "in another script",
        "small number",
    ],
)
def test_what_was_sent_is_redacted(said: str, sent: str, shown: str) -> None:
    assert redact_gateway_text(said, sent) == shown


@given(sent=st.text(st.characters(categories=("L", "N")), min_size=4), before=st.text(), after=st.text())
def test_every_word_that_was_sent_is_redacted(sent: str, before: str, after: str) -> None:
    assume(sent.casefold() not in redact_gateway_text(f"{before} {after}").casefold())
    assert sent.casefold() not in redact_gateway_text(f"{before} {sent} {after}", sent).casefold()


@given(said=st.text(), sent=st.text())
def test_a_redacted_text_has_at_most_200_characters(said: str, sent: str) -> None:
    assert len(redact_gateway_text(said * 50, sent)) <= 200
