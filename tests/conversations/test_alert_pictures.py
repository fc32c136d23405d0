"""The picture of a camera in an alert: taken when it starts, shown until it is over, and never in the way of a step."""

from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.smsmode.const import DOMAIN, EVENT_ALERT_CHANGED
from tests.support.cameras import FRONT, JPEG, FrontCamera, add_camera, begin_call, picture_files, wait_for_camera
from tests.support.dialogs import ALERT, ASK, LEAK, active, alert, ask, report, spent, texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry
from tests.support.links import OUTSIDE, Browser, links, reach_from_outside, title
from tests.support.plan_house import add_plan

LINKED = {"target": ["Alice", BOB], "acknowledge_link": True}
SAW, OPEN, INVALID = "What the camera saw", "Do you take care of it?", "This link does not work"
FAILED = [{"reason": "camera_failed"}]


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account whose SMS may have links."""
    return account_entry(gateway, links=True)


@pytest.fixture(autouse=True)
async def camera(hass: HomeAssistant) -> FrontCamera:
    """Return the camera at the front door of a house that is reached from outside."""
    reach_from_outside(hass)
    return await add_camera(hass)


async def shown(browser: Browser, path: str) -> bytes:
    """Return the picture that the page of a link shows."""
    return await (await browser.client.get(f"{path}/picture")).read()


async def test_every_step_shows_the_picture_of_the_start_by_a_link_of_its_own(
    house: House, browser: Browser, camera: FrontCamera
) -> None:
    response = await alert(house, camera=FRONT, steps=[{"target": ["Alice", BOB]}, {"target": ["Alice"]}])
    assert "warnings" not in response
    camera.shows = b"\xff\xd8\xff what it sees later"
    for number in (ALICE_DIGITS, BOB_DIGITS):
        await report(house, 3998, number=number)
    (_, first), (_, second) = await links(house)
    assert (first != second, camera.asked) == (True, 1)
    assert [await shown(browser, path) for path in (first, second)] == [JPEG, JPEG]
    assert (await texts(house))[0] == (f"{LEAK}\nPhoto {OUTSIDE}{first}", [ALICE_DIGITS, BOB_DIGITS])


async def test_a_link_that_acknowledges_shows_the_picture_above_its_button(house: House, browser: Browser) -> None:
    await alert(house, camera=FRONT, steps=[LINKED])
    (_, alice), (_, bob) = await links(house)
    assert [text.count("https://") for text, _ in await texts(house)] == [1, 1]
    page = (await browser.opens(alice))[1]
    assert (title(page), page.index("<img") < page.index("<button")) == (OPEN, True)
    assert await shown(browser, alice) == JPEG
    await browser.presses(bob)
    assert active(house) == 0
    assert title((await browser.opens(f"{alice}/picture"))[1]) == INVALID
    assert (picture_files(house.hass), "<img" in (await browser.opens(alice))[1]) == ([], False)


async def test_a_call_goes_out_at_once_and_its_link_shows_the_picture(
    house: House, browser: Browser, camera: FrontCamera
) -> None:
    call = await begin_call(house, camera, "alert", **ALERT | {"steps": [LINKED | {"how": "voice"}], "camera": FRONT})
    await house.gateway.wait_for_requests("sendVoiceMessage.do", 1)
    camera.is_ready.set()
    await call
    await house.async_settle()
    (_, alice), _ = await links(house)
    assert await shown(browser, alice) == JPEG


async def test_the_links_of_an_alert_that_goes_on_while_its_camera_hangs_are_those_of_its_step(
    house: House, camera: FrontCamera
) -> None:
    await house.gateway.fail("sendVoiceMessage.do", "code:35", 1)
    steps = [{"target": "Alice", "how": "voice", "acknowledge_link": True}, {"target": BOB}]
    call = await begin_call(house, camera, "alert", **ALERT | {"steps": steps, "camera": FRONT})
    await house.gateway.wait_for_requests("sendVoiceMessage.do", 1)
    wait_for_camera(house)
    await call
    camera.is_ready.set()
    await house.async_settle()
    assert await texts(house) == [(LEAK, [BOB_DIGITS])]


async def test_previews_count_the_link_once(house: House, camera: FrontCamera) -> None:
    fields: dict[str, Any] = {"message": "x" * 110, "camera": FRONT}
    for steps in ([{"target": ["Alice", BOB]}], [LINKED]):
        preview = await house.async_call("preview_alert", **fields, steps=steps)
        assert (preview["cost_at_least"], camera.asked) == (4, 0)
    await alert(house, **fields, steps=[LINKED])
    assert await spent(house) == 4


async def test_a_camera_that_fails_costs_an_alert_its_picture_and_that_is_told(
    house: House, browser: Browser, camera: FrontCamera
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    camera.shows = HomeAssistantError("off")
    response = await alert(house, camera=FRONT, steps=[LINKED])
    assert (response["warnings"], changes[-1].data["camera_failed"]) == (FAILED, True)
    (_, alice), _ = await links(house)
    assert "<img" not in (await browser.opens(alice))[1]
    assert title((await browser.opens(f"{alice}/picture"))[1]) == INVALID


async def test_a_camera_that_hangs_keeps_no_alarm_from_leaving(house: House, camera: FrontCamera) -> None:
    call = await begin_call(house, camera, "alert", **ALERT | {"camera": FRONT})
    wait_for_camera(house)
    response = await call
    assert (response["warnings"], await texts(house)) == (FAILED, [(LEAK, [ALICE_DIGITS])])
    camera.is_ready.set()
    await house.async_settle()
    assert picture_files(house.hass) == []


async def test_an_alert_that_ends_while_its_camera_takes_its_time_sends_nothing(
    house: House, camera: FrontCamera
) -> None:
    call = await begin_call(house, camera, "alert", **ALERT | {"camera": FRONT})
    await house.hass.services.async_call(DOMAIN, "cancel_alert", {"alert_id": "cellar"}, blocking=True)
    camera.is_ready.set()
    await call
    await house.async_wait(minutes=1, seconds=1)
    assert (await texts(house), picture_files(house.hass)) == ([], [])


async def test_a_reload_while_the_camera_takes_its_time_takes_another_picture(
    house: House, browser: Browser, camera: FrontCamera
) -> None:
    call = await begin_call(house, camera, "alert", **ALERT | {"camera": FRONT})
    unloading = house.hass.async_create_task(house.hass.config_entries.async_unload(house.entry.entry_id))
    camera.is_ready.set()
    assert await unloading
    await house.hass.config_entries.async_setup(house.entry.entry_id)
    await call
    await house.async_settle()
    ((_, path),) = await links(house)
    assert await shown(browser, path) == JPEG
    assert len(picture_files(house.hass)) == 1


async def test_picture_and_links_survive_a_reload_and_die_with_the_alert(house: House, browser: Browser) -> None:
    await alert(house, camera=FRONT)
    await house.async_reload()
    ((_, path),) = await links(house)
    await house.async_wait(minutes=2)
    assert await shown(browser, path) == JPEG
    await house.async_call("resolve_alert", alert_id="cellar")
    assert (title((await browser.opens(path))[1]), picture_files(house.hass)) == (INVALID, [])


async def test_a_link_to_a_picture_acknowledges_nothing(house: House, browser: Browser) -> None:
    await alert(house, camera=FRONT)
    ((_, path),) = await links(house)
    assert title((await browser.presses(path))[1]) == SAW
    assert (await browser.opens(f"{path}/picture", "POST"))[0] == 405
    assert active(house) == 1


async def test_without_an_address_the_alarm_leaves_and_that_is_told(house: House, camera: FrontCamera) -> None:
    reach_from_outside(house.hass, None)
    response = await alert(house, camera=FRONT)
    assert response["warnings"] == [{"reason": "links_without_address"}]
    assert (await texts(house), camera.asked) == ([(LEAK, [ALICE_DIGITS])], 0)
    assert ir.async_get(house.hass).async_get_issue(DOMAIN, f"links_missing_{house.entry.entry_id}") is not None


async def test_whoever_may_not_see_a_camera_may_raise_a_plan_that_has_it_and_name_none(
    house: House, camera: FrontCamera
) -> None:
    user = MockUser()
    user.add_to_hass(house.hass)
    user.mock_policy({})
    context = Context(user_id=user.id)
    for action in ("alert", "preview_alert"):
        with pytest.raises(Unauthorized):
            await house.hass.services.async_call(
                DOMAIN, action, ALERT | {"camera": FRONT}, blocking=True, context=context, return_response=True
            )
    assert camera.asked == 0
    add_plan(house, "Cellar", camera=FRONT, steps=[{"target": ["Alice"]}])
    await house.async_settle()
    await house.hass.services.async_call(DOMAIN, "alert", {"plan": "Cellar"}, blocking=True, context=context)
    assert (camera.asked, len(await links(house))) == (1, 1)


async def test_a_question_has_a_picture(house: House, browser: Browser, camera: FrontCamera) -> None:
    pending = await ask(house, camera=FRONT)
    ((_, path),) = await links(house)
    assert await shown(browser, path) == JPEG
    await house.async_wait(minutes=10)
    assert "warnings" not in await pending.response()
    camera.shows = None
    pending = await ask(house, camera=FRONT, question="Again? YES or NO")
    await house.async_wait(minutes=10)
    assert (await pending.response())["warnings"] == FAILED
    reach_from_outside(house.hass, None)
    with pytest.raises(ServiceValidationError) as raised:
        await house.async_call("ask", **ASK | {"camera": FRONT})
    assert raised.value.translation_key == "camera_links_without_address"
