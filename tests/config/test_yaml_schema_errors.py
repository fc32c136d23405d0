"""The YAML of accounts: what is wrong is named with its line and what to do, and never shows a key."""

import probatio
import pytest
from homeassistant.core import HomeAssistant

from custom_components.smsmode.config.yaml_schema import PLATFORM_SCHEMA
from tests.support.work import counted_calls
from tests.support.yaml_files import ACCOUNT, KEY, load

QUOTE = "put it in quotes"


async def test_only_one_account_is_the_default(hass: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    first = f"{ACCOUNT}    default_account: true\n"
    second = "  - name: Chalet\n    access_token: Zz9yX8wvu7Ts\n    default_account: true\n"
    assert await load(hass, f"{first}{second}") is None
    assert "only one account can be the default account" in caplog.text
    assert "smsmode->1->default_account" in caplog.text
    assert await load(hass, f"{first}{second.replace('true', 'false')}") is not None


def test_a_notify_service_of_yaml_names_somebody_or_has_no_target() -> None:
    with pytest.raises(probatio.Invalid, match="leave target out"):
        PLATFORM_SCHEMA({"platform": "smsmode", "target": []})
    assert "target" not in PLATFORM_SCHEMA({"platform": "smsmode"})


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
        pytest.param("low_balance: yes", "low_balance", "this is no number", id="balance that is a switch"),
        pytest.param("credit_price: -1", "credit_price", "at least 0", id="negative price"),
        pytest.param("daily_limit: -1", "daily_limit", "at least 0", id="negative limit"),
        pytest.param("recipient_hourly_limit: many", "recipient_hourly_limit", "expected int", id="word as limit"),
        pytest.param("callbacks: on", "callbacks", "external", id="callbacks on"),
        pytest.param("keep_conversations: 7", "keep_conversations", "90", id="seven days"),
        pytest.param(f"quick_replies: [{'x' * 161}]", "quick_replies", "160 characters", id="long reply"),
        pytest.param("fallback: light.kitchen", "fallback", "notify", id="fall-back"),
        pytest.param("fallback: true", "fallback", QUOTE, id="fall-back that is no text"),
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
        pytest.param(
            "{name: Alicé, number: '0698765432'}",
            "name",
            "accents",
            id="name with an accent",
        ),
        pytest.param("{name: Bob}", "number", "a number or a group", id="neither"),
        pytest.param("{name: Bob, number: '0698765432', group: x}", "group", "not both", id="both"),
        pytest.param("{name: Bob, number: Bob}", "number", "not a phone number", id="name as number"),
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
    ("group", "field", "advice"),
    [
        pytest.param("{members: [Alice]}", "name", "required", id="no name"),
        pytest.param("{name: '06 39 98 12 34', members: [Alice]}", "name", "use a word", id="number as name"),
        pytest.param("{name: 'group:Club', members: [Alice]}", "name", "stands behind it", id="prefix"),
        pytest.param("{name: ALICE, members: [Alice]}", "name", "has this name", id="name of a recipient"),
        pytest.param("{name: famille, members: [Alice]}", "name", "has this name", id="a known group of the gateway"),
        pytest.param("{name: club, members: [Alice]}", "name", "has this name", id="name of another group"),
        pytest.param("{name: Crew, members: []}", "members", "at least one recipient", id="nobody"),
        pytest.param("{name: Crew, members: [Alice, Zoe]}", "members", "not a recipient", id="unknown"),
        pytest.param("{name: Crew, members: [Club]}", "members", "not a recipient", id="group in a group"),
        pytest.param("{name: Crew, members: ['+33612345678']}", "members", "not a recipient", id="number"),
    ],
)
async def test_a_wrong_group_is_named_with_its_line_and_what_to_do(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, group: str, field: str, advice: str
) -> None:
    people = "      - {name: Alice, number: '+33612345678'}\n      - {name: Family, group: Famille}\n"
    groups = f"    groups:\n      - {{name: Club, members: Alice}}\n      - {group}\n"
    assert await load(hass, f"{ACCOUNT}    recipients:\n{people}{groups}") is None
    assert f"'{field}'" in caplog.text or f"groups->1->{field}" in caplog.text
    assert advice in caplog.text
    assert "+33612345678" not in caplog.text


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


async def test_more_recipients_than_home_assistant_has_room_for_are_refused_with_the_number_that_is_possible(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    people = "".join(f"      - {{name: Person {index}, number: '+33612{index:06}'}}\n" for index in range(1901))
    assert await load(hass, f"{ACCOUNT}    recipients:\n{people}") is None
    assert "at most 1900 recipients" in caplog.text
    assert "smsmode->0->recipients" in caplog.text


async def test_reading_recipients_costs_each_of_them_the_same(hass: HomeAssistant) -> None:
    calls: list[float] = []
    for count in (100, 101, 400):
        people = "".join(
            f"      - {{name: Person {count} {index}, number: '+33612{count:03}{index:03}', person: person.p{index}}}\n"
            for index in range(count)
        )
        with counted_calls() as work:
            assert await load(hass, f"{ACCOUNT}    recipients:\n{people}") is not None
        calls.append(work.calls / count)
    # The first time more is new. Comparing each with all before it would take 150 calls more.
    assert calls[2] - calls[1] < 60
