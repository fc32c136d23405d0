"""Set-up of the demo's account by its forms, as a person does it: key, name, recipients, and an alert plan."""

from collections.abc import Sequence
from typing import Any

from aiohttp import ClientSession

from .settings import DEMO_TOKEN, DemoError, Recipient, Settings

FLOWS = "/api/config/config_entries/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"
LEAK = "input_boolean.leak"
# Short, so that nobody who looks on gets bored. In a house of your own: minutes.
SHORT, ANSWER, LAST_ANSWER = {"seconds": 12}, {"minutes": 1}, {"minutes": 5}
# The user of a real phone needs time to find it.
OF_REAL_PHONE = {"minutes": 10}

type Json = dict[str, Any]


class AccountSetup:
    """Client of the forms of the integration."""

    def __init__(self, session: ClientSession, settings: Settings, token: str) -> None:
        """Keep the session, the settings of the demo and the token of its user."""
        self._session = session
        self._settings = settings
        self._headers = {"Authorization": f"Bearer {token}"}

    async def run(self) -> None:
        """Set up the account with its recipients and its plan; DemoError says what a form refused."""
        settings = self._settings
        form = await self._post(FLOWS, handler="smsmode")
        key = {"access_token": settings.token or DEMO_TOKEN, "advanced": {"base_url": settings.gateway}}
        await self._post(f"{FLOWS}/{form['flow_id']}", **key)
        account = await self._post(f"{FLOWS}/{form['flow_id']}", name=settings.account)
        _, first = account["next_flow"]
        await self._add(f"{SUBENTRY_FLOWS}/{first}", settings.recipients[0])
        entry_id = account["result"]["entry_id"]
        await self._add_others(entry_id, settings.recipients[1:])
        await self._add_plan(entry_id)

    async def _add_others(self, entry_id: str, recipients: Sequence[Recipient]) -> None:
        for recipient in recipients:
            form = await self._post(SUBENTRY_FLOWS, handler=[entry_id, "recipient"])
            await self._add(f"{SUBENTRY_FLOWS}/{form['flow_id']}", recipient)

    async def _add(self, flow: str, recipient: Recipient) -> None:
        """Fill in the form of a recipient, and add it without a test SMS."""
        await self._post(flow, name=recipient.name, number=recipient.number)
        await self._post(flow, next_step_id="add")

    async def _add_plan(self, entry_id: str) -> None:
        """Fill in the form of the alert plan, say when its cause is over, and add it."""
        plan = self._settings.plan
        form = await self._post(SUBENTRY_FLOWS, handler=[entry_id, "alert_plan"])
        flow = f"{SUBENTRY_FLOWS}/{form['flow_id']}"
        end = {"entity_id": LEAK, "all_clear": plan.all_clear}
        answers = {**_suggested(form, "acknowledging"), "listened_acknowledges": False}
        filled_in = {"name": plan.name, "message": plan.message, "steps": self._steps(), "repeat": 1}
        await self._post(flow, **filled_in, end=end, acknowledging=answers)
        await self._post(flow, state="off")
        await self._post(flow, next_step_id="add")

    def _steps(self) -> list[Json]:
        """Return a step for each recipient, by name: their entities are yet to come."""
        names = [recipient.name for recipient in self._settings.recipients]
        if self._settings.number:
            return [{"number": names, "answer_timeout": OF_REAL_PHONE}]
        return [
            {"number": [name], "delivery_timeout": SHORT, "answer_timeout": answer}
            for name, answer in zip(names, (ANSWER, LAST_ANSWER), strict=True)
        ]

    async def _post(self, path: str, **content: Any) -> Json:
        url = f"{self._settings.house}{path}"
        async with self._session.post(url, json=content, headers=self._headers) as response:
            result: Json = await response.json()
        if not response.ok or result.get("errors") or result["type"] == "abort":
            problem = result.get("errors") or result.get("reason") or result
            raise DemoError(f"The account could not be set up: {problem}.")
        return result


def _suggested(form: Json, section: str) -> Json:
    """Return what a section of a form suggests."""
    (fields,) = (field["schema"] for field in form["data_schema"] if field["name"] == section)
    described = {field["name"]: field.get("description") or {} for field in fields}
    return {name: told["suggested_value"] for name, told in described.items() if "suggested_value" in told}
