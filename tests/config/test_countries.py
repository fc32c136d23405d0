"""Countries have the names that people call them by."""

import phonenumbers
import pytest
from homeassistant.generated.countries import COUNTRIES

from custom_components.smsmode.config.countries import country_name


@pytest.mark.parametrize(
    ("region", "language", "name"),
    [
        ("FR", "en", "France"),
        ("GB", "fr", "Royaume-Uni"),
        ("GB", "de", "United Kingdom"),
        ("TV", "fr", "Tuvalu"),
        ("ZZ", "fr", "ZZ"),
    ],
)
def test_a_country_is_called_by_its_name(region: str, language: str, name: str) -> None:
    assert country_name(region, language) == name


def test_every_country_that_has_numbers_or_can_be_chosen_has_a_name() -> None:
    regions = phonenumbers.SUPPORTED_REGIONS | COUNTRIES
    assert [region for region in sorted(regions) if country_name(region, "fr") == region] == []
