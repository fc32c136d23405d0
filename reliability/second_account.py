"""Second account with a small daily limit, and what is expected of it."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from custom_components.smsmode.const import DOMAIN
from tests.support.house import BOB, BOB_DIGITS, House

from .scenario import PARIS, ScenarioLog, expected_message
from .send_oracle import Outcome

LIMIT = 4


class SecondAccount:
    """Second account, and the segments spent on each calendar day."""

    def __init__(
        self, house: House, entry: ConfigEntry, log: ScenarioLog, mark: Callable[[], str], limit_events: list[Event]
    ) -> None:
        """Begin with a day without expenses; ``limit_events`` are the events of limits reached."""
        self._house = house
        self._entry = entry
        self._log = log
        self._mark = mark
        self._spent: Counter[date] = Counter()
        self._refused_on: date | None = None
        self._limit_events = limit_events
        self._days: set[date] = set()
        self.wrong_answers = 0
        self.wrong_issues = 0

    @property
    def wrong_events(self) -> int:
        """Return by how many the events differ from one for each day on which the limit was reached."""
        limit_events = [event for event in self._limit_events if event.data["config_entry_id"] == self._entry.entry_id]
        return abs(len(limit_events) - len(self._days))

    async def send(self) -> None:
        """Send one segment, and compare the outcome with the count of the day."""
        today = datetime.now(PARIS).date()
        mark = self._mark()
        entry = expected_message(mark, "second", BOB)
        self._log.entries.append(entry)
        data = {"config_entry_id": self._entry.entry_id, "message": f"{mark} All is well", "target": [BOB]}
        try:
            await self._house.async_call("send_message", **data, reference="second", reply=True)
            said = "accepted"
        except HomeAssistantError as err:
            said = str(err.translation_key)
        expected = "accepted" if self._spent[today] < LIMIT else "daily_limit_reached"
        self.wrong_answers += said != expected
        self._log.done[f"second account {said}"] += 1
        entry.outcome = Outcome.ACCEPTED if said == "accepted" else Outcome.REFUSED
        if said == "accepted":
            self._spent[today] += 1
            answer = await self._house.gateway.reply(BOB_DIGITS, "OK")
            self._log.replies[answer["id"]] = datetime.now(UTC)
        else:
            self._refused_on = today
            self._days.add(today)

    def check_issue(self) -> None:
        """Check the repair issue: a limit that was reached lasts until midnight."""
        now = datetime.now(PARIS)
        if now.time() == time.min:
            return
        issue = ir.async_get(self._house.hass).async_get_issue(DOMAIN, f"daily_limit_reached_{self._entry.entry_id}")
        self.wrong_issues += (issue is not None) != (self._refused_on == now.date())
