"""Phone page, its events, access to the control API, and the command line."""

import asyncio
import json
import socket
import subprocess
import sys
from decimal import Decimal

import pytest

from emulator.__main__ import arguments
from emulator.server import loopback
from emulator.sse import BACKLOG, EventStreams
from emulator.state import GatewayState
from tests.support.gateway import Gateway

from .http_client import NUMBER, HttpClient


async def test_the_page_needs_nothing_from_elsewhere(call: HttpClient, gateway: Gateway) -> None:
    async with call.session.get(f"{gateway.url}/") as response:
        page = await response.text()
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "innerHTML" not in page
    assert " src=" not in page
    assert "<link" not in page


async def next_event(lines: asyncio.StreamReader) -> dict[str, object]:
    while True:
        line = await lines.readline()
        if line.startswith(b"data: "):
            event: dict[str, object] = json.loads(line.removeprefix(b"data: "))
            return event


async def test_what_happens_is_told_live(call: HttpClient, gateway: Gateway) -> None:
    async with call.session.get(f"{gateway.url}/_emulator/events") as response:
        assert response.content_type == "text/event-stream"
        await response.content.readuntil(b"\n\n")
        message_id = await call.send(classe_msg="4")
        await gateway.reply(NUMBER, "oui")
        await gateway.phone(NUMBER, on=False)
        lines: asyncio.StreamReader = response.content  # type: ignore[assignment]
        events = [await next_event(lines) for _ in range(4)]
    assert [event["type"] for event in events] == ["balance", "delivery", "reply", "resync"]
    assert events[0]["balance"] == 99
    assert events[1]["delivery"]["message_id"] == message_id  # type: ignore[index]
    assert events[2]["reply"]["text"] == "oui"  # type: ignore[index]


async def test_a_page_that_sleeps_is_told_to_load_again() -> None:
    state = GatewayState(token="x", balance=Decimal(100))
    events = EventStreams(state)
    stream = events.stream()
    await anext(stream)
    for _ in range(BACKLOG + 1):
        state.notify("balance")
    assert json.loads((await anext(stream)).removeprefix(b"data: ")) == {"type": "resync"}
    await stream.aclose()


async def test_the_control_api_takes_json_alone(call: HttpClient, gateway: Gateway) -> None:
    async with call.session.post(f"{gateway.url}/_emulator/settings", data={"balance": "0"}) as response:
        assert response.status == 415
    assert await gateway.balance() == 100


@pytest.mark.parametrize(
    "setting", [{"colour": "red"}, {"balance": "much"}, {"username": "nobody"}, {"charset": "klingon"}]
)
async def test_a_setting_that_makes_no_sense_is_refused(gateway: Gateway, setting: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        await gateway.set(**setting)


@pytest.mark.parametrize("host", ["192.168.1.10", "::", "8.8.8.8"])
def test_only_this_machine_is_served(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_addresses_are_served(host: str) -> None:
    assert loopback(host) == host


@pytest.mark.parametrize(
    "words",
    [
        ["--host", "192.168.1.10"],
        ["--progression", "soon"],
        ["--progression", "-1s"],
        ["--credits", "many"],
        ["--token"],
    ],
    ids=" ".join,
)
def test_the_command_refuses(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments(words)
    assert words[0] in capsys.readouterr().err


@pytest.mark.parametrize(("text", "seconds"), [("5s", 5), ("5", 5), ("0.5s", 0.5), ("0", 0)])
def test_a_progression_is_seconds(text: str, seconds: float) -> None:
    assert arguments(["--progression", text]).progression == seconds


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [sys.executable, "-m", "emulator", "--port", str(taken.getsockname()[1])]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("The gateway cannot start: ")
    assert len(outcome.stderr.splitlines()) == 1


def test_the_command_serves_until_interrupted() -> None:
    command = [sys.executable, "-m", "emulator", "--port", "0", "--token", "abc", "--progression", "0.5s"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Gateway    http://127.0.0.1:")
        process.terminate()


def test_nothing_of_the_integration_is_imported() -> None:
    code = "import sys, emulator.__main__; print({name.split('.')[0] for name in sys.modules})"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert "aiohttp" in outcome.stdout
    assert "custom_components" not in outcome.stdout
    assert "homeassistant" not in outcome.stdout
