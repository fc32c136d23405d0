"""Forger: somebody who knows the webhook, and everything that the gateway knows, and calls the house in its name."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from string import ascii_letters, digits
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tests.support.gateway import NO_TIMEOUT, GatewayDelivery, GatewayMessage
from tests.support.house import ALICE_DIGITS, BOB_DIGITS

from .dialog_oracle import DELIVERED
from .reply_simulator import PATH, WebhookClient

type Json = dict[str, Any]

PARIS = ZoneInfo("Europe/Paris")
SHORT_CODE = "36034"
STRANGER = "33655555555"
REPLIES = ("OK", "OK, merci", "OUI", "NON", "4711 Lights off", "0000 Lights off", "Status", "STOP", "oui\nOK")
PENDING = (12, 13, 999, 3501)
CODES = (*DELIVERED, *PENDING, 16, 21, 22, 33, 37, 50, 3523, 3998, 3999)
# In minutes, from now.
AGES = (0, 0, 0, -1, -20, -3000, 3, 10, 60 * 24)
FLOOD = 70
FORESEEN = 2


class Ids:
    """Ids of messages and replies, which the forger foresees."""

    def __init__(self, rng: Random) -> None:
        """Begin with the first ones."""
        self._rng = rng
        self.upcoming = [self._draw(12) for _ in range(FORESEEN)]

    def __call__(self, length: int = 12) -> str:
        """Return the next id."""
        self.upcoming.append(self._draw(12))
        return self.upcoming.pop(0) if length == len(self.upcoming[0]) else self._draw(length)

    def invent(self) -> str:
        """Return an id that there is not."""
        return self._draw(12)

    def _draw(self, length: int) -> str:
        return "".join(self._rng.choices(ascii_letters + digits, k=length))


class Forger:
    """Somebody who calls the webhook; ``believed`` are the reports that a house may show without asking.

    Those are a status on its way, and the delivery of a message that belongs to no running alert (``is_of_alert``).
    """

    def __init__(self, client: WebhookClient, rng: Random, ids: Ids, is_of_alert: Callable[[str], bool]) -> None:
        """Begin without forged callbacks."""
        self._client = client
        self._rng = rng
        self._ids = ids
        self._is_of_alert = is_of_alert
        self.made: Counter[str] = Counter()
        self.believed: set[tuple[str, str, int]] = set()

    async def forge(self, messages: list[GatewayMessage], replies: Mapping[str, Json]) -> None:
        """Forge a callback of some kind, with what the gateway knows by now."""
        kinds = {self._reply: 5, self._replay: 2, self._report: 5, self._flood: 0.3}
        (kind,) = self._rng.choices(list(kinds), weights=list(kinds.values()))
        await kind(messages, replies)

    async def _reply(self, messages: list[GatewayMessage], replies: Mapping[str, Json]) -> None:
        """Forge a reply to a message of the house, or to none."""
        fields = {
            "numero": SHORT_CODE,
            "message": self._rng.choice(REPLIES),
            "emetteur": self._rng.choice((ALICE_DIGITS, BOB_DIGITS, STRANGER)),
            "date_reception": self._date("%d%m%Y-%H%M%S"),
        }
        if messages and self._rng.random() < 0.8:
            message = self._rng.choice(messages[-12:])
            fields |= {"smsID": message.id, "refClient": message.deliveries[0].reference}
        ids = (None, self._ids.invent(), self._rng.choice([*replies, self._ids.invent()]), *self._ids.upcoming)
        if (reply_id := self._rng.choice(ids)) is not None:
            fields["responseID"] = reply_id
        await self._call("replies", fields)

    async def _replay(self, _messages: list[GatewayMessage], replies: Mapping[str, Json]) -> None:
        """Make the callback of a true reply again, with another text, another person, or as it was."""
        if not replies:
            return
        reply = self._rng.choice(list(replies.values())[-12:])
        fields = {
            "numero": SHORT_CODE,
            "message": reply["text"],
            "emetteur": reply["number"],
            "date_reception": datetime.fromisoformat(reply["received_at"]).astimezone(PARIS).strftime("%d%m%Y-%H%M%S"),
            "smsID": reply["message_id"] or "",
            "responseID": reply["id"],
        }
        changes: tuple[Json, ...] = (
            {},
            {"message": "OK"},
            {"emetteur": ALICE_DIGITS},
            {"responseID": self._ids.invent()},
        )
        await self._call("replays", fields | self._rng.choice(changes))

    async def _report(self, messages: list[GatewayMessage], _replies: Mapping[str, Json]) -> None:
        """Forge the report of a delivery of the house, or of one that there is not."""
        if not messages or self._rng.random() < 0.15:
            message_id = self._rng.choice((self._ids.invent(), *self._ids.upcoming))
            acted_on = [code for code in CODES if code not in DELIVERED and code not in PENDING]
            invented = {"numero": ALICE_DIGITS, "statut": str(self._rng.choice(acted_on)), "smsID": message_id}
            await self._call("reports", invented)
            return
        message = self._rng.choice(messages[-12:])
        await self._report_of(message, self._rng.choice(message.deliveries), self._rng.choice(CODES))

    async def _report_of(self, message: GatewayMessage, delivery: GatewayDelivery, code: int) -> None:
        fields = {
            "numero": delivery.number,
            "statut": str(code),
            "smsID": message.id,
            "date_reception": self._date("%Y-%m-%d %H:%M:%S"),
        }
        if self._rng.random() < 0.5:
            fields["refClient"] = self._rng.choice((delivery.reference, "alr-01ABC-0"))
        if code in PENDING or (code in DELIVERED and not self._is_of_alert(message.id)):
            self.believed.add((message.id, delivery.number, code))
        await self._call("reports", fields)

    async def _flood(self, messages: list[GatewayMessage], _replies: Mapping[str, Json]) -> None:
        """Forge more than a house keeps in mind."""
        for number in range(FLOOD):
            text = {
                "message": f"OK {number}",
                "emetteur": STRANGER,
                "numero": SHORT_CODE,
                "responseID": self._ids.invent(),
            }
            await self._call("replies", text)
        for message in messages[-12:]:
            for delivery in message.deliveries:
                await self._report_of(message, delivery, 3998)

    async def _call(self, kind: str, fields: Json) -> None:
        self.made[kind] += 1
        if self._rng.random() < 0.2:
            await self._client.post(PATH, data=fields, timeout=NO_TIMEOUT)
        else:
            await self._client.get(f"{PATH}?{urlencode(fields)}", timeout=NO_TIMEOUT)

    def _date(self, form: str) -> str:
        return (datetime.now(PARIS) + timedelta(minutes=self._rng.choice(AGES))).strftime(form)
