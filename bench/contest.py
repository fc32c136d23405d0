"""Who sends the same message to the same gateway: ours, what Home Assistant has of its own, and bare aiohttp."""

from aiohttp import ClientSession, TCPConnector
from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context

from bench import peers
from bench.house import ALICE, KEY, Stub
from bench.measure import Work

MESSAGE = "Water on the kitchen floor, alarm no. {}"
BARE = "bare aiohttp"
ROADS = ("notify.<account>", "notify entity", "smsmode.send_message")
OURS = ROADS[-1]
NAMES = (BARE, *ROADS, *peers.NAMES)
# Each kind once.
ONE_OF_EACH = (BARE, OURS, *peers.NAMES)


def session() -> ClientSession:
    """Give a session that trusts whom the house trusts."""
    return ClientSession(connector=TCPConnector(ssl=get_default_context()))


def contestants(hass: HomeAssistant, bare_session: ClientSession, gateway: Stub) -> dict[str, Work]:
    """Give everybody's way to send one message."""

    async def bare(number: int) -> None:
        form = {"accessToken": KEY, "message": MESSAGE.format(number), "numero": ALICE[0]["number"][1:]}
        url = f"{gateway.url}/http/1.6/sendSMS.do"
        async with bare_session.post(url, data=form | {"classe_msg": "2", "nbr_msg": "1"}) as response:
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
    return {BARE: bare, **dict(zip(ROADS, ours, strict=True)), **others}


async def connections(work: Work, gateway: Stub, count: int) -> int:
    """Count the connections that are opened for so many messages one by one."""
    before = await gateway.counts()
    for number in range(count):
        await work(-1 - number)
    # One of them is that of whoever asks for the counts.
    return (await gateway.counts())["connections"] - before["connections"] - 1
