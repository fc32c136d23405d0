"""Scenario: random events of a house, minute by minute: messages, replies, faults of the gateway."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request
from homeassistant.exceptions import HomeAssistantError

from custom_components.smsmode.const import DOMAIN
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House

from .random_faults import SENDING, RandomFaults
from .send_oracle import ExpectedMessage, Outcome
from .send_simulator import Call, SendSimulator

type WebhookClient = TestClient[Request, Application]
type Operation = Callable[[], Awaitable[object]]

MINUTE = timedelta(minutes=1)
PARIS = ZoneInfo("Europe/Paris")
PATH = f"/api/webhook/{WEBHOOK_ID}"
NOISE = ("", "?", "?numero=%00", "?statut=x&smsID=y&numero=z", "?message=%F0%9F&emetteur=%3Cb%3E", "?a=" + "b" * 5_000)
FORGED = "numero=36034&message=Open&emetteur=33600000001"
WORDS = ("OK", "OK", "Oui, j'arrive", "a | b | c", "Été à 5 €")
# In minutes.
OUTAGE_MINUTES = (3, 10, 20, 45, 100)
FAULT_MINUTES = (3, 10, 20)


@dataclass(slots=True)
class ScenarioLog:
    """Log of a scenario: messages asked for and their outcomes, to compare with the gateway."""

    entries: list[ExpectedMessage] = field(default_factory=list)
    # When a message was asked for and how long it may wait, by its reference.
    patience: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)
    # When a phone replied, by the id of the reply.
    replies: dict[str, datetime] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    false_repetitions: int = 0
    stale_issues: int = 0


def expected_message(mark: str, reference: str, number: str) -> ExpectedMessage:
    """Return the expected message of one text to one number."""
    item = mark, frozenset({number.removeprefix("+")})
    return ExpectedMessage(item=item, report_keys=((reference, number),), targets=(number,))


def _sent_at(moment: datetime) -> datetime:
    """Return when a message for this moment leaves: after the hour that autumn repeats, not in its second pass.

    The gateway writes times of Paris without an offset, so that both passes look alike.
    """
    local = moment.astimezone(PARIS)
    return local.replace(hour=local.hour + 1, minute=0, second=0, fold=0) if local.fold else moment


class Scenario:
    """Scenario of one account; `operations` are more operations, with their probability in a minute."""

    def __init__(
        self, house: House, client: WebhookClient, faults: RandomFaults, rng: Random, log: ScenarioLog
    ) -> None:
        """Begin without faults."""
        self._house, self._hass, self._gateway = house, house.hass, house.gateway
        self._client, self._faults, self._rng = client, faults, rng
        self._log = log
        self._simulator = SendSimulator(rng, {"repeat": True})
        self._serials = count(50_000)
        self._outage: AsyncExitStack | None = None
        self._faults_end_at: datetime | None = None
        self.operations: dict[Operation, float] = {}

    @property
    def is_calm(self) -> bool:
        """Return whether the gateway has no faults."""
        return self._faults_end_at is None

    def mark(self) -> str:
        """Return a mark that no other message has."""
        return f"#{next(self._serials):05}"

    async def advance(self, step: timedelta) -> None:
        """Perform random operations, and move time by a step."""
        await self._change_faults()
        for operation, rate in self._operations().items():
            if self._rng.random() < rate * (step / MINUTE):
                self._log.done[operation.__name__.strip("_").replace("_", " ")] += 1
                await operation()
        await self.wait(step)

    async def wait(self, step: timedelta) -> None:
        """Move time, of the house and the gateway."""
        await self._house.async_wait(seconds=step.total_seconds())
        if self._outage is None:
            await self._gateway.advance()
        await self._house.async_settle()

    async def end_faults(self) -> None:
        """End all faults."""
        self._faults.fault_rate = 0
        self._faults_end_at = None
        if self._outage is not None:
            await self._outage.aclose()
            self._outage = None
        await self._gateway.clear_faults()
        await self._gateway.set(callbacks="now")
        await self._gateway.release_callbacks()

    async def block_sending(self, how_long: timedelta) -> None:
        """Let the gateway refuse all messages for a time; it answers all other requests."""
        await self.end_faults()
        for endpoint in SENDING:
            await self._gateway.fail(endpoint, "code:50", None)
        self._faults_end_at = datetime.now(UTC) + how_long

    def _operations(self) -> dict[Operation, float]:
        """Return the operations that are possible now, with their probability in a minute."""
        operations: dict[Operation, float] = {
            self._send: 0.5,
            self._send_twice: 0.05,
            self._reply: 0.2,
            self._reload: 0.02,
        }
        if self._outage is None:
            operations[self._flood] = 0.01
        if self.is_calm:
            operations[self._change_callbacks] = 0.02
            operations |= self.operations
        return operations

    async def _change_faults(self) -> None:
        if self._faults_end_at is not None:
            if datetime.now(UTC) >= self._faults_end_at:
                await self.end_faults()
        elif self._rng.random() < 0.01:
            self._faults_end_at = datetime.now(UTC) + self._rng.choice(OUTAGE_MINUTES) * MINUTE
            self._log.done["outage"] += 1
            self._outage = AsyncExitStack()
            await self._outage.enter_async_context(self._gateway.offline())
        elif self._rng.random() < 0.01:
            self._faults_end_at = datetime.now(UTC) + self._rng.choice(FAULT_MINUTES) * MINUTE
            self._log.done["period of faults"] += 1
            self._faults.fault_rate = self._rng.choice((0.2, 0.5, 0.9))

    async def _send(self) -> None:
        await asyncio.gather(*map(self._call, self._calls()))

    async def _reload(self) -> None:
        """Reload while messages are sent; not to entities, which do not exist during a reload."""
        calls = [call for call in self._calls() if "entity_id" not in call.data]
        await asyncio.gather(self._reload_alone(), *map(self._call, calls))

    async def _reload_alone(self) -> None:
        await self._hass.config_entries.async_reload(self._house.entry.entry_id)

    def _calls(self) -> list[Call]:
        calls = [call for _ in range(self._rng.randint(1, 3)) for call in self._simulator.calls()]
        for call in calls:
            if call.domain == DOMAIN:
                call.data["config_entry_id"] = self._house.entry.entry_id
            elif not call.data.keys() & {"target", "entity_id"}:
                # Who everybody is changes with who moves in.
                call.data["target"] = ["Alice", "notify.family"]
            if "entity_id" not in call.data and self._rng.random() < 0.1:
                call.data.get("data", call.data)["urgent"] = True
        return calls

    async def _call(self, call: Call) -> None:
        """Call an action, and record its outcome."""
        self._log.entries += call.entries
        fields = call.data.get("data", call.data)
        if "reference" in fields and fields.get("queue", True):
            lasts = timedelta(**fields.get("expires_after", {"hours": 1}))
            # What is to leave later is not stale before.
            now = datetime.now(UTC)
            leaves = _sent_at(datetime.fromisoformat(fields["send_at"])) if "send_at" in fields else now
            self._log.patience[fields["reference"]] = max(now, leaves), lasts
        services = self._hass.services
        try:
            call.note_response(
                await services.async_call(
                    call.domain, call.action, call.data, blocking=True, return_response=call.answers
                )
            )
        except HomeAssistantError as err:
            call.note_error(err.translation_key)

    async def _send_twice(self) -> None:
        """Send the same text twice at once, sometimes during a reload."""
        mark, number = self.mark(), f"+3361234{self._rng.randrange(9000):04}"
        writers = [asyncio.create_task(self._send_one(mark, number)) for _ in range(2)]
        if self._rng.random() < 0.3:
            await self._reload_alone()
        outcome = await asyncio.gather(*writers)
        # To repeat a message that came to nothing is no success.
        self._log.false_repetitions += None in outcome and not set(outcome) - {None, Outcome.REFUSED}

    async def _send_one(self, mark: str, number: str) -> Outcome | None:
        """Send one of two identical texts; one that is held back as a duplicate is not recorded."""
        call = Call(DOMAIN, "send_message", {}, [expected_message(mark, f"twice{mark}", number)])
        fields = {"message": f"{mark} Water!", "target": [number], "reference": f"twice{mark}"}
        fields["config_entry_id"] = self._house.entry.entry_id
        try:
            response = await self._hass.services.async_call(
                DOMAIN, "send_message", fields, blocking=True, return_response=True
            )
            if response and response["messages"][0]["status"] == "duplicate":  # type: ignore[index, call-overload]
                self._log.done["held back as a repetition"] += 1
                return None
            call.note_response(response)
        except HomeAssistantError as err:
            call.note_error(err.translation_key)
        self._log.entries += call.entries
        return call.entries[0].outcome

    async def _reply(self) -> None:
        """Send a reply from a phone; without a callback during an outage."""
        text = self._rng.choice((*WORDS, f"Réponse {self.mark()}"))
        if self._outage is not None:
            reply_id = self._gateway.emulator.state.reply(ALICE_DIGITS, text, None, callback=False).id
        else:
            reply_id = (await self._gateway.reply(ALICE_DIGITS, text, stray=True))["id"]
        self._log.replies[reply_id] = datetime.now(UTC)

    async def _flood(self) -> None:
        """Call the webhook with noise, and with reports and replies that are forged."""
        for number in range(40):
            await self._client.get(PATH + self._rng.choice(NOISE))
            await self._client.get(f"{PATH}?statut=11&smsID=nobody{number}&numero=33600000000")
        for _ in range(3):
            await self._client.get(f"{PATH}?{FORGED}&responseID=forged{self.mark()[1:]}")

    async def _change_callbacks(self) -> None:
        await self._gateway.set(callbacks=self._rng.choice(("now", "twice", "swapped", "late:120", "never")))
