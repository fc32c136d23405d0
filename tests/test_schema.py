"""The YAML of accounts and of messages: what is taken, and what is said of the rest."""

import contextlib
from datetime import timedelta
from typing import Any

import probatio
import pytest
from homeassistant.config import YAML_CONFIG_FILE, async_hass_config_yaml, async_process_component_and_handle_errors
from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util
from hypothesis import given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import patch_yaml_files

from custom_components.smsmode.schema import CONFIG_SCHEMA, MESSAGE_FIELDS, PLATFORM_SCHEMA

KEY = "Ab1CD2efg3Hi"
ALICE = "+33612345678"
MESSAGE = probatio.Schema(MESSAGE_FIELDS)
ACCOUNT = f"""
smsmode:
  - name: Home
    access_token: {KEY}
"""


async def load(hass: HomeAssistant, yaml: str, domain: str = "smsmode") -> ConfigType | None:
    """Read configuration.yaml as Home Assistant does at its start; None if it refuses it."""
    with patch_yaml_files({YAML_CONFIG_FILE: yaml}):
        config = await async_hass_config_yaml(hass)
    return await async_process_component_and_handle_errors(hass, config, await async_get_integration(hass, domain))


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
    callbacks: external
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
            "callbacks": "external",
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


QUOTE = "put it in quotes"


@pytest.mark.parametrize(
    ("lines", "key", "advice"),
    [
        pytest.param("sender: ÉCOLE", "sender", "no accents", id="sender"),
        pytest.param("sender: 36034", "sender", QUOTE, id="sender of digits"),
        pytest.param('sender: "36034"', "sender", "at least one letter", id="sender of quoted digits"),
        pytest.param('sender: ""', "sender", "must not be empty", id="empty sender"),
        pytest.param("base_url: api.smsmode.com", "base_url", "https address", id="address"),
        pytest.param("base_url: http://api.smsmode.com", "base_url", "https address", id="http"),
        pytest.param("region: France", "region", "two letters", id="country by name"),
        pytest.param("region: NO", "region", QUOTE, id="Norway"),
        pytest.param("encoding: utf-8", "encoding", "auto", id="encoding"),
        pytest.param("max_segments: 6", "max_segments", "at most 5", id="six segments"),
        pytest.param("max_segments: 0", "max_segments", "at least 1", id="no segment"),
        pytest.param("stop: maybe", "stop", "if_free", id="stop"),
        pytest.param("low_balance: -1", "low_balance", "at least 0", id="negative balance"),
        pytest.param("low_balance: .inf", "low_balance", "at most", id="infinite balance"),
        pytest.param("daily_limit: -1", "daily_limit", "at least 0", id="negative limit"),
        pytest.param("recipient_hourly_limit: many", "recipient_hourly_limit", "expected int", id="word as limit"),
        pytest.param("callbacks: on", "callbacks", "external", id="callbacks on"),
        pytest.param("sendr: MAISON", "sendr", "did you mean 'sender'", id="misspelt"),
        pytest.param("recipients: Alice", "recipients->0", "mapping", id="recipient as word"),
    ],
)
async def test_a_wrong_option_is_named_with_its_line_and_what_to_do(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, lines: str, key: str, advice: str
) -> None:
    assert await load(hass, f"{ACCOUNT}    {lines}\n") is None
    assert f"smsmode->0->{key}" in caplog.text
    assert advice in caplog.text
    assert "line " in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("recipient", "field", "advice"),
    [
        pytest.param("{number: '0698765432'}", "name", "'name' not provided", id="no name"),
        pytest.param("{name: '0698765432', number: '0698765432'}", "name", "use a word", id="number as name"),
        pytest.param("{name: 0698765432, number: '0698765432'}", "name", "use a word", id="unquoted number as name"),
        pytest.param("{name: 12, number: '0698765432'}", "name", QUOTE, id="integer as name"),
        pytest.param("{name: 'group:x', group: x}", "name", "under group", id="group as name"),
        pytest.param("{name: ALICE, number: '0698765432'}", "name", "two recipients", id="name twice"),
        pytest.param("{name: Bob}", "number", "a number or a group", id="neither"),
        pytest.param("{name: Bob, number: '0698765432', group: x}", "group", "not both", id="both"),
        pytest.param("{name: Bob, number: Bob}", "number", "no phone number", id="name as number"),
        pytest.param("{name: Bob, number: '0698'}", "number", "no phone has this number", id="short"),
        pytest.param("{name: Bob, number: '0142685300'}", "number", "fixed line", id="fixed line"),
        pytest.param("{name: Bob, number: '0899701234'}", "number", "special-rate", id="premium"),
        pytest.param("{name: Bob, number: '+33612345678'}", "number", "another recipient", id="number twice"),
        pytest.param("{name: Bob, group: famille}", "group", "another recipient", id="group twice"),
        pytest.param("{name: Bob, group: ''}", "group", "must not be empty", id="empty group"),
        pytest.param("{name: Bob, number: 0612345670}", "number", QUOTE, id="octal"),
        pytest.param("{name: Bob, number: 612345678}", "number", QUOTE, id="integer without its 0"),
        pytest.param("{name: Bob, number: +33612345678}", "number", QUOTE, id="integer without its +"),
        pytest.param("{name: Bob, number: 06.12}", "number", QUOTE, id="decimal"),
    ],
)
async def test_a_wrong_recipient_is_named_with_its_line_and_what_to_do(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, recipient: str, field: str, advice: str
) -> None:
    others = "      - {name: Alice, number: '+33612345678'}\n      - {name: Family, group: Famille}\n"
    assert await load(hass, f"{ACCOUNT}    recipients:\n{others}      - {recipient}\n") is None
    assert f"'{field}'" in caplog.text or f"recipients->2->{field}" in caplog.text
    assert advice in caplog.text
    assert "line " in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("key", "said"),
    [
        pytest.param('"Ab1CD2 secret"', "copy it again", id="space"),
        pytest.param('"Ab1CD2ésecret"', "copy it again", id="accent"),
        pytest.param("31415926535897", QUOTE, id="number"),
        pytest.param("[Ab1CD2secret]", QUOTE, id="list"),
        pytest.param('""', "must not be empty", id="empty"),
    ],
)
async def test_a_wrong_key_is_named_but_never_shown(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, key: str, said: str
) -> None:
    assert await load(hass, f"smsmode:\n  - name: Home\n    access_token: {key}\n") is None
    assert "smsmode->0->access_token" in caplog.text
    assert said in caplog.text
    assert "secret" not in caplog.text
    assert "31415926535897" not in caplog.text


