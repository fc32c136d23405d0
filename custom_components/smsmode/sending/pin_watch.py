"""No PIN is told to a group: whoever is in it, and whoever comes to be, could command the house."""

from collections.abc import Mapping, Sequence
from functools import partial

from ..config.commands import find_pins, verify_pin
from ..errors import validation_error
from ..runtime import SmsmodeRuntimeData

# Each costs a moment to compare.
MOST_LOOKED_AT = 10


async def async_reject_group_pin(account: SmsmodeRuntimeData, text: str) -> None:
    """Refuse a text for a group that has the PIN of somebody who may command the house."""
    kept = [access.pin for access in account.permissions if access.pin is not None]
    guesses = find_pins(text)[:MOST_LOOKED_AT]
    if kept and guesses:
        look = partial(_has_pin, guesses, kept)
        if await account.coordinator.hass.async_add_executor_job(look):
            raise validation_error("pin_in_group")


def _has_pin(guesses: Sequence[str], kept: Sequence[Mapping[str, str]]) -> bool:
    return any(verify_pin(guess, pin) for pin in kept for guess in guesses)
