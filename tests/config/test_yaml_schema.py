"""The YAML of accounts and of messages: what is taken."""

import contextlib
from datetime import timedelta
from typing import Any

import probatio
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st

from custom_components.smsmode.config.yaml_schema import CONFIG_SCHEMA, MESSAGE_FIELDS, PLATFORM_SCHEMA
from tests.support.yaml_files import ACCOUNT, KEY, load

ALICE = "+33612345678"
MESSAGE = probatio.Schema(MESSAGE_FIELDS)


async def test_an_account_of_a_name_and_a_key_is_enough(hass: HomeAssistant) -> None:
    config = await load(hass, ACCOUNT)
    assert config is not None
    assert config["smsmode"] == [
        {"name": "Home", "access_token": KEY, "base_url": "https://api.smsmode.com", "recipients": []}
    ]


async def test_everything_that_can_be_said_of_an_account(hass: HomeAssistant) -> None:
    config = await load(
        hass,
        f"""
smsmode:
  - name: Home
    access_token: "  {KEY}\\n"
    base_url: http://127.0.0.1:8090/
    sender: MAISON
    region: fr
    encoding: gsm
    max_segments: 2
    stop: if_free
    low_balance: 7.5
    daily_limit: 100
    recipient_hourly_limit: 0
    assistant_limit: 4
    credit_price: 0.06
    callbacks: external
    user_access: [read, write]
    quick_replies: [OK, " J’arrive ", OK]
    keep_conversations: 90
    refuse_changed_text: true
    fallback: notify.mobile_app_alice
    recipients:
      - name: Alice
        number: "06 12 34 56 78"
      - name: Family
        group: Famille
""",
    )
    assert config is not None
    assert config["smsmode"] == [
        {
            "name": "Home",
            "access_token": KEY,
            "base_url": "http://127.0.0.1:8090",
            "sender": "MAISON",
            "region": "FR",
            "encoding": "gsm",
            "max_segments": 2,
            "stop": "if_free",
            "low_balance": 7.5,
            "daily_limit": 100,
            "recipient_hourly_limit": 0,
            "assistant_limit": 4,
            "credit_price": 0.06,
            "callbacks": "external",
            "user_access": ["read", "write"],
            "quick_replies": ["OK", "J’arrive"],
            "keep_conversations": "90",
            "refuse_changed_text": True,
            "fallback": "notify.mobile_app_alice",
            "recipients": [{"name": "Alice", "number": ALICE}, {"name": "Family", "group": "Famille"}],
        }
    ]


@pytest.mark.parametrize(
    "yaml",
    [
        pytest.param("smsmode:\n", id="nothing"),
        pytest.param("smsmode: []\n", id="empty list"),
        pytest.param("homeassistant:\n", id="absent"),
    ],
)
async def test_yaml_without_accounts_is_no_error(hass: HomeAssistant, yaml: str) -> None:
    config = await load(hass, yaml)
    assert config is not None
    assert not config.get("smsmode")


async def test_a_single_account_needs_no_list(hass: HomeAssistant) -> None:
    config = await load(hass, f"smsmode:\n  name: Home\n  access_token: {KEY}\n  recipients:\n")
    assert config is not None
    assert [account["name"] for account in config["smsmode"]] == ["Home"]


async def test_callbacks_can_be_off_without_quotes(hass: HomeAssistant) -> None:
    config = await load(hass, f"{ACCOUNT}    callbacks: off\n")
    assert config is not None
    assert config["smsmode"][0]["callbacks"] == "off"


async def test_keeping_conversations_can_be_off_without_quotes(hass: HomeAssistant) -> None:
    config = await load(hass, f"{ACCOUNT}    keep_conversations: off\n")
    assert config is not None
    assert config["smsmode"][0]["keep_conversations"] == "off"


@pytest.mark.parametrize(
    ("country", "region", "number", "kept"),
    [
        pytest.param(None, "", "06 12 34 56 78", ALICE, id="France by default"),
        pytest.param("BE", "", "0470 12 34 56", "+32470123456", id="country of the house"),
        pytest.param("BE", "region: FR", "06 12 34 56 78", ALICE, id="country of the account"),
        pytest.param("BE", "region: CH", "+33 (0)6 12 34 56 78", ALICE, id="country of the number"),
    ],
)
async def test_a_number_is_read_as_of_the_right_country(
    hass: HomeAssistant, country: str | None, region: str, number: str, kept: str
) -> None:
    await hass.config.async_update(country=country)
    recipient = f'    recipients:\n      - name: Alice\n        number: "{number}"\n'
    config = await load(hass, f"{ACCOUNT}    {region}\n{recipient}")
    assert config is not None
    assert config["smsmode"][0]["recipients"] == [{"name": "Alice", "number": kept}]


