"""Addresses of the gateway that lack something, or have all they need."""

import pytest

from custom_components.smsmode.api import SmsmodeInputError
from custom_components.smsmode.api.validation import validate_base_url


@pytest.mark.parametrize("url", ["https:///http", "https://:443/http", "http:///http", "https://@/http"])
def test_an_address_names_a_host(url: str) -> None:
    with pytest.raises(SmsmodeInputError):
        validate_base_url(url)


@pytest.mark.parametrize("url", ["https://proxy.example/smsX", "https://proxy.example/SMS/X"])
def test_an_address_loses_its_last_slashes_and_nothing_else(url: str) -> None:
    assert validate_base_url(url) == url
    assert validate_base_url(f"{url}//") == url
