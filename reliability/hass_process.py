"""Home Assistant process: a real one, which can be killed at any instant."""

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import jwt
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse
from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.auth.models import TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN
from homeassistant.components.http.config import STORAGE_VERSION as HTTP_VERSION

from custom_components.smsmode.const import DOMAIN
from tests.support.gateway import Gateway
from tests.support.house import ALICE

from .observer import EVENTS_FILE, REPORTS_FILE

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = Path(__file__).with_name("minimal_hass.py")
# Integrations of the proofs; each is loaded where the configuration names it.
HELPERS = ("observer", "companion", "lens")
LOOPBACK = "127.0.0.1"
PATIENCE = 120
TOKEN_LIFETIME = 10**8
CONFIGURATION = """
homeassistant: {{country: FR, time_zone: Europe/Paris}}
websocket_api:
observer:
smsmode:
  - name: Home
    access_token: {token}
    base_url: {url}
    daily_limit: 0
    recipient_hourly_limit: 0
    callbacks: "off"
    recipients:
      - {{name: Alice, number: "{alice}"}}
      - {{name: Family, group: Famille}}
"""

HTTP = {
    "server_host": [LOOPBACK],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": False,
    "ssl_profile": "intermediate",
    "use_x_frame_options": True,
}

type Json = dict[str, Any]


class HassStoppedError(Exception):
    """Home Assistant stopped before it answered."""


class ActionError(Exception):
    """Error of an action; ``key`` is its translation key."""

    def __init__(self, error: Json) -> None:
        """Keep the error of Home Assistant."""
        super().__init__(error["message"])
        self.key: str | None = error.get("translation_key")


class HassProcess:
    """Home Assistant with a folder of its own, started and stopped many times."""

    def __init__(
        self, folder: Path, gateway: Gateway, environment: dict[str, str] | None = None, more: str = ""
    ) -> None:
        """Prepare the folder: an account at a gateway and a user with a token.

        `environment` is that of each run, `more` the YAML of other integrations.
        """
        self.folder = folder
        with socket.create_server((LOOPBACK, 0)) as server:
            self.port: int = server.getsockname()[1]
        (folder / "custom_components").mkdir(parents=True)
        for place in (ROOT / "custom_components" / DOMAIN, *(Path(__file__).with_name(name) for name in HELPERS)):
            (folder / "custom_components" / place.name).symlink_to(place)
        written = CONFIGURATION.format(token=gateway.token, url=gateway.url, alice=ALICE)
        (folder / "configuration.yaml").write_text(written + more)
        (folder / ".storage").mkdir(mode=0o700)
        self._store(
            "http", HTTP_VERSION, stable=HTTP | {"server_port": self.port}, pending=None, yaml_migration_done=True
        )
        self._user, self._key = secrets.token_hex(16), secrets.token_hex(64)
        self._store("auth", 1, **self._auth_data())
        self._environment = environment or {}
        self._process: Process | None = None

    def _store(self, key: str, version: int, **data: Any) -> None:
        document = {"version": version, "minor_version": 1, "key": key, "data": data}
        (self.folder / ".storage" / key).write_text(json.dumps(document))

    def _auth_data(self) -> Json:
        user = {"id": self._user, "group_ids": [GROUP_ID_ADMIN], "is_owner": True, "is_active": True}
        token = {
            "id": self._user,
            "user_id": self._user,
            "client_id": None,
            "token_type": TOKEN_TYPE_LONG_LIVED_ACCESS_TOKEN,
            "created_at": datetime.now(UTC).isoformat(),
            "access_token_expiration": TOKEN_LIFETIME,
            "token": secrets.token_hex(64),
            "jwt_key": self._key,
        }
        return {
            "users": [user | {"name": "Owner", "system_generated": False}],
            "groups": [{"id": GROUP_ID_ADMIN}],
            "credentials": [],
            "refresh_tokens": [token],
        }

    async def start(self) -> None:
        """Start the process."""
        # Compiled once for all runs, and for no other program.
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")} | self._environment
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with (self.folder / "output.log").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                # It finds custom components in its own folder alone.
                *(sys.executable, "-P", PROGRAM, "--config", self.folder, "--skip-pip"),
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def kill(self) -> None:
        """Kill the process and its children with SIGKILL."""
        if self._process is not None and self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()

    async def stop(self) -> bool:
        """Terminate the process, as a restart does; returns whether Home Assistant ended without an error."""
        assert self._process is not None
        self._process.terminate()
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait() == 0

    @asynccontextmanager
    async def connected(self, session: ClientSession) -> AsyncIterator[HassClient]:
        """Yield a client as soon as Home Assistant has started."""
        async with asyncio.timeout(PATIENCE):
            socket = await self._socket(session)
            client = HassClient(socket)
            while (await client.send_command("get_config"))["state"] != "RUNNING":  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        try:
            yield client
        finally:
            await client.close()

    async def _socket(self, session: ClientSession) -> ClientWebSocketResponse:
        while True:
            try:
                socket = await session.ws_connect(self.url("/api/websocket"), max_msg_size=0)
                await socket.receive_json()
                await socket.send_json({"type": "auth", "access_token": self._token})
                await socket.receive_json()
            except ClientError, TypeError:
                # Not there yet, or only just.
                await asyncio.sleep(0.05)
            else:
                return socket

    @property
    def _token(self) -> str:
        # Valid by any clock.
        return jwt.encode({"iss": self._user, "iat": 0, "exp": TOKEN_LIFETIME * 100}, self._key)

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://{LOOPBACK}:{self.port}{path}"

    async def post(self, session: ClientSession, path: str, data: Json) -> Json:
        """Post to the REST API as the user, and return the answer."""
        headers = {"Authorization": f"Bearer {self._token}"}
        async with session.post(self.url(path), json=data, headers=headers) as response:
            response.raise_for_status()
            answer: Json = await response.json()
            return answer

    @property
    def has_account(self) -> bool:
        """Return whether the account is stored in the config entries."""
        written = self.folder / ".storage" / "core.config_entries"
        return written.exists() and f'"{DOMAIN}"' in written.read_text()

    @property
    def reports(self) -> list[Json]:
        """Return the delivery reports of all runs."""
        return self._read(REPORTS_FILE)

    @property
    def events(self) -> list[Json]:
        """Return the answers and the changes of alerts of all runs."""
        return self._read(EVENTS_FILE)

    def _read(self, name: str) -> list[Json]:
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]


