"""What somebody writes adds no line to the log, and of a number only the end is shown."""

import pytest
from homeassistant.exceptions import ServiceValidationError

from custom_components.smsmode.const import LOGGER
from tests.support.house import House
from tests.support.sends import send

FORGED = "2026-06-10 12:00:00.000 ERROR (MainThread) [homeassistant.core] The house burns"


@pytest.mark.parametrize("separator", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[2K\r"], ids=ascii)
async def test_a_target_writes_no_line_of_the_log(
    house: House, caplog: pytest.LogCaptureFixture, separator: str
) -> None:
    target = f"x{separator}{FORGED}"
    await send(house, target=["Alice", target])
    assert "The house burns" in caplog.text
    assert not [line for line in caplog.text.splitlines() if line.startswith(FORGED)]
    with pytest.raises(ServiceValidationError) as refused:
        await send(house, target=[target])
    assert str(refused.value).splitlines() == [str(refused.value)]
    assert "\x1b" not in caplog.text + str(refused.value)


def test_nothing_that_is_logged_has_a_second_line(caplog: pytest.LogCaptureFixture) -> None:
    LOGGER.warning("The account '%s' has %d messages for %s", "a\nb\x1b[31m", 2, ServiceValidationError("c\nd"))
    LOGGER.warning("The account '%(name)s' is gone", {"name": "e\nf"})
    assert caplog.messages == [
        "The account 'a b [31m' has 2 messages for c d",
        "The account 'e f' is gone",
    ]
