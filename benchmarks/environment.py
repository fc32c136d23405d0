"""Environment of the measurements."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

GIGABYTE = 1024**3


def describe() -> str:
    """Return a description of the machine and its load just before."""
    load, _, _ = os.getloadavg()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} processors, {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"Home Assistant {version('homeassistant')}, aiohttp {version('aiohttp')}; load before: {load:.1f}"
    )


def _processor() -> str:
    """Return the name of the processor, where Linux has it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
