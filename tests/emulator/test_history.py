"""History of the emulator: lists, statuses, deletion."""

import re

import pytest

from emulator.codes import STATUSES
from tests.support.gateway import Gateway

from .http_client import NUMBER, HttpClient

ANNEX = """0 1 2 10 11 12 13 14 15 16 21 22 33 34 35 36 37 38 50 40 100 101 999 3501 3502 3503 3504 3521 3522 3523 3524
3525 3526 3527 3560 3599 3998 3999"""


def test_every_status_of_the_document_is_known() -> None:
    assert {int(code) for code in ANNEX.split()} | {39} == set(STATUSES)


@pytest.mark.parametrize("code", STATUSES)
async def test_a_status_shows_in_the_report_and_in_the_status(call: HttpClient, gateway: Gateway, code: int) -> None:
    message_id = await call.send()
    await gateway.report(message_id, NUMBER, code)
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} {code}"
    assert await call("smsStatus", smsID=message_id) == f"{code} | {STATUSES[code]}"


@pytest.mark.parametrize(
    ("codes", "whole"),
    [((11, 11), 11), ((11, 13), 15), ((11, 34), 15), ((13, 0), 12), ((0, 34), 0), ((35, 35), 35)],
)
async def test_with_two_recipients_the_status_is_the_campaigns(
    call: HttpClient, gateway: Gateway, codes: tuple[int, int], whole: int
) -> None:
    message_id = await call.send(numero=f"{NUMBER},33698765432")
    await gateway.report(message_id, NUMBER, codes[0])
    await gateway.report(message_id, "33698765432", codes[1])
    assert await call("smsStatus", smsID=message_id) == f"{whole} | {STATUSES[whole]}"


@pytest.mark.parametrize(("code", "shown"), [(11, 0), (13, 0), (34, 34)])
async def test_without_reports_selected_received_stays_sent(
    call: HttpClient, gateway: Gateway, code: int, shown: int
) -> None:
    await gateway.set(reports_selected=False)
    message_id = await call.send()
    await gateway.report(message_id, NUMBER, code)
    assert (await call("smsStatus", smsID=message_id)).startswith(f"{shown} | ")


async def test_ids_are_case_sensitive(call: HttpClient) -> None:
    message_id = (await call.send()).swapcase()
    assert (await call("smsStatus", smsID=message_id)).startswith("61 | ")


