"""Home Assistant process of the demo, on a temporary copy of demo/config, with a user who is logged in."""

import json
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from .polling import wait_for_server
from .settings import LOOPBACK, Settings
from .subprocesses import ROOT, Subprocess

TIMEOUT = 180
CONFIG = ROOT / "demo" / "config"
BIN = Path(sys.executable).parent


def prepare_config(home: Path, settings: Settings) -> None:
    """Copy demo/config, and mark the steps of the first start that need a person or the internet as done."""
    for file in [*CONFIG.glob("*.yaml"), *(CONFIG / settings.language).iterdir()]:
        shutil.copy(file, home)
    (home / "custom_components").symlink_to(ROOT / "custom_components")
    (home / ".storage").mkdir(mode=0o700)
    _store(home, "onboarding", 4, {"done": ["core_config", "analytics", "integration"]})
    # A section http: in YAML would be on trial for five minutes.
    _store(home, "http", 3, {"stable": _http(settings.house_port), "pending": None, "yaml_migration_done": True})
    if settings.number:
        _leave_phones_out(home / "dashboard.yaml")


def _leave_phones_out(dashboard: Path) -> None:
    """Remove the last section, which shows the phones of the emulator."""
    dashboard.write_text(dashboard.read_text().rpartition("      #")[0])


def _store(home: Path, key: str, version: int, data: dict[str, Any]) -> None:
    document = {"version": version, "minor_version": 1, "key": key, "data": data}
    (home / ".storage" / key).write_text(json.dumps(document))


def _http(port: int) -> dict[str, Any]:
    return {
        "server_host": [LOOPBACK],
        "server_port": port,
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "intermediate_v6",
        "use_x_frame_options": True,
    }


def home_assistant(home: Path, settings: Settings) -> Subprocess:
    """Return the process of Home Assistant, with the address of the gateway in its environment."""
    return Subprocess(
        "Home Assistant",
        [BIN / "hass", "--config", home, "--skip-pip"],
        home / "output.log",
        os.environ
        | {
            "SMSMODE_DEMO_HOUSE": settings.house,
            "SMSMODE_DEMO_GATEWAY": settings.gateway,
            "SMSMODE_DEMO_LANGUAGE": settings.language,
        },
    )


def gateway(home: Path, settings: Settings) -> Subprocess:
    """Return the process of the emulator, in which each status of a message lasts three seconds."""
    return Subprocess(
        "The gateway",
        [sys.executable, "-m", "emulator", "--port", str(settings.gateway_port), "--progression", "3s"],
        home / "gateway.log",
        os.environ,
    )


async def create_user(session: ClientSession, house: str, language: str) -> str:
    """Create the only user, with a random password; returns a token that is valid for half an hour."""
    await wait_for_server(session, f"{house}/api/onboarding", TIMEOUT)
    person = {"name": "Demo", "username": "demo", "password": secrets.token_urlsafe(), "language": language}
    client = {"client_id": f"{house}/"}
    async with session.post(f"{house}/api/onboarding/users", json=person | client) as response:
        response.raise_for_status()
        code = (await response.json())["auth_code"]
    grant = {"grant_type": "authorization_code", "code": code}
    async with session.post(f"{house}/auth/token", data=grant | client) as response:
        response.raise_for_status()
        token: str = (await response.json())["access_token"]
        return token