class HassClient:
    """Client of the WebSocket API, until the process ends."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        """Listen to an authenticated socket."""
        self._socket = socket
        self._numbers = count(1)
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        async for message in self._socket:
            answer = message.json()
            self._answers.pop(answer["id"]).set_result(answer)
        for future in self._answers.values():
            future.set_exception(HassStoppedError)
        self._answers.clear()

    async def send_command(self, kind: str, **content: Any) -> Any:
        """Send a command and return its result; HassStoppedError if the process is gone, ActionError if it failed."""
        number = next(self._numbers)
        future = asyncio.get_running_loop().create_future()
        if self.is_closed:
            raise HassStoppedError
        self._answers[number] = future
        try:
            await self._socket.send_json({"id": number, "type": kind, **content})
        except ClientError, ConnectionError:
            self._answers.pop(number, None)
            raise HassStoppedError from None
        answer = await future
        if not answer["success"]:
            raise ActionError(answer["error"])
        return answer["result"]

    async def call_action(self, domain: str, action: str, data: Json, *, answers: bool) -> Json | None:
        """Call an action, and return its response if it has one."""
        result = await self.send_command(
            "call_service", domain=domain, service=action, service_data=data, return_response=answers
        )
        response: Json | None = result.get("response")
        return response

    @property
    def is_closed(self) -> bool:
        """Return whether the connection is closed."""
        return self._listener.done()

    async def state(self, entity_id: str) -> str | None:
        """Return the state of an entity, or None."""
        states = {state["entity_id"]: state["state"] for state in await self.send_command("get_states")}
        return states.get(entity_id)

    async def close(self) -> None:
        """Close the socket."""
        self._listener.cancel()
        await self._socket.close()