async def test_after_thirty_days_reports_are_gone_but_the_list_remains(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send()
    await gateway.advance(30 * 86400 - 60)
    assert await call("smsStatus", smsID=message_id) == "0 | Envoyé"
    await gateway.advance(120)
    assert (await call("smsStatus", smsID=message_id)).startswith("61 | ")
    assert (await call("compteRendu", smsID=message_id)).startswith("61 | ")
    assert message_id in await call("smsList")


async def test_a_row_of_the_list(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2026-07-14T10:05:00+02:00")
    message_id = await call.send(message="a | b\n\nc", numero=f"{NUMBER},33698765432")
    assert await call("smsList") == f"{message_id} | 14/07/2026 10:05 | a | b\n\nc | {NUMBER} | 2.0 | 2 |"


async def test_rows_can_be_written_in_other_ways(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2026-01-14T10:05:00+01:00")
    await gateway.set(separators={"smsList.do": "<br/>"}, date_formats={"smsList.do": "%d%m%Y-%H:%M"}, all_numbers=True)
    first = await call.send(numero=f"{NUMBER},33698765432")
    second = await call.send()
    assert await call("smsList") == (
        f"{second} | 14012026-10:05 | Bonjour | {NUMBER} | 1.0 | 1 |<br/>"
        f"{first} | 14012026-10:05 | Bonjour | {NUMBER},33698765432 | 2.0 | 2 |"
    )


@pytest.mark.parametrize(("params", "expected"), [({}, 50), ({"offset": "3"}, 3), ({"offset": "10000"}, 60)])
async def test_the_list_gives_the_latest(call: HttpClient, params: dict[str, str], expected: int) -> None:
    ids = [await call.send(message=f"n° {n}") for n in range(40)]
    ids += [await call.send(message=f"n° {n}") for n in range(40, 60)]
    rows = (await call("smsList", **params)).split("\n\n")
    assert [row.split(" | ")[0] for row in rows] == ids[::-1][:expected]


async def test_the_list_can_begin_further_back(call: HttpClient) -> None:
    ids = [await call.send() for _ in range(4)]
    rows = (await call("smsList", start="1", offset="2")).split("\n\n")
    assert [row.split(" | ")[0] for row in rows] == [ids[2], ids[1]]


@pytest.mark.parametrize("endpoint", ["smsList", "responseList"])
async def test_nothing_yet_is_an_empty_line(call: HttpClient, endpoint: str) -> None:
    assert await call(endpoint) == ""


async def test_a_batch_is_one_campaign(call: HttpClient, gateway: Gateway) -> None:
    answer = await call.batch(b"numero,message\n33612345678,un\n33698765432,deux\n", "refClient=lot")
    campaign = answer.split(" | ")[2]
    assert await call("compteRendu", smsID=campaign) == "33612345678 0 | 33698765432 0"
    assert await gateway.balance() == 98
    assert {delivery.reference for delivery in (await gateway.messages())[0].deliveries} == {"lot"}


async def test_a_deleted_message_is_gone_everywhere(call: HttpClient) -> None:
    message_id = await call.send()
    assert await call("deleteSMS", smsID=message_id) == "0 | SMS supprimé"
    assert await call("smsList") == ""
    assert (await call("smsStatus", smsID=message_id)).startswith("61 | ")
    assert (await call("deleteSMS", smsID=message_id)).startswith("61 | ")


async def test_deleting_by_number_takes_the_latest_to_it(call: HttpClient) -> None:
    older, newer = await call.send(), await call.send(numero=f"33698765432,{NUMBER}")
    other = await call.send(numero="33698765432")
    await call("deleteSMS", numero="0612345678")
    assert [newer in await call("smsList"), older in await call("smsList")] == [False, True]
    await call("deleteSMS", numero="0612345678")
    assert [row.split(" | ")[0] for row in (await call("smsList")).split("\n\n")] == [other]
    assert (await call("deleteSMS", numero="0612345678")).startswith("61 | ")


async def test_a_row_of_replies(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set_time("2026-07-14T10:05:00+02:00")
    message_id = await call.send(classe_msg="4")
    reply = await gateway.reply(NUMBER, "d'accord | oui\nà 5 €")
    expected = f"{reply['id']} | 14072026-10:05 | {NUMBER} | d'accord | oui\nà 5 € | 36034 | {message_id}"
    assert await call("responseList") == expected


async def test_a_reply_to_nothing_has_no_message(call: HttpClient, gateway: Gateway) -> None:
    await gateway.reply(NUMBER, "Allô", stray=True)
    assert (await call("responseList")).endswith(" | Allô | 36034 | ")


async def test_trailing_pipes_can_be_had(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(trailing_pipe=True)
    message_id = await call.send(classe_msg="4")
    await gateway.reply(NUMBER, "oui")
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} 0 |"
    assert re.search(rf"\| {message_id} \|$", await call("responseList"))


async def test_dates_include_both_ends_to_the_minute(call: HttpClient, gateway: Gateway) -> None:
    await call.send(classe_msg="4")
    for moment in ("09:59:59", "10:00:00", "10:05:59", "10:06:00"):
        await gateway.set_time(f"2026-07-14T{moment}+02:00")
        await gateway.reply(NUMBER, moment, stray=True)
    answer = await call("responseList", startDate="14072026-10:00", endDate="14072026-10:05")
    assert [row.split(" | ")[3] for row in answer.splitlines()] == ["10:05:59", "10:00:00"]


async def test_only_a_message_that_allows_it_can_be_answered(call: HttpClient, gateway: Gateway) -> None:
    plain = await call.send()
    for named in (plain, None):
        with pytest.raises(AssertionError, match=r"cannot|can be answered"):
            await gateway.reply(NUMBER, "oui", named)


async def test_a_reply_belongs_to_the_latest_message_that_allows_it(call: HttpClient, gateway: Gateway) -> None:
    await call.send(classe_msg="4", refClient="un")
    second = await call.send(classe_msg="4", refClient="deux")
    await call.send()
    await call.send(classe_msg="4", date_envoi="01012030-10:00")
    reply = await gateway.reply(NUMBER, "oui")
    assert (reply["message_id"], reply["reference"]) == (second, "deux")


async def test_a_reply_can_name_its_message(call: HttpClient, gateway: Gateway) -> None:
    first = await call.send(classe_msg="4")
    await call.send(classe_msg="4")
    assert (await gateway.reply(NUMBER, "oui", first))["message_id"] == first


async def test_only_what_was_sent_to_a_number_can_be_reported_for_it(call: HttpClient, gateway: Gateway) -> None:
    message_id = await call.send()
    with pytest.raises(AssertionError, match="KeyError"):
        await gateway.report(message_id, "33698765432", 11)
    with pytest.raises(AssertionError, match="an offset"):
        await gateway.report(message_id, NUMBER, 11, at="2026-07-14T10:00:00")


async def test_a_barred_number_gets_nothing(call: HttpClient, gateway: Gateway) -> None:
    await gateway.set(blocked=[NUMBER])
    message_id = await call.send(numero=f"{NUMBER},33698765432")
    assert await call("compteRendu", smsID=message_id) == f"{NUMBER} 3999 | 33698765432 0"


async def test_the_oldest_messages_give_way(
    call: HttpClient, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.state.MAX_MESSAGES", 2)
    ids = [await call.send() for _ in range(3)]
    assert [message.id for message in await gateway.messages()] == ids[1:]
