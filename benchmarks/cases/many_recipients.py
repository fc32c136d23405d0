"""Many recipients in YAML: cost of the set-up; `python -m benchmarks.cases.many_recipients [COUNT]`."""

# Before the harness puts its own custom_components first.
import custom_components.smsmode  # isort: skip  # noqa: F401

import asyncio
import sys
from collections.abc import Awaitable
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_test_home_assistant

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway

PLATFORMS = ("button", "event", "notify", "sensor")


async def measured(what: str, work: Awaitable[object], hass: HomeAssistant) -> None:
    """Run something until all tasks are done, and print its cost."""
    cpu, began = process_time(), perf_counter()
    await work
    await hass.async_block_till_done(wait_background_tasks=True)
    print(f"{what}: {process_time() - cpu:.2f} s of CPU, {perf_counter() - began:.2f} s in all")


async def main(count: int) -> None:
    """Set up an account with so many recipients, change one of them, and add one."""
    asyncio.get_running_loop().set_debug(False)
    with TemporaryDirectory() as folder:
        async with Gateway() as gateway, async_test_home_assistant(config_dir=folder) as hass:
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            for platform in PLATFORMS:
                await async_setup_component(hass, platform, {})
            recipients = [{"name": f"Person {index}", "number": f"+33612{index:06}"} for index in range(count)]
            account = {"name": "Home", "access_token": gateway.token, "base_url": gateway.url, "recipients": recipients}
            await measured(f"{count} recipients", async_setup_component(hass, DOMAIN, {DOMAIN: [account]}), hass)
            (entry,) = hass.config_entries.async_entries(DOMAIN)
            print(f"{len(entry.subentries)} recipients, {len(hass.states.async_entity_ids())} entities")
            await measured("a reload", hass.config_entries.async_reload(entry.entry_id), hass)
            await hass.async_stop(force=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
