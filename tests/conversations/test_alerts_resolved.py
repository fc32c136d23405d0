"""Alerts whose cause is over: nothing more goes out, and exactly those who were alarmed get the all-clear."""

import pytest
from homeassistant.exceptions import ServiceValidationError

from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from tests.support.dialogs import active, alert, last, report, sent, spent
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House

CLEAR = "The water is gone. Nothing else to do."


async def test_who_was_alarmed_gets_the_all_clear_and_nobody_else(house: House) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    await alert(house, all_clear=CLEAR)
    response = await house.async_call("resolve_alert", alert_id="cellar")
    assert response == {"alert_id": "cellar", "recipients": ["Alice"]}
    message = await last(house)
    assert (message.text, message.numbers) == (CLEAR, [ALICE_DIGITS])
    await house.async_wait(hours=1)
    assert (active(house), await spent(house), changes[-1].data["state"]) == (0, 2, "resolved")


async def test_whoever_was_called_gets_it_as_well_by_sms(house: House) -> None:
    await alert(house, steps=[{"target": "Alice", "how": "voice"}, {"target": [BOB]}], all_clear=CLEAR)
    await report(house, 3998)
    await house.async_call("resolve_alert", alert_id="cellar")
    message = await last(house)
    assert (message.text, message.numbers) == (CLEAR, [ALICE_DIGITS, BOB_DIGITS])


@pytest.mark.parametrize(("raised", "resolved", "told"), [("", None, ""), (CLEAR, "", ""), ("", "Over.", "Over.")])
async def test_the_text_of_the_end_takes_the_place_of_the_first(
    house: House, raised: str, resolved: str | None, told: str
) -> None:
    await alert(house, all_clear=raised)
    await house.async_call("resolve_alert", alert_id="cellar", **({} if resolved is None else {"all_clear": resolved}))
    assert [message.text for message in (await house.gateway.messages())[1:]] == ([told] if told else [])


async def test_what_still_waits_is_not_sent_and_its_people_are_told_nothing(house: House) -> None:
    async with house.gateway.offline():
        await alert(house, all_clear=CLEAR)
        await house.async_call("resolve_alert", alert_id="cellar")
    for _ in range(4):
        await house.async_wait(minutes=5)
    assert await house.gateway.messages() == []


async def test_an_alert_on_which_nobody_acted_can_be_resolved_while_it_listens(house: House) -> None:
    await alert(house, steps=[{"target": "Alice"}], all_clear=CLEAR)
    for _ in range(4):
        await house.async_wait(minutes=1)
    assert active(house) == 0
    await house.async_call("resolve_alert", alert_id="cellar")
    assert (await last(house)).text == CLEAR


async def test_an_alert_that_nobody_knows_is_refused(house: House) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await house.async_call("resolve_alert", alert_id="cellar")
    assert refused.value.translation_key == "alert_unknown"


async def test_it_may_be_raised_again_after_its_end(house: House) -> None:
    await alert(house)
    await house.async_call("resolve_alert", alert_id="cellar")
    assert (await alert(house))["started"] is True
    assert len(await sent(house)) == 2


async def test_the_preview_counts_the_all_clear_and_sends_nothing(house: House) -> None:
    steps = [{"target": "Alice", "how": "voice"}]
    fields = {"message": "Water", "steps": steps, "all_clear": CLEAR}
    cost = await house.async_call("preview_alert", **fields)
    assert (cost["cost_at_least"], cost["cost_at_most"]) == (1, 2)
    assert (active(house), await spent(house)) == (0, 0)


async def test_the_preview_counts_who_takes_care_and_the_all_clear(house: House) -> None:
    cost = await house.async_call("preview_alert", message="Water", steps=[{"target": ["Alice", BOB]}], all_clear=CLEAR)
    assert (cost["cost_at_least"], cost["cost_at_most"]) == (2, 6)


async def test_the_all_clear_survives_a_restart(house: House) -> None:
    await alert(house, all_clear=CLEAR)
    await house.async_reload()
    await house.async_call("resolve_alert", alert_id="cellar")
    assert (await last(house)).text == CLEAR
