"""Pictures of cameras behind links in SMS: taken when a message is sent, shown for a day, and never in its way."""

import stat
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.sending.pictures import MAX_BYTES, MAX_PICTURES
from tests.support.cameras import FRONT, JPEG, FrontCamera, add_camera, begin_call, picture_files, wait_for_camera
from tests.support.dialogs import texts
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB, BOB_DIGITS, House, account_entry
from tests.support.links import OUTSIDE, Browser, links, reach_from_outside, title

BELL = {"message": "Somebody is at the door.", "target": ["Alice"], "camera": FRONT}
SAW, INVALID = "What the camera saw", "This link does not work"
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


async def send(house: House, **fields: Any) -> dict[str, Any]:
    """Send an SMS with the picture of the camera."""
    return await house.async_call("send_message", **BELL | fields)


async def test_an_sms_has_a_short_link_to_what_the_camera_shows_now(
    house: House, browser: Browser, camera: FrontCamera
) -> None:
    response = await send(house)
    ((number, path),) = await links(house)
    assert await texts(house) == [(f"Somebody is at the door.\nPhoto {OUTSIDE}{path}", [ALICE_DIGITS])]
    assert (number, response["messages"][0]["segments"], "warnings" in response) == (ALICE_DIGITS, 1, False)
    assert path not in str(response)
    status, page = await browser.opens(path)
    assert (status, title(page), camera.asked) == (200, SAW, 1)
    assert f'src="{path.rpartition("/")[2]}/picture"' in page
    shown = await browser.client.get(f"{path}/picture")
    assert (await shown.read(), shown.content_type, camera.asked) == (JPEG, "image/jpeg", 1)


async def test_people_and_groups_share_one_link_in_one_message(house: House) -> None:
    await send(house, target=["Alice", BOB, "Family"])
    people, group = await house.gateway.requests("sendSMS.do")
    assert (people.params["numero"], group.params["groupe"]) == (f"{ALICE_DIGITS},{BOB_DIGITS}", "Famille")
    assert people.params["message"] == group.params["message"]
    assert len(picture_files(house.hass)) == 1


async def test_the_preview_counts_the_link_and_takes_no_picture(house: House, camera: FrontCamera) -> None:
    preview = await house.async_call("preview_message", **BELL | {"message": "x" * 110})
    assert (preview["segments"], camera.asked, picture_files(house.hass)) == (2, 0, [])
    assert (await send(house, message="x" * 110))["messages"][0]["segments"] == 2


async def test_a_notify_service_sends_a_picture_as_well(house: House) -> None:
    await house.async_notify(message="Bell", target=["Alice"], data={"camera": FRONT})
    assert len(await links(house)) == 1


async def test_the_file_is_for_its_owner_alone(house: House) -> None:
    await send(house)
    (file,) = picture_files(house.hass)
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (JPEG, 0o600)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_a_picture_is_shown_for_a_day_and_deleted_after(house: House, browser: Browser) -> None:
    await send(house)
    ((_, path),) = await links(house)
    await house.async_wait(hours=23, minutes=59)
    assert title((await browser.opens(path))[1]) == SAW
    await house.async_wait(minutes=2)
    for each in (path, f"{path}/picture"):
        assert title((await browser.opens(each))[1]) == INVALID
    assert picture_files(house.hass) == []


async def test_a_reload_keeps_picture_and_link(house: House, browser: Browser) -> None:
    await send(house)
    ((_, path),) = await links(house)
    await house.async_reload()
    assert title((await browser.opens(path))[1]) == SAW
    assert (await browser.client.get(f"{path}/picture")).content_type == "image/jpeg"


async def test_a_picture_goes_with_its_account(house: House) -> None:
    await send(house)
    await house.hass.config_entries.async_remove(house.entry.entry_id)
    await house.async_settle()
    assert picture_files(house.hass) == []


async def test_an_account_that_is_disabled_or_has_no_links_any_more_keeps_no_picture(
    house: House, browser: Browser
) -> None:
    await send(house)
    house.hass.config_entries.async_update_entry(house.entry, options={})
    await house.async_settle()
    assert picture_files(house.hass) == []
    house.hass.config_entries.async_update_entry(house.entry, options={"links": True})
    await house.async_settle()
    await send(house, message="Again.")
    await house.hass.config_entries.async_set_disabled_by(house.entry.entry_id, ConfigEntryDisabler.USER)
    await house.async_settle()
    assert picture_files(house.hass) == []
    for _, path in await links(house):
        assert title((await browser.opens(path))[1]) == INVALID


async def test_a_file_that_belongs_to_no_picture_is_deleted_at_the_start(house: House, browser: Browser) -> None:
    await send(house)
    (file,) = picture_files(house.hass)
    (file.parent / "01ORPHAN").write_bytes(JPEG)
    await house.async_reload()
    assert picture_files(house.hass) == [file]
    file.unlink()
    ((_, path),) = await links(house)
    assert title((await browser.opens(f"{path}/picture"))[1]) == INVALID


