"""Countries have the names that people call them by."""

import pytest

from custom_components.smsmode.config.countries import country_name


@pytest.mark.parametrize(
    ("region", "language", "name"),
    [("FR", "en", "France"), ("GB", "fr", "Royaume-Uni"), ("GB", "de", "United Kingdom"), ("TV", "fr", "TV")],
)
def test_a_country_is_called_by_its_name(region: str, language: str, name: str) -> None:
    assert country_name(region, language) == name
