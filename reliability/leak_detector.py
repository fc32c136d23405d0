"""Leak detector: counts everything that an integration could leave behind in Home Assistant, by kind and name."""

import asyncio
import contextlib
import gc
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from homeassistant.components.notify.legacy import NOTIFY_SERVICES
from homeassistant.core import HassJob, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.helpers.entity_platform import DATA_ENTITY_PLATFORM
from homeassistant.helpers.event import _KeyedEventData
from homeassistant.util.async_ import get_scheduled_timer_handles

OURS = "custom_components.smsmode"
DOMAIN = "smsmode"
_ADDRESS = re.compile(r" at 0x\w+")

type Inventory = dict[str, Counter[str]]
"""For each kind of thing, how many there are under each name."""


async def close_idle_connections(hass: HomeAssistant) -> None:
    """Close the idle connections of the shared session; its own timer does not run, because time stands still."""
    connector = async_get_clientsession(hass).connector
    assert connector is not None
    for idle in connector._conns.values():
        for protocol, _ in idle:
            protocol.close()
    connector._conns.clear()
    if connector._cleanup_handle is not None:
        connector._cleanup_handle.cancel()
        connector._cleanup_handle = None
    for _ in range(3):
        await asyncio.sleep(0)


def take_inventory(hass: HomeAssistant) -> Inventory:
    """Count everything that could be left over."""
    gc.collect()
    kinds = {
        "timers": _timers(hass),
        "tasks": (task.get_coro().__qualname__ for task in asyncio.all_tasks()),  # type: ignore[union-attr]
        "bus_listeners": _listeners(hass),
        "signals": _signals(hass),
        "trackers": _trackers(hass),
        "data": _data(hass),
        "actions": (f"{domain}.{name}" for domain, names in hass.services.async_services().items() for name in names),
        "notify_services": hass.data.get(NOTIFY_SERVICES, {}).get(DOMAIN, ()),
        "webhooks": hass.data.get("webhook", {}),
        "issues": (issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN),
        "entities": [*er.async_get(hass).entities, *hass.states.async_entity_ids()],
        "devices": dr.async_get(hass).devices,
        "flows": (str(flow) for manager in _flow_managers(hass) for flow in manager.async_progress()),
        "files": (path.name for path in Path(hass.config.path(".storage")).glob("*")),
        "open_files": _open_files(),
        "connections": (type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, sqlite3.Connection)),
        "objects": (type(thing).__qualname__ for thing in gc.get_objects() if type(thing).__module__.startswith(OURS)),
    }
    return {kind: Counter(map(_named, things)) for kind, things in kinds.items()}


def left_over(before: Inventory, after: Inventory) -> Inventory:
    """Return what is there now and was not before."""
    return {kind: after[kind] - before[kind] for kind in before}


def _named(thing: Any) -> str:
    return thing if isinstance(thing, str) else type(thing).__qualname__


def _timers(hass: HomeAssistant) -> Iterator[str]:
    """Yield the name of the callback of each timer."""
    for handle in get_scheduled_timer_handles(hass.loop):
        if not handle.cancelled():
            job = next((arg for arg in handle._args or () if isinstance(arg, HassJob)), None)
            other = getattr(getattr(handle, "_callback", None), "__qualname__", "?")
            # An account that is loaded anew has other objects of the same kinds.
            yield _ADDRESS.sub("", str(job.name or job.target) if job else other)


def _listeners(hass: HomeAssistant) -> Iterator[str]:
    for event, count in hass.bus.async_listeners().items():
        yield from [str(event)] * count


def _signals(hass: HomeAssistant) -> Iterator[str]:
    for signal, targets in hass.data.get(DATA_DISPATCHER, {}).items():
        yield from [str(signal)] * len(targets)


def _trackers(hass: HomeAssistant) -> Iterator[str]:
    for key, tracked in hass.data.items():
        if isinstance(tracked, _KeyedEventData):
            for what, callbacks in tracked.callbacks.items():
                yield from [f"{key} {what}"] * len(callbacks)


def _data(hass: HomeAssistant) -> Iterator[str]:
    """Yield the keys of the integration in hass.data, and their contents."""
    for key, value in hass.data.items():
        if DOMAIN in str(key):
            yield from (f"{key} {name}" for name in (value if isinstance(value, dict) else ("",)))
    yield from ["platform"] * len(hass.data.get(DATA_ENTITY_PLATFORM, {}).get(DOMAIN, ()))


def _flow_managers(hass: HomeAssistant) -> Iterable[Any]:
    entries = hass.config_entries
    return entries.flow, entries.options, entries.subentries


def _open_files() -> Iterator[str]:
    """Yield each open descriptor: files by path, others by kind."""
    for descriptor in list(Path("/proc/self/fd").iterdir()):
        # The one that the list itself needed is gone by now.
        with contextlib.suppress(FileNotFoundError):
            yield str(descriptor.readlink()).partition(":")[0]
