"""Import time: imports the integration after what Home Assistant has anyway; prints milliseconds and megabytes.

A program of its own that startup.py runs: nothing that it needs itself may import any of ours before. With the argument
`phonenumbers` it imports that alone.
"""

import gc
import importlib
import os
import pkgutil
import sys
from pathlib import Path
from time import process_time

PACKAGE = "custom_components.smsmode"
MEGABYTE = 1024 * 1024
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
    "homeassistant.helpers.update_coordinator",
    "homeassistant.helpers.condition",
    # Of Assist, which every house has that has default_config.
    "hassil",
)


def main() -> None:
    """Import the modules and print the cost."""
    for name in ANYWAY:
        importlib.import_module(name)
    assert PACKAGE not in sys.modules, "it is measured too late"
    before, began = _resident(), process_time()
    if sys.argv[1:]:
        importlib.import_module(sys.argv[1])
        sys.stdout.write(f"{(process_time() - began) * 1000} {_resident() - before}")
        return
    package = importlib.import_module(PACKAGE)
    for module in pkgutil.walk_packages(package.__path__, f"{PACKAGE}."):
        importlib.import_module(module.name)
    milliseconds = (process_time() - began) * 1000
    sys.stdout.write(f"{milliseconds} {_resident() - before}")


def _resident() -> float:
    """Return the resident memory of this process in MB, after a garbage collection."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


if __name__ == "__main__":
    main()