async def test_a_notify_service_of_yaml_is_read(hass: HomeAssistant) -> None:
    config = await load(
        hass,
        """
notify:
  - platform: smsmode
    name: alarm_sms
    account: Home
    target: [Alice, "+33698765432"]
    data: {sender: ALARME, expires_after: "00:10:00", queue: false}
""",
        "notify",
    )
    assert config is not None
    assert config["notify"] == [
        {
            "platform": "smsmode",
            "name": "alarm_sms",
            "account": "Home",
            "target": ["Alice", "+33698765432"],
            "data": {"sender": "ALARME", "expires_after": timedelta(minutes=10), "queue": False},
        }
    ]


async def test_a_notify_service_needs_nothing_but_its_platform(hass: HomeAssistant) -> None:
    config = await load(hass, "notify:\n  - platform: smsmode\n", "notify")
    assert config is not None
    assert config["notify"] == [{"platform": "smsmode"}]


class TestMessage:
    def test_what_a_message_may_say_is_taken(self) -> None:
        assert MESSAGE(
            {
                "sender": "ALARME",
                "reply": "yes",
                "encoding": "unicode",
                "max_segments": "2",
                "stop": "always",
                "send_at": "2026-12-24T18:00:00+01:00",
                "reference": 42,
                "expires_after": {"minutes": 10},
                "queue": False,
            }
        ) == {
            "sender": "ALARME",
            "reply": True,
            "encoding": "unicode",
            "max_segments": 2,
            "stop": "always",
            "send_at": dt_util.parse_datetime("2026-12-24T17:00:00+00:00"),
            "reference": "42",
            "expires_after": timedelta(minutes=10),
            "queue": False,
        }

    def test_a_message_need_not_say_anything(self) -> None:
        assert MESSAGE({}) == {}

    async def test_a_time_without_zone_is_that_of_the_house(self, hass: HomeAssistant) -> None:
        await hass.config.async_set_time_zone("Europe/Paris")
        assert MESSAGE({"send_at": "2026-07-14 18:00:00"})["send_at"].isoformat() == "2026-07-14T18:00:00+02:00"
        assert MESSAGE({"send_at": "2026-12-24 18:00:00"})["send_at"].isoformat() == "2026-12-24T18:00:00+01:00"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("reply", "perhaps"),
            ("encoding", "utf-8"),
            ("max_segments", 0),
            ("max_segments", 6),
            ("max_segments", "many"),
            ("stop", "maybe"),
            ("send_at", "tomorrow"),
            ("send_at", 1),
            ("expires_after", -1),
            ("expires_after", -86_399_999_913_601),
            ("expires_after", {"days": 1e30}),
            ("expires_after", "long"),
            ("queue", "perhaps"),
            ("message", "Hello"),
        ],
    )
    def test_anything_else_is_refused_by_its_key(self, field: str, value: Any) -> None:
        with pytest.raises(probatio.MultipleInvalid) as refusal:
            MESSAGE({field: value})
        assert refusal.value.path == [field]


KEYS = st.sampled_from([str(key) for key in MESSAGE_FIELDS] + ["name", "number", "group", "recipients", "region"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=4),
)
OPTIONS = ["base_url", "low_balance", "daily_limit", "callbacks", "max_segments", "sender", "encoding", "recipients"]


@given(VALUES, st.dictionaries(st.sampled_from(OPTIONS), VALUES, max_size=3))
def test_whatever_yaml_holds_is_taken_or_refused_but_nothing_breaks(value: Any, options: dict[str, Any]) -> None:
    account = {"name": "Home", "access_token": KEY, "region": "FR", **options}
    schemas = (CONFIG_SCHEMA, CONFIG_SCHEMA, PLATFORM_SCHEMA, MESSAGE)
    for schema, config in zip(schemas, ({"smsmode": value}, {"smsmode": [account]}, value, value), strict=True):
        with contextlib.suppress(probatio.Invalid):
            schema(config)
