"""Steps of an alert that are only for who is at home, or only for who is away."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.smsmode.const import EVENT_ALERT_CHANGED
from tests.support.dialogs import alert, report, sent
from tests.support.gateway import Gateway
from tests.support.house import ALICE_DIGITS, BOB_DIGITS, House
from tests.support.people import CAROL_DIGITS, people_entry, recipient

EMMA, NOAH = "+33622334455", "+33622334466"
PERSON = "person.noah"


@pytest.fixture
def entry(gateway: Gateway) -> MockConfigEntry:
    """Return an account with Alice, Bob, Carol, who have no person, and Emma, who has one."""
    return people_entry(gateway, recipient("Emma", EMMA, person="person.emma"), recipient("Noah", NOAH, person=PERSON))


async def first(house: House, emma: str | None, noah: str | None, **step: object) -> list[str]:
    """Raise an alert for Emma and Noah, who are there, and return the numbers that it is sent to."""
    for person, where in (("person.emma", emma), (PERSON, noah)):
        if where is not None:
            house.hass.states.async_set(person, where)
    await alert(house, steps=[{"target": ["Emma", "Noah"], **step}, {"target": "Alice"}])
    return (await sent(house))[0][1]


@pytest.mark.parametrize(
    ("step", "numbers"),
    [
        ({"presence": "home"}, [EMMA]),
        ({"only_home": True}, [EMMA]),
        ({"presence": "not_home"}, [NOAH]),
        ({"only_away": True}, [NOAH]),
        ({"presence": "any"}, [EMMA, NOAH]),
        ({"only_home": True, "only_away": True}, [EMMA, NOAH]),
    ],
)
async def test_a_step_is_for_who_is_there(house: House, step: dict[str, object], numbers: list[str]) -> None:
    assert await first(house, "home", "Office", **step) == [number.removeprefix("+") for number in numbers]


@pytest.mark.parametrize("where", ["unknown", "unavailable", None])
async def test_nobody_is_left_out_of_whom_the_house_does_not_know_where_they_are(
    house: House, where: str | None
) -> None:
    numbers = [EMMA.removeprefix("+"), NOAH.removeprefix("+")]
    assert await first(house, "home", where, presence="home") == numbers


async def test_a_step_that_would_be_for_nobody_is_for_all_of_its_people_and_says_so(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    changes = house.capture(EVENT_ALERT_CHANGED)
    numbers = [EMMA.removeprefix("+"), NOAH.removeprefix("+")]
    assert await first(house, "not_home", "not_home", presence="home") == numbers
    assert changes[-1].data["presence_ignored"] is True
    assert "Nobody of a step of the alert cellar is home" in caplog.text


async def test_who_was_left_out_is_neither_waited_for_nor_told_the_end(house: House) -> None:
    assert await first(house, "home", "not_home", presence="home") == [EMMA.removeprefix("+")]
    await report(house, 3998)
    assert (await sent(house))[-1] == ("Water", [ALICE_DIGITS])
    await house.async_call("resolve_alert", alert_id="cellar", all_clear="Over.")
    assert (await sent(house))[-1] == ("Over.", [EMMA.removeprefix("+"), ALICE_DIGITS])


async def test_it_is_asked_anew_where_people_are_in_each_round(house: House) -> None:
    house.hass.states.async_set("person.emma", "not_home")
    await alert(house, steps=[{"target": ["Emma", "Bob"], "presence": "home"}, {"target": "Carol"}], repeat=2)
    house.hass.states.async_set("person.emma", "home")
    await report(house, 3998)
    await report(house, 3998)
    numbers = [numbers for _, numbers in await sent(house)]
    assert numbers == [[BOB_DIGITS], [CAROL_DIGITS], [EMMA.removeprefix("+"), BOB_DIGITS]]
