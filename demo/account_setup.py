"""Set-up of the demo's account by its forms, as a person does it: the key, the name, and the recipients."""

from collections.abc import Sequence
from typing import Any

from aiohttp import ClientSession

from .settings import DEMO_TOKEN, DemoError, Recipient, Settings

FLOWS = "/api/config/config_entries/flow"
SUBENTRY_FLOWS = "/api/config/config_entries/subentries/flow"

type Json = dict[str, Any]


class AccountSetup:
    """Client of the forms of the integration."""

    def __init__(self, session: ClientSession, settings: Settings, token: str) -> None:
        """Keep the session, the settings of the demo and the token of its user."""
        self._session = session
        self._settings = settings
        self._headers = {"Authorization": f"Bearer {token}"}

    async def run(self) -> None:
        """Set up the account with its recipients; DemoError says what a form refused."""
        settings = self._settings
        form = await self._post(FLOWS, handler="smsmode")
        key = {"access_token": settings.token or DEMO_TOKEN, "advanced": {"base_url": settings.gateway}}
        await self._post(f"{FLOWS}/{form['flow_id']}", **key)
        account = await self._post(f"{FLOWS}/{form['flow_id']}", name=settings.account)
        _, first = account["next_flow"]
        await self._add(f"{SUBENTRY_FLOWS}/{first}", settings.recipients[0])
        await self._add_others(account["result"]["entry_id"], settings.recipients[1:])

    async def _add_others(self, entry_id: str, recipients: Sequence[Recipient]) -> None:
        for recipient in recipients:
            form = await self._post(SUBENTRY_FLOWS, handler=[entry_id, "recipient"])
            await self._add(f"{SUBENTRY_FLOWS}/{form['flow_id']}", recipient)

    async def _add(self, flow: str, recipient: Recipient) -> None:
        """Fill in the form of a recipient, and add it without a test SMS."""
        await self._post(flow, name=recipient.name, number=recipient.number)
        await self._post(flow, next_step_id="add")

    async def _post(self, path: str, **content: Any) -> Json:
        url = f"{self._settings.house}{path}"
        async with self._session.post(url, json=content, headers=self._headers) as response:
            result: Json = await response.json()
        if not response.ok or result.get("errors") or result["type"] == "abort":
            problem = result.get("errors") or result.get("reason") or result
            raise DemoError(f"The account could not be set up: {problem}.")
        return result
