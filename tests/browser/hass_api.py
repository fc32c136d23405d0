"""Client of the REST API of Home Assistant."""

import time
from typing import Any

from playwright.sync_api import APIRequestContext

PATIENCE = 30.0
ENTRIES = "/api/config/config_entries/entry"


class House:
    """Home Assistant, through its REST API."""

    def __init__(self, url: str, gateway: str, api: APIRequestContext) -> None:
        self.url = url
        self.gateway = gateway
        self._api = api
        # Those that were there before any test: the demo's own.
        self._earlier = {entry["entry_id"] for entry in self._entries()}

    def state(self, entity_id: str) -> str:
        """Return the state of an entity, or an empty string if it does not exist."""
        response = self._api.get(f"/api/states/{entity_id}")
        return str(response.json()["state"]) if response.ok else ""

    def until(self, entity_id: str, state: str) -> None:
        """Wait until an entity has a state."""
        template = f"{{{{ is_state('{entity_id}', '{state}') }}}}"
        end = time.monotonic() + PATIENCE
        while self._api.post("/api/template", data={"template": template}).text() != "True":
            assert time.monotonic() < end, f"{entity_id} is {self.state(entity_id)}"
            time.sleep(0.1)

    def device_of(self, entity_id: str) -> str:
        """Return the id of the device of an entity."""
        return str(self._api.post("/api/template", data={"template": f"{{{{ device_id('{entity_id}') }}}}"}).text())

    def act(self, action: str, **data: Any) -> None:
        """Call an action."""
        domain, _, service = action.partition(".")
        response = self._api.post(f"/api/services/{domain}/{service}", data=data)
        assert response.ok, response.text()

    def send(self, message: str, target: str) -> None:
        """Send an SMS from the account that a test set up, to one of its recipients."""
        entry_id = self.accounts()[0]["entry_id"]
        self.act("smsmode.send_message?return_response", config_entry_id=entry_id, message=message, target=target)

    def automations(self) -> list[str]:
        """Return the ids of all automations."""
        states = self._api.get("/api/states").json()
        return [state["attributes"]["id"] for state in states if state["entity_id"].startswith("automation.")]

    def accounts(self) -> list[dict[str, Any]]:
        """Return the accounts that a test has set up."""
        return [entry for entry in self._entries() if entry["entry_id"] not in self._earlier]

    def _entries(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self._api.get(ENTRIES, params={"domain": "smsmode"}).json()
        return entries

    def restore(self) -> None:
        """Remove the accounts and automations that a test made."""
        for entry in self.accounts():
            self._api.delete(f"{ENTRIES}/{entry['entry_id']}")
        for automation in self.automations():
            if automation.isdecimal():
                self._api.delete(f"/api/config/automation/config/{automation}")
