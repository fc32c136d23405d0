"""Thousands of numbers or texts are gone through in a thread, for the house has other things to do meanwhile."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant

# A number costs 70 µs: up to here less than going to a thread and back.
FEW = 20


async def async_run_maybe_in_executor[T](hass: HomeAssistant, many: int, work: Callable[[], T]) -> T:
    """Do what concerns so many; here if they are few."""
    return work() if many <= FEW else await hass.async_add_executor_job(work)
