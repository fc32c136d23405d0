"""Work on many items in the executor, on few in the event loop."""

from collections.abc import Callable

from homeassistant.core import HomeAssistant

# A number costs 70 µs: up to here less than going to a thread and back.
FEW = 20


async def async_run_maybe_in_executor[T](hass: HomeAssistant, many: int, work: Callable[[], T]) -> T:
    """Run work on so many items, in the executor unless they are few."""
    return work() if many <= FEW else await hass.async_add_executor_job(work)
