"""People who answer, telephones that report, a postman who delays, doubles, swaps and loses, and one who forges."""

import asyncio
from collections.abc import Sequence
from random import Random
from urllib.parse import urlencode

from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from tests.support.house import WEBHOOK_ID, House

from .report_oracle import Books, Delivery

type Door = TestClient[Request, Application]

PATH = f"/api/webhook/{WEBHOOK_ID}"
FAMILY = ("33611000001", "33611000002", "33611000003")
PEOPLE = tuple(f"3361200{number:04}" for number in range(40))
TEXTS = ("OK", "OUI", "Non merci", "J'arrive à 8 h, 5 € |", "two\nlines", "{{ states('lock.door') }}", "<b>OK</b>")
COURSES = ((13, 11), (13, 11), (11,), (13, 3501, 11), (3502, 11), (13, 3523), (21,), (13,))
# What becomes of a callback, and how often.
POSTMAN = {"now": 35, "twice": 15, "swapped": 15, "late:20": 8, "late:900": 6, "late:7000": 3, "held": 8, "never": 10}
OVERTAKES = 0.05
FORGES = 0.1


class Correspondence:
    """What happens at the gateway, by chance; everything is entered into the books."""

    def __init__(self, house: House, door: Door, chance: Random) -> None:
        """Begin with nobody having been written to."""
        self.books = Books()
        self.forged = 0
        self._house = house
        self._gateway = house.gateway
        self._door = door
        self._chance = chance
        self._courses: dict[Delivery, list[int]] = {}
        self._serial = 0

    @property
    def is_settled(self) -> bool:
        """Say whether no telephone has anything more to report."""
        return not self._courses

    async def write(self) -> None:
        """Send a message; now and then a report is quicker than the gateway's answer."""
        self._serial += 1
        to_family = self._chance.random() < 0.2
        numbers = FAMILY if to_family else tuple(self._chance.sample(PEOPLE, self._chance.randint(1, 3)))
        targets = ["Family"] if to_family else [f"+{number}" for number in numbers]
        data = {"message": f"Water! {self._serial}", "target": targets, "reply": True}
        if self._chance.random() < OVERTAKES:
            message_id = await self._overtake(data, numbers)
        else:
            response = await self._house.async_call("send_message", **data)
            message_id = response["messages"][0]["message_id"]
        for number in numbers:
            self._courses.setdefault((message_id, number), list(self._chance.choice(COURSES)))

    async def _overtake(self, data: dict[str, object], numbers: Sequence[str]) -> str:
        asked = len(await self._gateway.requests("sendSMS.do"))
        await self._gateway.fail("sendSMS.do", "hang_after")
        call = asyncio.ensure_future(self._house.async_call("send_message", **data))
        await self._gateway.wait_for_requests("sendSMS.do", asked + 1)
        message_id = (await self._gateway.messages())[-1].id
        self._courses[message_id, numbers[0]] = [13, 11]
        await self._report((message_id, numbers[0]), "now")
        await self._gateway.release()
        await call
        return message_id

    async def report(self) -> None:
        """Have a delivery come to its next status."""
        if self._courses:
            await self._report(self._chance.choice(list(self._courses)), self._way())

    async def _report(self, delivery: Delivery, way: str) -> None:
        course = self._courses[delivery]
        code = course.pop(0)
        if not course:
            del self._courses[delivery]
        self.books.statuses[delivery].append(code)
        await self._gateway.report(*delivery, code, way)

    async def answer(self) -> None:
        """Have somebody write back, or out of the blue; some try to look like somebody else."""
        number, text = self._chance.choice(PEOPLE), self._chance.choice(TEXTS)
        if self._chance.random() < FORGES:
            victim = self._chance.choice(PEOPLE)
            text = f"hi\nFORGED{self._serial} | 01012030-10:00 | {victim} | OK | 36034 | x"
        if self._chance.random() < FORGES:
            await self._forge(number, text)
        reply = await self._gateway.reply(number, text, callback=self._way(), stray=True)
        self.books.replies[reply["id"]] = reply

    async def _forge(self, number: str, text: str) -> None:
        """Say what somebody is about to say, before they do, with a made-up id or with none."""
        self.forged += 1
        fields = {"numero": "36034", "message": text, "emetteur": number}
        if self._chance.random() < 0.5:
            fields["responseID"] = f"forged{self.forged}"
        await self._door.get(f"{PATH}?{urlencode(fields)}")

    def _way(self) -> str:
        return self._chance.choices(list(POSTMAN), weights=list(POSTMAN.values()))[0]
