"""Sends per second and processor time per send: ours, what Home Assistant has of its own, and bare aiohttp."""

import argparse
import asyncio

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant

from bench import peers
from bench.house import ALICE, KEY, Stub, account, house, stub
from bench.measure import Race, Row, Runs, Work, tell

MESSAGE = "Water on the kitchen floor, alarm no. {}"
LIMIT = "bare aiohttp"
OURS = ("notify.<account>", "notify entity", "smsmode.send_message")


def _contestants(hass: HomeAssistant, session: ClientSession, gateway: Stub) -> dict[str, Work]:
    async def bare(number: int) -> None:
        form = {"accessToken": KEY, "message": MESSAGE.format(number), "numero": ALICE[0]["number"][1:]}
        url = f"{gateway.url}/http/1.6/sendSMS.do"
        async with session.post(url, data=form | {"classe_msg": "2", "nbr_msg": "1"}) as response:
            await response.read()

    def service(name: str, domain: str = "notify", *, answers: bool = False, **data: object) -> Work:
        async def send(number: int) -> None:
            fields = {"message": MESSAGE.format(number), **data}
            await hass.services.async_call(domain, name, fields, blocking=True, return_response=answers)

        return send

    ours = (
        service("home"),
        service("send_message", entity_id="notify.alice"),
        service("send_message", "smsmode", answers=True, target=["Alice"]),
    )
    others = {name: service(name, target=[ALICE[0]["number"]]) for name in peers.NAMES}
    return {LIMIT: bare, **dict(zip(OURS, ours, strict=True)), **others}


async def measure(*, quick: bool) -> list[Row]:
    """Race one at a time, and 32 at once."""
    rows: list[Row] = []
    with stub() as gateway:
        peers.lead_to(gateway.url)
        async with house(account(gateway.url) + peers.CONFIGURATION) as hass, ClientSession() as session:
            for at_once, count in ((1, 64), (32, 320)):
                race = Race(
                    _contestants(hass, session, gateway),
                    rounds=2 if quick else 7,
                    count=count if quick else count * 3,
                    at_once=at_once,
                )
                rows += _rows(await race.run(), at_once)
    return rows


def _rows(runs: dict[str, Runs], at_once: int) -> list[Row]:
    cheapest = min(peers.NAMES, key=lambda name: runs[name].cost)
    quickest = max(peers.NAMES, key=lambda name: runs[name].rate)
    rows = [Row(what=f"{name}, {at_once} at once", figure=str(run)) for name, run in runs.items()]
    for name in OURS:
        limit, peer = runs[name].cost / runs[LIMIT].cost, runs[name].cost / runs[cheapest].cost
        rows.append(_row(f"{name}: cost against {LIMIT}, {at_once} at once", limit, "≤ 1.6", limit <= 1.6))
        rows.append(_row(f"{name}: cost against {cheapest}, {at_once} at once", peer, "≤ 0.35", peer <= 0.35))
        if at_once > 1:
            rate = runs[name].rate / runs[quickest].rate
            rows.append(_row(f"{name}: rate against {quickest}, {at_once} at once", rate, "≥ 4", rate >= 4))
    return rows


def _row(what: str, ratio: float, goal: str, met: bool) -> Row:
    return Row(what=what, figure=f"{ratio:.2f}", goal=goal, met=met)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    tell(asyncio.run(measure(quick=parser.parse_args().quick)))
