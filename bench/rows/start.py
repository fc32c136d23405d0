"""What the start costs: the import beyond what Home Assistant has imported anyway, and the set-up of an account."""

import argparse
import asyncio
import importlib
import pkgutil
import resource
import subprocess
import sys
from statistics import median
from time import perf_counter

from bench.house import ROOT, account, house, stub
from bench.measure import Row, tell
from custom_components.smsmode.const import DOMAIN

MOST_MS, MOST_MB = 60, 12
# What any house has loaded before it loads us.
ANYWAY = (
    "homeassistant.bootstrap",
    "homeassistant.components.repairs",
    "homeassistant.components.diagnostics",
    "homeassistant.components.webhook",
    "homeassistant.components.logbook",
    "homeassistant.components.notify",
    "homeassistant.components.sensor",
    "homeassistant.components.event",
    "homeassistant.components.button",
    "homeassistant.components.calendar",
    "homeassistant.components.automation",
    "homeassistant.components.system_health",
    "homeassistant.helpers.trigger",
    "homeassistant.helpers.condition",
)
PROGRAM = "from bench.rows.start import import_ours; import_ours()"


def import_ours() -> None:
    """Import all of the integration after what a house has anyway; print milliseconds and megabytes."""
    for name in ANYWAY:
        importlib.import_module(name)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()
    package = importlib.import_module("custom_components.smsmode")
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    milliseconds = (perf_counter() - began) * 1000
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(f"{milliseconds} {megabytes}")


def _imports(rounds: int) -> list[tuple[float, float]]:
    found = []
    for _ in range(rounds + 1):
        command = [sys.executable, "-c", PROGRAM]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 - our own
        milliseconds, megabytes = answer.stdout.split()
        found.append((float(milliseconds), float(megabytes)))
    # The first run compiles.
    return found[1:]


async def _set_ups(recipients: int, rounds: int) -> list[float]:
    people = [{"name": f"Person {number}", "number": f"+3361{number:07}"} for number in range(recipients)]
    found = []
    with stub() as gateway:
        async with house(account(gateway.url, people)) as hass:
            (entry,) = hass.config_entries.async_entries(DOMAIN)
            for _ in range(rounds):
                await hass.config_entries.async_unload(entry.entry_id)
                began = perf_counter()
                await hass.config_entries.async_setup(entry.entry_id)
                found.append((perf_counter() - began) * 1000)
    return found


async def measure(*, quick: bool) -> list[Row]:
    """Import in processes of their own; set up with few and with many recipients."""
    rounds = 2 if quick else 7
    times, weights = zip(*await asyncio.to_thread(_imports, rounds), strict=True)
    spent, weight = median(times), median(weights)
    rows = [
        Row(what="import of everything", figure=f"{spent:.0f} ms", goal=f"≤ {MOST_MS} ms", met=spent <= MOST_MS),
        Row(what="memory of it", figure=f"{weight:.1f} MB", goal=f"≤ {MOST_MB} MB", met=weight <= MOST_MB),
    ]
    for recipients in (10, 200):
        found = await _set_ups(recipients, rounds)
        figure = f"{median(found):.0f} ms ({min(found):.0f} to {max(found):.0f})"
        rows.append(Row(what=f"set-up of an account with {recipients} recipients", figure=figure))
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    tell(asyncio.run(measure(quick=parser.parse_args().quick)))
