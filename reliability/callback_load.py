"""Callback load: forged, malformed and oversized callbacks; `python -m reliability.callback_load URL COUNT SEED`.

A program of its own, so that its work is not taken for that of the house. It ends with the answers it got, as JSON.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from yarl import URL

# What they send at the same time adds up to one turn of the loop, whoever is quick or slow in it.
AT_ONCE = 8
TEXTS = (
    "OK",
    "{{ states('lock.door') }}",
    "<script>alert(1)</script>",
    "{% for x in range(9**9) %}",
    "é" * 700,
    "\0\n|",
)
DATES = ("01012099-101010", "25102026-023000", "31022026-999999", "01011970-000000", "x")
LONG_QUERY = 7_000
HUGE_BODY = 300_000


@dataclass(frozen=True, slots=True)
class Call:
    """Callback: method, raw query and body."""

    method: str = "GET"
    query: str = ""
    body: bytes | None = None


class CallbackGenerator:
    """Generator of random callbacks."""

    def __init__(self, rng: Random) -> None:
        """Keep the random numbers."""
        self._rng = rng
        self._weights: dict[Callable[[], Call], int] = {
            self._reply: 35,
            self._report: 30,
            self._posted: 10,
            self._malformed: 8,
            self._long: 6,
            self._huge: 2,
            self._many_parameters: 4,
            self._other_method: 5,
        }

    def call(self) -> Call:
        """Return the next callback."""
        return self._rng.choices(list(self._weights), weights=list(self._weights.values()))[0]()

    def _id(self) -> str:
        return f"{self._rng.randrange(10**12):012}"

    def _number(self) -> str:
        return f"3361{self._rng.randrange(10**7):07}"

    def _some_reply(self) -> dict[str, str]:
        fields = {"numero": "36034", "message": self._rng.choice(TEXTS), "emetteur": self._number()}
        if self._rng.random() < 0.5:
            fields["responseID"] = self._id()
        if self._rng.random() < 0.3:
            fields["date_reception"] = self._rng.choice(DATES)
        return fields

    def _reply(self) -> Call:
        return Call(query=urlencode(self._some_reply()))

    def _posted(self) -> Call:
        return Call("POST", body=urlencode(self._some_reply()).encode())

    def _report(self) -> Call:
        code = self._rng.choice((0, 11, 13, 50, 99999))
        return Call(query=urlencode({"numero": self._number(), "statut": code, "smsID": self._id()}))

    def _malformed(self) -> Call:
        return Call(query=self._rng.choice(("message=%ZZ%&emetteur=%", "message=%FF%FE%00&emetteur=%C3%28", "&&&=&=")))

    def _long(self) -> Call:
        return Call(query=f"message={quote('x' * LONG_QUERY)}&emetteur={self._number()}")

    def _huge(self) -> Call:
        return Call("POST", body=b"message=" + b"x" * HUGE_BODY)

    def _many_parameters(self) -> Call:
        return Call(query="&".join(f"p{number}=1" for number in range(500)))

    def _other_method(self) -> Call:
        return Call(self._rng.choice(("PUT", "HEAD")), query="statut=11&numero=33612345678&smsID=x")


async def _work(session: ClientSession, url: str, calls: list[Call], answers: Counter[str]) -> None:
    while calls:
        call = calls.pop()
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if call.body is not None else {}
        target = URL(f"{url}?{call.query}", encoded=True)
        try:
            async with session.request(call.method, target, data=call.body, headers=headers) as response:
                await response.read()
                answers[str(response.status)] += 1
        except (ClientError, OSError) as err:
            answers[type(err).__name__] += 1


async def burst(url: str, count: int, seed: int) -> Counter[str]:
    """Make so many calls, as fast as they are answered; returns the counts of the answers."""
    generator, answers = CallbackGenerator(Random(seed)), Counter[str]()
    calls = [generator.call() for _ in range(count)]
    async with ClientSession(connector=TCPConnector(limit=AT_ONCE), timeout=ClientTimeout(total=60)) as session:
        await asyncio.gather(*(_work(session, url, calls, answers) for _ in range(AT_ONCE)))
    return answers


if __name__ == "__main__":
    _, address, calls_to_make, first = sys.argv
    sys.stdout.write(json.dumps(asyncio.run(burst(address, int(calls_to_make), int(first)))))
