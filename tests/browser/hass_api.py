"""The house that the stories happen in, as its programs see it."""

import time
from typing import Any

from playwright.sync_api import APIRequestContext

PATIENCE = 30.0
ENTRIES = "/api/config/config_entries/entry"


class House:
    """Home Assistant through its REST API: for what no story is about."""

    def __init__(self, url: str, gateway: str, api: APIRequestContext) -> None:
        self.url = url
        self.gateway = gateway
        self._api = api

    def state(self, entity_id: str) -> str:
        """Give the state of an entity, nothing if it does not exist."""
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
        """Give the id of the device that an entity belongs to."""
        return str(self._api.post("/api/template", data={"template": f"{{{{ device_id('{entity_id}') }}}}"}).text())

    def act(self, action: str, **data: Any) -> None:
        """Perform an action."""
        domain, _, service = action.partition(".")
        response = self._api.post(f"/api/services/{domain}/{service}", data=data)
        assert response.ok, response.text()

    def send(self, message: str, *, reply: bool = False) -> None:
        """Send an SMS from the account that was set up by a person, to all its recipients."""
        entry_id = self.accounts()[0]["entry_id"]
        self.act("smsmode.send_message?return_response", config_entry_id=entry_id, message=message, reply=reply)

    def automations(self) -> list[str]:
        """Give the ids of the automations that were made by a person."""
        states = self._api.get("/api/states").json()
        return [state["attributes"]["id"] for state in states if state["entity_id"].startswith("automation.")]

    def accounts(self) -> list[dict[str, Any]]:
        """Give the accounts that were set up by a person."""
        entries = self._api.get(ENTRIES, params={"domain": "smsmode"}).json()
        return [entry for entry in entries if entry["source"] == "user"]

    def tidy_up(self) -> None:
        """Remove what a person set up or made: accounts and automations."""
        for entry in self.accounts():
            self._api.delete(f"{ENTRIES}/{entry['entry_id']}")
        for automation in self.automations():
            if automation.isdecimal():
                self._api.delete(f"/api/config/automation/config/{automation}")
