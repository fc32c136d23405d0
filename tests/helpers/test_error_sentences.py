"""Errors are told in the language of who reads them."""

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.errors import operation_error
from custom_components.smsmode.helpers.error_sentences import async_error_sentence


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Say what to write to Zoé."), ("fr-FR", "Dites ce qu’il faut écrire à Zoé.")],
)
async def test_an_error_is_told_in_a_language(hass: HomeAssistant, language: str, sentence: str) -> None:
    err = operation_error("assistant_no_text", name="Zoé")
    assert await async_error_sentence(hass, err, language) == sentence


async def test_an_error_of_another_integration_says_what_it_says(hass: HomeAssistant) -> None:
    other = HomeAssistantError("Busy", translation_domain="other", translation_key="assistant_no_text")
    assert await async_error_sentence(hass, other, "fr") == "Busy"
