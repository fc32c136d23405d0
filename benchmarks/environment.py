"""What the figures were measured on."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

GIGABYTE = 1024**3


def describe() -> str:
    """Name the machine, and say how busy it was with other things just before."""
    load, _, _ = os.getloadavg()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIGABYTE
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {_processor()}, {os.cpu_count()} processors, {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"Home Assistant {version('homeassistant')}, aiohttp {version('aiohttp')}; load before: {load:.1f}"
    )


def _processor() -> str:
    """Give what the processor calls itself, where Linux tells."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