@pytest.mark.parametrize(
    "shows",
    [
        pytest.param(HomeAssistantError("off"), id="refused"),
        pytest.param(OSError("no route"), id="broken"),
        pytest.param(None, id="nothing"),
        pytest.param(b"<svg onload=alert(1)>", id="no picture"),
        pytest.param(JPEG + bytes(MAX_BYTES), id="too large"),
    ],
)
async def test_a_camera_that_fails_costs_the_sms_its_link_alone(
    house: House, camera: FrontCamera, shows: bytes | Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    camera.shows = shows
    assert (await send(house))["warnings"] == FAILED
    assert await texts(house) == [("Somebody is at the door.", [ALICE_DIGITS])]
    assert (picture_files(house.hass), "camera.front has none" in caplog.text) == ([], True)


async def test_a_camera_that_is_not_there_and_a_house_without_any_cost_the_sms_its_link_alone(house: House) -> None:
    assert (await send(house, camera="camera.nowhere"))["warnings"] == FAILED
    house.hass.config.components.remove("camera")
    assert (await send(house, message="Again."))["warnings"] == FAILED
    assert [text for text, _ in await texts(house)] == ["Somebody is at the door.", "Again."]


async def test_a_camera_that_hangs_keeps_no_sms_from_leaving_and_leaves_no_file(
    house: House, camera: FrontCamera, caplog: pytest.LogCaptureFixture
) -> None:
    call = await begin_call(house, camera, "send_message", **BELL)
    assert await house.gateway.messages() == []
    wait_for_camera(house)
    response = await call
    assert (response["warnings"], "took too long" in caplog.text) == (FAILED, True)
    assert await texts(house) == [("Somebody is at the door.", [ALICE_DIGITS])]
    camera.is_ready.set()
    await house.async_settle()
    assert picture_files(house.hass) == []


async def test_a_disk_that_takes_no_picture_costs_the_sms_its_link_alone(house: House) -> None:
    folder = Path(house.hass.config.path(".storage", f"{DOMAIN}.{house.entry.entry_id}.pictures"))
    folder.touch()
    assert (await send(house))["warnings"] == FAILED


async def test_a_repetition_and_a_refused_message_leave_no_picture(house: House) -> None:
    await send(house)
    assert (await send(house))["messages"][0]["status"] == "duplicate"
    await house.gateway.fail("sendSMS.do", "code:35", 1)
    with pytest.raises(HomeAssistantError):
        await send(house, message="Refused.")
    with pytest.raises(ServiceValidationError):
        await send(house, message="Bad sender.", sender="12345678901234")
    await house.async_settle()
    assert len(picture_files(house.hass)) == 1


async def test_a_message_of_which_nobody_knows_whether_it_left_keeps_its_picture(house: House) -> None:
    await house.gateway.fail("sendSMS.do", "drop_after", 1)
    with pytest.raises(HomeAssistantError):
        await send(house, queue=False)
    assert len(picture_files(house.hass)) == 1


async def test_no_more_pictures_are_kept_than_may_be(house: House, browser: Browser) -> None:
    for index in range(MAX_PICTURES + 1):
        await send(house, message=f"Bell {index}", urgent=True)
    assert len(picture_files(house.hass)) == MAX_PICTURES
    paths = [path for _, path in await links(house)]
    assert [title((await browser.opens(path))[1]) for path in (paths[0], paths[-1])] == [INVALID, SAW]


@pytest.mark.parametrize(
    ("options", "address", "fields", "error"),
    [
        ({}, OUTSIDE, {}, "camera_links_off"),
        ({"links": True}, "http://house.example", {}, "camera_links_without_address"),
        ({"links": True}, OUTSIDE, {"send_at": "2030-01-31 08:00:00"}, "camera_with_send_at"),
    ],
)
@pytest.mark.parametrize("action", ["send_message", "preview_message"])
async def test_a_picture_that_can_have_no_link_is_refused_before_anything_is_sent(
    house: House, action: str, options: dict[str, Any], address: str, fields: dict[str, Any], error: str
) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.async_settle()
    reach_from_outside(house.hass, address)
    with pytest.raises(ServiceValidationError) as raised:
        await house.async_call(action, **BELL | fields)
    assert (raised.value.translation_key, await texts(house)) == (error, [])


async def test_what_is_urgent_leaves_without_its_link_where_there_is_no_address(
    house: House, camera: FrontCamera
) -> None:
    reach_from_outside(house.hass, None)
    response = await send(house, urgent=True)
    assert (response["warnings"], camera.asked) == ([{"reason": "links_without_address"}], 0)
    assert len(await texts(house)) == 1


async def test_an_address_that_goes_while_the_picture_is_taken_costs_the_link_alone(
    house: House, camera: FrontCamera
) -> None:
    call = await begin_call(house, camera, "send_message", **BELL)
    reach_from_outside(house.hass, None)
    camera.is_ready.set()
    await call
    assert await texts(house) == [("Somebody is at the door.", [ALICE_DIGITS])]


def person(hass: HomeAssistant, policy: dict[str, Any]) -> MockUser:
    """Return a user with a policy."""
    user = MockUser()
    user.add_to_hass(hass)
    user.mock_policy(policy)
    return user


async def test_who_may_not_see_a_camera_may_not_send_its_picture(house: House, camera: FrontCamera) -> None:
    stranger = person(house.hass, {"entities": {"domains": {"notify": True}}})
    for context, error in ((Context(user_id=stranger.id), Unauthorized), (Context(user_id="gone"), UnknownUser)):
        with pytest.raises(error):
            await house.hass.services.async_call(DOMAIN, "send_message", BELL, blocking=True, context=context)
    assert (camera.asked, await texts(house)) == (0, [])
    viewer = person(house.hass, {"entities": {"entity_ids": {FRONT: {"read": True}}}})
    await house.hass.services.async_call(
        DOMAIN, "send_message", BELL, blocking=True, context=Context(user_id=viewer.id)
    )
    assert camera.asked == 1
