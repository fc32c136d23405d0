"""Sender names that French operators block: general words, in English and French."""

import pytest

from custom_components.smsmode.config.sender_names import is_generic_sender


@pytest.mark.parametrize(
    "name", ["ALERT", "alerte", "Alarme", "ALARMES", "INFO", "INFO24", "SMS", "RDV", "Maison", "HOUSE", "News", " Eau "]
)
def test_a_general_word_is_generic(name: str) -> None:
    assert is_generic_sender(name)


@pytest.mark.parametrize("name", ["DUPONT", "Martin2", "LesTilleuls", "Infomaison", "ALERTEDUPON", "2024", ""])
def test_a_name_is_not_generic(name: str) -> None:
    assert not is_generic_sender(name)