@pytest.mark.parametrize("missing", ["name", "access_token"])
async def test_a_missing_name_or_key_is_asked_for(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, missing: str
) -> None:
    fields = {"name": "Home", "access_token": KEY}
    del fields[missing]
    ((field, value),) = fields.items()
    assert await load(hass, f"smsmode:\n  - {field}: {value}\n") is None
    assert f"required key '{missing}' not provided" in caplog.text
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        pytest.param("home", "Zz9yX8wvu7Ts", "two accounts have this name", id="name"),
        pytest.param("Home!", "Zz9yX8wvu7Ts", "two accounts have this name", id="name but for a sign"),
        pytest.param("Holidays", KEY, "another account has the access_token", id="key"),
    ],
)
async def test_two_accounts_share_neither_name_nor_key(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, name: str, key: str, said: str
) -> None:
    assert await load(hass, f"{ACCOUNT}  - name: {name}\n    access_token: {key}\n") is None
    assert said in caplog.text
    assert "smsmode->1->name" in caplog.text
    assert KEY not in caplog.text
    assert "Zz9yX8wvu7Ts" not in caplog.text


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


@pytest.mark.parametrize(
    ("lines", "key", "advice"),
    [
        pytest.param("target: +33612345678", "target->0", QUOTE, id="target as integer"),
        pytest.param("data: {sender: ÉCOLE}", "data->sender", "no accents", id="sender"),
        pytest.param("data: {encoding: utf-8}", "data->encoding", "unicode", id="encoding"),
        pytest.param("data: {sendr: ALARME}", "data->sendr", "did you mean 'sender'", id="misspelt in data"),
        pytest.param("acount: Home", "acount", "did you mean 'account'", id="misspelt"),
        pytest.param("name: ''", "name", "must not be empty", id="empty name"),
    ],
)
async def test_a_wrong_notify_service_is_named_and_the_others_start(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, lines: str, key: str, advice: str
) -> None:
    yaml = f"notify:\n  - platform: smsmode\n    {lines}\n  - platform: smsmode\n    name: fine\n"
    config = await load(hass, yaml, "notify")
    assert config is not None
    assert [service["name"] for service in config["notify"]] == ["fine"]
    assert key in caplog.text
    assert advice in caplog.text


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
