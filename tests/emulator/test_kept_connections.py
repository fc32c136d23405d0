"""Answers on a kept connection that come twice, or that belong to another request."""

import asyncio

from tests.support.gateway import Gateway

from .http_client import HttpClient


async def ask(gateway: Gateway, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, endpoint: str) -> bytes:
    """Send a request on a kept connection, and return the body of the next answer that is there."""
    path = f"/http/1.6/{endpoint}.do?accessToken={gateway.token}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    return await reader.readexactly(length)


async def test_an_answer_sent_twice_is_taken_for_the_answer_to_the_next_request(gateway: Gateway) -> None:
    await gateway.fail("credit.do", "twice")
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.emulator.port)
    assert await ask(gateway, reader, writer, "credit") == b"100.0\n"
    assert await ask(gateway, reader, writer, "responseList") == b"100.0\n"
    assert await ask(gateway, reader, writer, "credit") == b"\n"
    writer.close()


async def test_an_answer_can_be_that_of_another_request(call: HttpClient, gateway: Gateway) -> None:
    await call("credit")
    await gateway.fail("sendSMS.do", "answer_of:credit.do")
    assert await call("sendSMS", message="x", numero="0612345678") == "100.0"
    assert len(await gateway.messages()) == 1


async def test_an_id_can_be_given_twice(call: HttpClient, gateway: Gateway) -> None:
    first = await call.send()
    await gateway.fail("sendSMS.do", "answer_of:sendSMS.do")
    assert await call.send() == first
    assert [message.id == first for message in await gateway.messages()] == [True, False]


async def test_without_an_earlier_answer_the_gateway_says_that_it_is_busy(call: HttpClient, gateway: Gateway) -> None:
    await gateway.fail("credit.do", "answer_of:smsList.do")
    assert await call("credit") == "50 | Temporairement inaccessible"
