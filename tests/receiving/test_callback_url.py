"""By which address the gateway may call back, and that it is told so."""

import asyncio
import sys
from types import ModuleType

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.smsmode.const import DOMAIN
from custom_components.smsmode.receiving.callback_url import async_callback_url
from tests.support.house import WEBHOOK_ID, House

PATH = f"/api/webhook/{WEBHOOK_ID}"


def account(hass: HomeAssistant, mode: str, gateway: str = "https://api.smsmode.com") -> MockConfigEntry:
    """Describe an account with a mode of callbacks."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={"access_token": "k", "base_url": gateway, "webhook_id": WEBHOOK_ID},
        options={"callbacks": mode},
    )
    entry.add_to_hass(hass)
    return entry


class FakeCloud(ModuleType):
    """Home Assistant Cloud, which cannot be installed beside the test harness, as far as it is asked here."""

    def __init__(self) -> None:
        """Have a subscription and no hooks."""
        super().__init__("homeassistant.components.cloud")
        self.subscribed = True
        self.connected = True
        self.hangs = False
        self.hooks: set[str] = set()

    def async_active_subscription(self, _hass: HomeAssistant) -> bool:
        return self.subscribed

    async def async_get_or_create_cloudhook(self, _hass: HomeAssistant, webhook_id: str) -> str:
        if not self.connected:
            raise HomeAssistantError
        if self.hangs:
            await asyncio.Event().wait()
        self.hooks.add(webhook_id)
        return f"https://hooks.nabu.casa/{webhook_id}"

    async def async_delete_cloudhook(self, _hass: HomeAssistant, webhook_id: str) -> None:
        if not self.connected:
            raise ConnectionError
        if webhook_id not in self.hooks:
            raise ValueError
        self.hooks.remove(webhook_id)


@pytest.fixture
def cloud(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> FakeCloud:
    """Give a house with a subscription to the cloud."""
    fake = FakeCloud()
    monkeypatch.setitem(sys.modules, fake.__name__, fake)
    monkeypatch.setattr("homeassistant.components.cloud", fake, raising=False)
    hass.config.components.add("cloud")
    return fake


@pytest.mark.parametrize(
    ("mode", "external", "expected"),
    [
        pytest.param("auto", "https://house.example", f"https://house.example{PATH}", id="auto"),
        pytest.param("external", "https://house.example", f"https://house.example{PATH}", id="external"),
        pytest.param("auto", "http://house.example", None, id="not encrypted"),
        pytest.param("auto", None, None, id="no public address"),
        pytest.param("cloud", "https://house.example", None, id="no cloud"),
        pytest.param("off", "https://house.example", None, id="off"),
    ],
)
async def test_address_follows_the_callback_mode(
    hass: HomeAssistant, mode: str, external: str | None, expected: str | None
) -> None:
    hass.config.external_url = external
    hass.config.internal_url = "http://192.168.1.2:8123"
    assert await async_callback_url(hass, account(hass, mode)) == expected


async def test_gateway_on_this_machine_may_use_the_internal_address(hass: HomeAssistant) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    entry = account(hass, "auto", "http://127.0.0.1:8090")
    assert await async_callback_url(hass, entry) == f"http://127.0.0.1:8123{PATH}"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("auto", f"https://hooks.nabu.casa/{WEBHOOK_ID}"),
        ("cloud", f"https://hooks.nabu.casa/{WEBHOOK_ID}"),
        ("external", f"https://house.example{PATH}"),
        ("off", None),
    ],
)
async def test_cloud_comes_first(hass: HomeAssistant, cloud: FakeCloud, mode: str, expected: str | None) -> None:
    hass.config.external_url = "https://house.example"
    assert await async_callback_url(hass, account(hass, mode)) == expected


@pytest.mark.parametrize("lacking", ["subscribed", "connected"])
async def test_external_address_is_used_without_the_cloud(hass: HomeAssistant, cloud: FakeCloud, lacking: str) -> None:
    setattr(cloud, lacking, False)
    hass.config.external_url = "https://house.example"
    assert await async_callback_url(hass, account(hass, "auto")) == f"https://house.example{PATH}"


async def test_address_is_sent_with_each_message(hass: HomeAssistant, house: House) -> None:
    hass.config.internal_url = "http://127.0.0.1:8123"
    url = f"http://127.0.0.1:8123{PATH}"
    await house.async_call("send_message", message="x", target=["Alice"])
    await house.async_call("send_message", message="y", target=["Alice"], reply=True)
    await house.async_call("send_batch", messages=[{"target": "Alice", "message": "x"}])
    plain, with_reply = [request.params for request in await house.gateway.requests("sendSMS.do")]
    (batch,) = [request.params for request in await house.gateway.requests("sendSMSBatch.do")]
    assert (plain["notification_url"], plain.get("notification_url_reponse")) == (url, None)
    assert (with_reply["notification_url"], with_reply["notification_url_reponse"]) == (url, url)
    assert batch["notification_url"] == url


async def test_an_alert_does_not_wait_for_a_cloud_that_hangs(
    hass: HomeAssistant, cloud: FakeCloud, freezer: FrozenDateTimeFactory
) -> None:
    hass.config.external_url = "https://house.example"
    cloud.hangs = True
    address = asyncio.create_task(async_callback_url(hass, account(hass, "auto")))
    await asyncio.sleep(0)
    freezer.tick(3)
    async_fire_time_changed(hass)
    assert await address == f"https://house.example{PATH}"


@pytest.mark.parametrize("made", [True, False], ids=["hook made", "no hook"])
async def test_removed_account_deletes_its_cloudhook(
    hass: HomeAssistant, cloud: FakeCloud, house: House, made: bool
) -> None:
    assert await async_callback_url(hass, house.entry) == f"https://hooks.nabu.casa/{WEBHOOK_ID}"
    if not made:
        cloud.hooks.clear()
    await hass.config_entries.async_remove(house.entry.entry_id)
    assert cloud.hooks == set()


@pytest.mark.parametrize(("mode", "kept"), [("off", False), ("external", False), ("auto", True), ("cloud", True)])
async def test_cloudhook_that_the_options_no_longer_use_is_deleted(
    hass: HomeAssistant, cloud: FakeCloud, house: House, mode: str, kept: bool
) -> None:
    assert cloud.hooks == {WEBHOOK_ID}
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": mode})
    await house.async_settle()
    assert cloud.hooks == ({WEBHOOK_ID} if kept else set())


async def test_account_without_callbacks_is_set_up_whatever_is_wrong_with_the_cloud(
    hass: HomeAssistant, cloud: FakeCloud, house: House
) -> None:
    cloud.connected = False
    hass.config_entries.async_update_entry(house.entry, options={"callbacks": "off"})
    await house.async_settle()
    assert house.entry.state is ConfigEntryState.LOADED
