"""Reply simulator: replies and reports by callbacks that are late, doubled, swapped, lost or forged."""

import asyncio
from collections.abc import Sequence
from random import Random
from urllib.parse import urlencode

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from tests.support.house import WEBHOOK_ID, House

from .report_oracle import Delivery, ReportOracle

type WebhookClient = TestClient[Request, Application]

PATH = f"/api/webhook/{WEBHOOK_ID}"
FAMILY = ("33611000001", "33611000002", "33611000003")
PEOPLE = tuple(f"3361200{number:04}" for number in range(40))
TEXTS = ("OK", "OUI", "Non merci", "J'arrive à 8 h, 5 € |", "two\nlines", "{{ states('lock.door') }}", "<b>OK</b>")
STATUS_SEQUENCES = ((13, 11), (13, 11), (11,), (13, 3501, 11), (3502, 11), (13, 3523), (21,), (13,))
# Modes of callbacks and their weights.
CALLBACK_MODES = {
    "now": 35,
    "twice": 15,
    "swapped": 15,
    "late:20": 8,
    "late:900": 6,
    "late:7000": 3,
    "held": 8,
    "never": 10,
}
EARLY_REPORT_RATE = 0.05
FORGED_RATE = 0.1


class ReplySimulator:
    """Random events at the gateway; all are recorded in the oracle."""

    def __init__(self, house: House, client: WebhookClient, rng: Random) -> None:
        """Begin without messages."""
        self.oracle = ReportOracle()
        self.forged = 0
        self._house = house
        self._gateway = house.gateway
        self._client = client
        self._rng = rng
        self._sequences: dict[Delivery, list[int]] = {}
        self._serial = 0

    @property
    def is_settled(self) -> bool:
        """Return whether all reports were made."""
        return not self._sequences

    async def write(self) -> None:
        """Send a message; sometimes a report comes before the gateway's answer."""
        self._serial += 1
        to_family = self._rng.random() < 0.2
        numbers = FAMILY if to_family else tuple(self._rng.sample(PEOPLE, self._rng.randint(1, 3)))
        targets = ["Family"] if to_family else [f"+{number}" for number in numbers]
        data = {"message": f"Water! {self._serial}", "target": targets, "reply": True}
        if self._rng.random() < EARLY_REPORT_RATE:
            message_id = await self._report_before_answer(data, numbers)
        else:
            response = await self._house.async_call("send_message", **data)
            message_id = response["messages"][0]["message_id"]
        for number in numbers:
            self._sequences.setdefault((message_id, number), list(self._rng.choice(STATUS_SEQUENCES)))

    async def _report_before_answer(self, data: dict[str, object], numbers: Sequence[str]) -> str:
        before = self._gateway.latest_serial
        await self._gateway.fail("sendSMS.do", "hang_after")
        call = asyncio.ensure_future(self._house.async_call("send_message", **data))
        await self._gateway.wait_for_requests("sendSMS.do", after=before)
        message_id = (await self._gateway.messages())[-1].id
        self._sequences[message_id, numbers[0]] = [13, 11]
        await self._report((message_id, numbers[0]), "now")
        await self._gateway.release()
        await call
        return message_id

    async def report(self) -> None:
        """Report the next status of a random delivery."""
        if self._sequences:
            await self._report(self._rng.choice(list(self._sequences)), self._callback_mode())

    async def _report(self, delivery: Delivery, mode: str) -> None:
        sequence = self._sequences[delivery]
        code = sequence.pop(0)
        if not sequence:
            del self._sequences[delivery]
        self.oracle.statuses[delivery].append(code)
        await self._gateway.report(*delivery, code, mode)

    async def answer(self) -> None:
        """Send a reply from a phone; some texts imitate a row of another person."""
        number, text = self._rng.choice(PEOPLE), self._rng.choice(TEXTS)
        if self._rng.random() < FORGED_RATE:
            victim = self._rng.choice(PEOPLE)
            text = f"hi\nFORGED{self._serial} | 01012030-10:00 | {victim} | OK | 36034 | x"
        if self._rng.random() < FORGED_RATE:
            await self._forge(number, text)
        reply = await self._gateway.reply(number, text, callback=self._callback_mode(), stray=True)
        self.oracle.replies[reply["id"]] = reply

    async def _forge(self, number: str, text: str) -> None:
        """Forge the callback of a reply before it is sent, with an invented id or none."""
        self.forged += 1
        fields = {"numero": "36034", "message": text, "emetteur": number}
        if self._rng.random() < 0.5:
            fields["responseID"] = f"forged{self.forged}"
        await self._client.get(f"{PATH}?{urlencode(fields)}")

    def _callback_mode(self) -> str:
        return self._rng.choices(list(CALLBACK_MODES), weights=list(CALLBACK_MODES.values()))[0]
