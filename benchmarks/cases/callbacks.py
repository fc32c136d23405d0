"""Callbacks per second through Home Assistant's HTTP server, against a webhook that only answers."""

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import count
from statistics import median

from aiohttp.web import Request, Response
from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from benchmarks.hass_instance import ROOT, account, free_port, house, stub
from benchmarks.runner import Goal, Row, parse_quick, print_rows, row_with_goal, spread
from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.state.message_log import TrackedMessage

NUMBER = "33612345678"
AT_ONCE = 16
SHARE = Goal(
    limit=0.5,
    unit=" times",
    at_least=True,
    why="a report is told as an event, to an entity of the account and one of the recipient, and written to the disk; "
    "the bare webhook does nothing at all",
)
MAX_P99 = Goal(
    limit=10,
    unit=" ms",
    why="the house answers when the report is told, and what it told before is told to the listeners in between",
)


class CallbackSender:
    """Creates paths of callbacks, each with a new event, and calls them."""

    def __init__(self, hass: HomeAssistant, port: int) -> None:
        """Keep the account and the port."""
        (entry,) = hass.config_entries.async_entries(DOMAIN)
        self._store = entry.runtime_data.store
        self._path = webhook.async_generate_path(entry.data[CONF_WEBHOOK_ID])
        self._serials = count()
        self._port = port

    def bare(self) -> str:
        """Return the path of a webhook that only answers."""
        return f"{webhook.async_generate_path('bare')}?numero={NUMBER}&statut=11&smsID=bench{next(self._serials):07}"

    def report(self) -> str:
        """Return the path of a report on a known message without reports."""
        message_id = f"report{next(self._serials):07}"
        self._store.state.message_log.record_sent(
            TrackedMessage(message_id=message_id, sent_at=dt_util.utcnow(), codes={f"+{NUMBER}": ()}), segments=1
        )
        return f"{self._path}?numero={NUMBER}&statut=11&date_reception=22112026-10:00&smsID={message_id}"

    def reply(self) -> str:
        """Return the path of a reply; the integration verifies those that come together with one request."""
        serial = next(self._serials)
        return (
            f"{self._path}?numero=36034&emetteur=336{serial:08}&message=OK&date_reception=22112026-10:00:00"
            f"&responseID={serial}&smsID="
        )

    async def call(self, paths: Iterator[str], number: int, rate: float = 0) -> dict[str, float]:
        """Call so many paths; returns the rate."""
        chosen = [next(paths) for _ in range(number)]
        # What was sent is on the disk long before it is reported.
        await self._store.async_save()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.callback_client", str(self._port), str(AT_ONCE), str(rate)),
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
    """Compare reports and the bare webhook, then measure reports at half their top rate; replies come last."""
    rounds, number = (2, 300) if quick else (7, 2000)
    port = free_port()
    with stub() as gateway:
        async with house(account(gateway.url), port) as hass:
            webhook.async_register(hass, "bench", "Bench", "bare", _bare, allowed_methods=["GET"])
            board = CallbackSender(hass, port)
            kinds = {"bare": iter(board.bare, ""), "reports": iter(board.report, ""), "replies": iter(board.reply, "")}
            rates: dict[str, list[float]] = {kind: [] for kind in kinds}
            for turn in range(rounds + 1):
                for kind in ("bare", "reports"):
                    rate = (await board.call(kinds[kind], number))["rate"]
                    rates[kind] += [rate] if turn else []
            half = median(rates["reports"]) / 2
            calm = median([(await board.call(kinds["reports"], number, half))["p99"] for _ in range(rounds)])
            rates["replies"] = [(await board.call(kinds["replies"], number))["rate"] for _ in range(rounds)]
    return _rows({kind: median(found) for kind, found in rates.items()}, rates, half, calm)


def _rows(middle: dict[str, float], rates: dict[str, list[float]], half: float, p99: float) -> list[Row]:
    rows = [
        Row(what=f"callbacks, {kind}", figure=f"{rate:,.0f}/s {spread(rates[kind])}") for kind, rate in middle.items()
    ]
    return [
        *rows,
        row_with_goal("reports against a bare webhook", middle["reports"] / middle["bare"], SHARE, key="reports"),
        row_with_goal(f"99 of 100 reports at {half:,.0f}/s are answered within", p99 * 1000, MAX_P99, key="patience"),
    ]


if __name__ == "__main__":
    print_rows(asyncio.run(measure(quick=parse_quick(__doc__))))
