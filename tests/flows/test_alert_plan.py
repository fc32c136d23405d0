"""Adding and editing alert plans."""

from functools import partial
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntryState, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.config.alert_plans import MAX_PLANS
from custom_components.smsmode.state.account_facts import Fact
from tests.support.dialogs import LEAK, TAKEN_CARE_OF, texts
from tests.support.flow_forms import open_subentry_form, section_of, submit, suggested
from tests.support.gateway import Gateway
from tests.support.house import ALICE, ALICE_DIGITS, BOB_DIGITS, House
from tests.support.links import reach_from_outside
from tests.support.people import group, people_entry, recipient, titled
from tests.support.plan_house import LEAK_SENSOR, add_plan, plan, press

open_form = partial(open_subentry_form, kind="alert_plan")

ABROAD = "+447400123456"
ANSWERS = {"tell_others": TAKEN_CARE_OF.format("{recipient}"), "listened_acknowledges": False}
STEPS: list[dict[str, Any]] = [
    {"target": ["notify.alice"], "delivery_timeout": {"minutes": 2}, "answer_timeout": {"minutes": 6}},
    {"target": ["notify.bob"], "number": ["Carol"], "call": True},
]
FORM: dict[str, Any] = {
    "name": " The  cellar ",
    "message": LEAK,
    "steps": STEPS,
    "repeat": 2,
    "end": {"all_clear": "It is dry."},
    "acknowledging": ANSWERS,
}
THREE, FIVE = {"hours": 0, "minutes": 3, "seconds": 0}, {"hours": 0, "minutes": 5, "seconds": 0}
TWO, SIX = THREE | {"minutes": 2}, FIVE | {"minutes": 6}
ANYWHERE = {"only_home": False, "only_away": False}
STORED = {
    "message": LEAK,
    "steps": [
        {"target": ["alice"], "how": "sms", "presence": "any", "delivery_timeout": TWO, "answer_timeout": SIX},
        {
            "target": ["bob", "carol"],
            "how": "voice",
            "presence": "any",
            "delivery_timeout": THREE,
            "answer_timeout": FIVE,
        },
    ],
    "repeat": 2,
    "tell_others": ANSWERS["tell_others"],
    "listened_acknowledges": False,
    "all_clear": "It is dry.",
}
TOO_DEAR = {"message": "Water! " * 100, "steps": STEPS[:1] * 20, "repeat": 5}
UNREADABLE = ANSWERS | {"answers": ["ok", "("]}
OVER_WHEN = {"entity_id": LEAK_SENSOR, "state": "off"}


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with a plan, and somebody abroad."""
    return people_entry(gateway, plan("Roof"), recipient("Kate", ABROAD), group("Club", "carol"))


async def choose(house: House, menu: SubentryFlowResult, option: str) -> SubentryFlowResult:
    """Choose from a menu."""
    return await submit(house, menu, {"next_step_id": option})


UNPROVEN = (
    "⚠ Nobody knows yet whether SMS of this account arrive and are reported, by day and at night: "
    "check the account in its options."
)


def summary(result: SubentryFlowResult) -> list[str]:
    """Return the lines of the summary that the menu shows."""
    assert result["type"] is FlowResultType.MENU
    assert result["description_placeholders"] is not None
    text = result["description_placeholders"]["summary"].replace("\u00a0", " ")
    return [line for line in text.splitlines() if line]


async def test_a_plan_is_made_by_clicks_and_raised(house: House) -> None:
    form = await open_form(house)
    assert suggested(form)["acknowledging"]["tell_others"] == ANSWERS["tell_others"]
    menu = await submit(house, form, FORM)
    assert summary(menu) == [
        "If nobody acts, and nothing fails at once:",
        "- now: SMS to Alice",
        "- after 8 min: call to Bob, Carol",
        "- after 32 min and 2 rounds: the end",
        "It costs 1 at least and 10 at most, in credits.",
        UNPROVEN,
    ]
    result = await choose(house, menu, "add")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert titled(house, "The cellar").data == STORED
    await house.hass.services.async_call("button", "press", {"entity_id": "button.the_cellar_raise"}, blocking=True)
    assert await texts(house) == [(LEAK, [ALICE_DIGITS])]


async def test_the_state_in_which_it_is_over_is_asked_for_on_a_page_of_its_own(
    hass: HomeAssistant, house: House
) -> None:
    hass.states.async_set(LEAK_SENSOR, "on", {"friendly_name": "Leak"})
    form = await submit(house, await open_form(house), FORM | {"end": {"entity_id": LEAK_SENSOR}})
    assert (form["step_id"], form["description_placeholders"]) == ("over_when", {"entity": "Leak"})
    # As it is now, for most have no alarm when they make a plan.
    assert suggested(form) == {"state": "on"}
    form = await submit(house, form, {"state": " "})
    assert form["errors"] == {"state": "state_missing"}
    await choose(house, await submit(house, form, {"state": "off"}), "add")
    kept = titled(house, "The cellar")
    assert kept.data["over_when"] == OVER_WHEN
    # It is kept while the entity stays, and goes with it.
    hass.states.async_remove(LEAK_SENSOR)
    form = await open_form(house, kept)
    assert suggested(form)["end"] == {"entity_id": LEAK_SENSOR, "all_clear": ""}
    assert not section_of(form, "end").options["collapsed"]
    form = await submit(house, form, suggested(form))
    assert (suggested(form), form["description_placeholders"]) == ({"state": "off"}, {"entity": LEAK_SENSOR})
    form = await choose(house, await submit(house, form, {"state": "off"}), "correct")
    result = await choose(house, await submit(house, form, FORM), "save")
    assert result["reason"] == "reconfigure_successful"
    assert titled(house, "The cellar").data == STORED


async def test_what_is_shown_again_for_editing_is_what_was_filled_in(house: House) -> None:
    menu = await submit(house, await open_form(house), FORM)
    form = await choose(house, menu, "correct")
    assert suggested(form) == FORM
    await choose(house, await submit(house, form, FORM | {"name": "Basement"}), "add")
    form = await open_form(house, titled(house, "Basement"))
    assert suggested(form) == FORM | {
        "name": "Basement",
        "acknowledging": ANSWERS | {"answers": []},
        "steps": [
            STEPS[0] | {"delivery_timeout": TWO, "answer_timeout": SIX, "number": [], "call": False, **ANYWHERE},
            {
                "target": ["notify.bob", "notify.carol"],
                "number": [],
                "call": True,
                "delivery_timeout": THREE,
                "answer_timeout": FIVE,
                **ANYWHERE,
            },
        ],
    }
    menu = await submit(house, form, suggested(form))
    await choose(house, menu, "save")
    assert titled(house, "Basement").data == STORED


async def test_steps_that_home_assistant_does_by_itself_and_those_by_presence_are_kept_and_shown_again(
    hass: HomeAssistant, house: House
) -> None:
    hass.states.async_set("notify.tablet", "unknown", {"friendly_name": "Tablet"})
    hass.states.async_set("script.siren", "off", {"friendly_name": "Siren"})
    steps: list[dict[str, Any]] = [
        {"notify": ["notify.tablet"], "answer_timeout": {"minutes": 2}},
        {"script": ["script.siren"]},
        {"target": ["notify.alice"], "only_home": True},
        {"target": ["notify.bob"], "only_away": True},
    ]
    menu = await submit(house, await open_form(house), FORM | {"steps": steps, "repeat": 1})
    assert summary(menu)[1:5] == [
        "- now: notify Tablet",
        "- after 2 min: start Siren",
        "- after 7 min: SMS to Alice",
        "- after 15 min: SMS to Bob",
    ]
    await choose(house, menu, "add")
    shown = suggested(await open_form(house, titled(house, "The cellar")))["steps"]
    assert [step.get("notify") or step.get("script") or step["target"] for step in shown] == [
        ["notify.tablet"],
        ["script.siren"],
        ["notify.alice"],
        ["notify.bob"],
    ]
    assert [(step["only_home"], step["only_away"]) for step in shown] == [(False, False)] * 2 + [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"notify": ["notify.nobody"]}, "not_notifier"),
        ({"notify": ["notify.alice"]}, "not_notifier"),
        ({"script": ["script.nothing"]}, "unknown_script"),
        ({"target": ["notify.alice"], "acknowledge_link": True}, "links_off"),
    ],
)
async def test_a_step_that_nothing_can_do_is_refused_with_the_reason(
    house: House, step: dict[str, Any], problem: str
) -> None:
    form = await submit(house, await open_form(house), FORM | {"steps": [*STEPS, step]})
    assert form["errors"] == {"steps": problem}


async def test_links_and_the_language_of_calls_are_kept_and_links_need_an_address(house: House) -> None:
    house.hass.config_entries.async_update_entry(house.entry, options={"links": True})
    await house.async_settle()
    step = {"target": ["notify.alice"], "call": True, "acknowledge_link": True}
    filled_in = FORM | {"steps": [step], "language": "en-GB"}
    form = await submit(house, await open_form(house), filled_in)
    assert form["errors"] == {"steps": "links_without_address"}
    reach_from_outside(house.hass)
    menu = await submit(house, form, filled_in)
    assert "It costs 2 at least and 6 at most, in credits." in summary(menu)
    await choose(house, menu, "add")
    kept = titled(house, "The cellar")
    assert (kept.data["steps"][0]["acknowledge_link"], kept.data["language"]) == (True, "en-GB")
    shown = suggested(await open_form(house, kept))
    assert (shown["steps"][0]["acknowledge_link"], shown["language"]) == (True, "en-GB")


async def test_a_camera_is_kept_taken_away_and_refused_where_its_picture_can_have_no_link(house: House) -> None:
    filled_in = FORM | {"camera": "camera.front"}
    form = await submit(house, await open_form(house), filled_in)
    assert form["errors"] == {"camera": "camera_links_off"}
    house.hass.config_entries.async_update_entry(house.entry, options={"links": True})
    await house.async_settle()
    form = await submit(house, form, filled_in)
    assert form["errors"] == {"camera": "camera_links_without_address"}
    reach_from_outside(house.hass)
    await choose(house, await submit(house, form, filled_in), "add")
    kept = titled(house, "The cellar")
    assert kept.data["camera"] == "camera.front"
    form = await open_form(house, kept)
    assert suggested(form)["camera"] == "camera.front"
    await choose(house, await submit(house, form, FORM), "save")
    assert "camera" not in titled(house, "The cellar").data


@pytest.mark.parametrize(
    ("target", "stored"),
    [
        ("ALICE", "alice"),
        ("alice", "alice"),
        ("club", "club"),
        ("06 12 34 56 78", ALICE),
        ("group:Famille", "group:Famille"),
        ("notify.home", "notify.home"),
    ],
)
async def test_a_target_is_kept_by_what_no_other_name_changes(house: House, target: str, stored: str) -> None:
    steps = [{"target": ["notify.bob"], "number": [target]}]
    await choose(house, await submit(house, await open_form(house), FORM | {"steps": steps}), "add")
    assert titled(house, "The cellar").data["steps"][0]["target"] == ["bob", stored]


@pytest.mark.parametrize(
    ("written", "field", "problem"),
    [
        pytest.param({"name": " "}, "name", "name_missing", id="no name"),
        pytest.param({"name": "x" * 65}, "name", "name_too_long", id="too long"),
        pytest.param({"name": "ROOF"}, "name", "name_taken", id="another plan"),
        pytest.param({"message": " "}, "message", "message_missing", id="no message"),
        pytest.param({"message": "🚒"}, "message", "not_possible", id="nothing to read"),
        pytest.param({"steps": []}, "steps", "steps_missing", id="no steps"),
        pytest.param({"steps": STEPS * 11}, "steps", "steps_invalid", id="too many"),
        pytest.param({"steps": [{"call": True}]}, "steps", "targets_missing", id="for nobody"),
        pytest.param({"steps": [{"number": ["Nobody"]}]}, "steps", "target_unknown", id="unknown"),
        pytest.param({"steps": [{"number": ["0612"]}]}, "steps", "impossible", id="a wrong number"),
        pytest.param({"steps": [STEPS[0], {"number": ["01 44 12 34 56"]}]}, "steps", "fixed_line", id="a fixed line"),
        pytest.param({"steps": [{"number": ["01 44 12 34 56"]}]}, "steps", "not_possible", id="only a fixed line"),
        pytest.param({"steps": [{"target": ["notify.kate"]}]}, "steps", "not_possible", id="nobody can reply"),
        pytest.param(
            {"message": "Water! " * 100, "steps": STEPS[:1] * 20, "repeat": 5}, "steps", "not_possible", id="dear"
        ),
        pytest.param(
            {"acknowledging": ANSWERS | {"answers": ["ok", "("]}}, "acknowledging", "not_possible", id="answers"
        ),
    ],
)
async def test_what_is_wrong_is_told_where_it_is(
    house: House, written: dict[str, Any], field: str, problem: str
) -> None:
    result = await submit(house, await open_form(house), FORM | written)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: problem})
    assert suggested(result) == FORM | written
    assert result["description_placeholders"] is not None
    assert bool(result["description_placeholders"]["reason"]) is (problem == "not_possible")
    result = await submit(house, result, FORM)
    assert result["type"] is FlowResultType.MENU


async def test_the_summary_warns_of_what_is_amiss(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_entry(house.entry, options={"credit_price": 0.06})
    await house.async_settle()
    await house.gateway.set(balance=3)
    await house.async_poll()
    await house.async_call("pause_recipient", recipient="Alice")
    steps = [{"target": ["notify.alice", "notify.kate"], "answer_timeout": {"hours": 1, "seconds": 30}}, STEPS[1]]
    menu = await submit(house, await open_form(house), FORM | {"steps": steps, "repeat": 1})
    assert summary(menu)[1:] == [
        "- now: SMS to Alice",
        "- after 1 h 03 min: call to Bob, Carol",
        "- after 1 h 11 min: the end",
        "It costs 1 (0.06 EUR) at least and 7 (0.42 EUR) at most, in credits.",
        "⚠ …456 is not on a French number and could not reply: no SMS is sent there. A call is possible.",
        "⚠ 3 credits are left, and the whole plan takes 7.",
        "⚠ Alice is paused, and is alarmed all the same: alerts are urgent.",
        UNPROVEN,
    ]


async def test_an_account_that_has_proven_itself_is_not_warned_of(house: House) -> None:
    for fact in (Fact.REPORTS_COME, Fact.NIGHT_DELIVERY):
        house.account.learner.learn(fact, holds=True)
    assert UNPROVEN not in summary(await submit(house, await open_form(house), FORM))


async def test_a_name_in_the_summary_is_shown_as_it_is_written(hass: HomeAssistant, house: House) -> None:
    hass.config_entries.async_update_subentry(house.entry, house.entry.subentries["alice"], title="A*l*i[c](e) <b>")
    await house.async_settle()
    menu = await submit(house, await open_form(house), FORM)
    assert summary(menu)[1] == r"- now: SMS to A\*l\*i\[c\]\(e\) \<b\>"


async def test_times_are_told_to_the_second_where_it_matters(house: House) -> None:
    timeouts = {"delivery_timeout": {"seconds": 20}, "answer_timeout": {"seconds": 10}}
    steps = [{"target": ["notify.alice"], **timeouts}, {"target": ["notify.bob"], **timeouts}]
    steps.append({"target": ["notify.carol"], "delivery_timeout": {"minutes": 1}, "answer_timeout": {"seconds": 15}})
    menu = await submit(house, await open_form(house), FORM | {"steps": steps, "repeat": 1})
    assert summary(menu)[2:5] == [
        "- after 30 s: SMS to Bob",
        "- after 1 min: SMS to Carol",
        "- after 2 min 15 s: the end",
    ]


async def test_an_account_that_is_not_running_can_have_plans(hass: HomeAssistant, house: House) -> None:
    await hass.config_entries.async_unload(house.entry.entry_id)
    menu = await submit(house, await open_form(house), FORM)
    assert (house.entry.state, len(summary(menu))) == (ConfigEntryState.NOT_LOADED, 5)


async def test_a_plan_with_answers_of_its_own_takes_these(house: House) -> None:
    answers = ANSWERS | {"answers": ["on my way", " "]}
    await choose(house, await submit(house, await open_form(house), FORM | {"acknowledging": answers}), "add")
    kept = titled(house, "The cellar")
    assert kept.data["answers"] == [{"id": "ok", "sentences": ["on my way"]}]
    assert suggested(await open_form(house, kept))["acknowledging"]["answers"] == ["on my way"]


async def test_a_plan_is_for_somebody(hass: HomeAssistant, house: House) -> None:
    for subentry_id in list(house.entry.subentries):
        hass.config_entries.async_remove_subentry(house.entry, subentry_id)
    await house.async_settle()
    result = await open_form(house)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_recipients")


async def test_there_is_room_for_fifty_plans(house: House) -> None:
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    for number in range(MAX_PLANS - 1):
        add_plan(house, f"Plan {number}")
    result = await open_form(house)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "too_many")


async def test_a_renamed_recipient_stays_in_its_plans(hass: HomeAssistant, house: House) -> None:
    await choose(house, await submit(house, await open_form(house), FORM | {"name": "Cellar"}), "add")
    hass.config_entries.async_update_subentry(house.entry, house.entry.subentries["alice"], title="Alicia")
    await house.async_settle()
    await press(house, "raise")
    assert await texts(house) == [(LEAK, [ALICE_DIGITS])]


async def test_a_group_in_a_plan_is_its_members(house: House) -> None:
    steps = [{"target": ["notify.club", "notify.bob"]}]
    menu = await submit(house, await open_form(house), FORM | {"name": "Cellar", "steps": steps})
    await choose(house, menu, "add")
    await press(house, "raise")
    ((_, numbers),) = await texts(house)
    assert sorted(numbers) == ["33611223344", BOB_DIGITS]
