"""Amounts of money, as a person reads them."""

from homeassistant.core import HomeAssistant

_NO_BREAK = "\u00a0"


def price_note(hass: HomeAssistant, amount: float | None) -> str:
    """Return an amount in the currency of Home Assistant as a note for the end of a phrase; "" if there is none."""
    if amount is None:
        return ""
    # Of a tenth of a cent as well: that is what a segment costs where many are bought.
    whole, _, decimals = f"{amount:.3f}".removesuffix("0").partition(".")
    point = "," if hass.config.language.startswith("fr") else "."
    return f" ({whole}{point}{decimals}{_NO_BREAK}{hass.config.currency})"
