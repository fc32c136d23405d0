"""Callbacks per second through Home Assistant's HTTP server, against a webhook that only answers."""

import argparse
import asyncio
import json
import socket
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any

from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.components.http.config import STORAGE_VERSION
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from bench.house import ROOT, account, house, stub
from bench.measure import Row, tell
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.ledger import WatchedMessage

NUMBER = "33612345678"
AT_ONCE = 16
HTTP: dict[str, Any] = {
    "server_host": ["127.0.0.1"],
    "cors_allowed_origins": [],
    "login_attempts_threshold": -1,
    "ip_ban_enabled": False,
    "ssl_profile": "intermediate",
    "use_x_frame_options": True,
}


def furnish(folder: Path, port: int) -> None:
    """Have Home Assistant listen at a port."""
    settings = {"stable": HTTP | {"server_port": port}, "pending": None, "yaml_migration_done": True}
    document = {"version": STORAGE_VERSION, "minor_version": 1, "key": "http", "data": settings}
    (folder / ".storage").mkdir()
    (folder / ".storage" / "http").write_text(json.dumps(document))


class Switchboard:
    """Makes up the paths of callbacks, each of them news, and has them called."""

    def __init__(self, hass: HomeAssistant, port: int) -> None:
        """Know the account."""
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        self._ledger = entry.runtime_data.storage.ledger
        self._path = webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])
        self._serials = count()
        self._port = port

    def bare(self) -> str:
        """Call a webhook that only answers."""
        return f"{webhook.async_generate_path('bare')}?numero={NUMBER}&statut=11&smsID=bench{next(self._serials):07}"

    def report(self) -> str:
        """Report a message that is known and of which nothing was heard yet."""
        message_id = f"report{next(self._serials):07}"
        self._ledger.note_sent(
            WatchedMessage(message_id=message_id, sent_at=dt_util.utcnow(), codes={f"+{NUMBER}": ()}), segments=1
        )
        return f"{self._path}?numero={NUMBER}&statut=11&date_reception=22112026-10:00&smsID={message_id}"

    def reply(self) -> str:
        """Answer; the gateway is asked whether that is so, once for all that come together."""
        serial = next(self._serials)
        return (
            f"{self._path}?numero=36034&emetteur=336{serial:08}&message=OK&date_reception=22112026-10:00:00"
            f"&responseID={serial}&smsID="
        )

    async def call(self, paths: Iterator[str], number: int, rate: float = 0) -> dict[str, float]:
        """Have so many called, and say how fast that went."""
        chosen = [next(paths) for _ in range(number)]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.caller", str(self._port), str(AT_ONCE), str(rate)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        answer, _ = await process.communicate("\n".join(chosen).encode())
        result: dict[str, float] = json.loads(answer)
        return result


async def _bare(_hass: HomeAssistant, _webhook_id: str, _request: Request) -> Response:
    return Response(text="OK")


async def measure(*, quick: bool) -> list[Row]:
    """Let the three kinds of callbacks take turns, then the reports at half of what they can do."""
    rounds, number = (2, 300) if quick else (7, 2000)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    with stub() as gateway:
        async with house(account(gateway.url), lambda folder: furnish(folder, port)) as hass:
            webhook.async_register(hass, "bench", "Bench", "bare", _bare, allowed_methods=["GET"])
            board = Switchboard(hass, port)
            kinds = {"bare": iter(board.bare, ""), "reports": iter(board.report, ""), "replies": iter(board.reply, "")}
            rates: dict[str, list[float]] = {kind: [] for kind in kinds}
            for turn in range(rounds + 1):
                for kind, paths in kinds.items():
                    rate = (await board.call(paths, number))["rate"]
                    rates[kind] += [rate] if turn else []
            half = median(rates["reports"]) / 2
            calm = await board.call(kinds["reports"], number, half)
    return _rows({kind: median(found) for kind, found in rates.items()}, rates, half, calm["p99"])


def _rows(middle: dict[str, float], rates: dict[str, list[float]], half: float, p99: float) -> list[Row]:
    rows = [
        Row(what=f"callbacks, {kind}", figure=f"{rate:,.0f}/s ({min(rates[kind]):,.0f} to {max(rates[kind]):,.0f})")
        for kind, rate in middle.items()
    ]
    share = middle["reports"] / middle["bare"]
    return [
        *rows,
        Row(what="reports against a bare webhook", figure=f"{share:.2f}", goal="≥ 0.8", met=share >= 0.8),
        Row(
            what=f"99 of 100 reports at {half:,.0f}/s are answered within",
            figure=f"{p99 * 1000:.1f} ms",
            goal="< 10 ms",
            met=p99 < 0.01,
        ),
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    tell(asyncio.run(measure(quick=parser.parse_args().quick)))
