"""Client of the REST API of Home Assistant."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import APIRequestContext, Page

PATIENCE = 30.0
ENTRIES = "/api/config/config_entries/entry"
FLOWS = "/api/config/config_entries/flow"
OUTSIDE = "https://house.example"
OPTIONS = "/api/config/config_entries/options/flow"
CREATE_USER = """async ([name, password]) => {
    const { hass } = document.querySelector("home-assistant");
    const { user } = await hass.callWS({ type: "config/auth/create", name, group_ids: ["system-users"] });
    const account = { user_id: user.id, username: name.toLowerCase(), password };
    await hass.callWS({ type: "config/auth_provider/homeassistant/create", ...account });
    return user.id;
}"""
DELETE_USER = (
    """(user_id) => document.querySelector("home-assistant").hass.callWS({ type: "config/auth/delete", user_id })"""
)

SET_ADDRESS = """(external_url) =>
    document.querySelector("home-assistant").hass.callWS({ type: "config/core/update", external_url })"""


class House:
    """Home Assistant, through its REST API."""

    def __init__(self, url: str, gateway: str, api: APIRequestContext, folder: Path) -> None:
        self.url = url
        # The only one of its folders that integrations may read files of others from.
        self.files = folder / "www"
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

    def report(self, text: str, number: str, code: int) -> None:
        """Let the gateway of the demo report a status of the latest message of a text."""
        sent = self._api.get(f"{self.gateway}/_emulator/state").json()["messages"]
        written = text.replace("’", "'")
        found = [each["id"] for each in sent if any(one["text"] == written for one in each["deliveries"])]
        self._gateway("report", message_id=found[-1], number=number, code=code)

    def arrived(self, text: str) -> int:
        """Return how many messages of a text the gateway of the demo got."""
        sent = self._api.get(f"{self.gateway}/_emulator/state").json()["messages"]
        return sum(any(one["text"] == text for one in each["deliveries"]) for each in sent)

    def link_in(self, text: str, number: str) -> str:
        """Return the path of the link in the latest SMS to a number whose first line is a text."""
        sent = self._api.get(f"{self.gateway}/_emulator/state").json()["messages"]
        lines = [one["text"].splitlines() for each in sent for one in each["deliveries"] if one["number"] == number]
        links: list[str] = [line[-1] for line in lines if line[0] == text and len(line) > 1]
        return links[-1].partition(OUTSIDE)[2]

    @contextmanager
    def integration(self, handler: str, *answers: dict[str, Any]) -> Iterator[None]:
        """Set up an integration by its forms, for the length of the block."""
        flow = self._api.post(FLOWS, data={"handler": handler}).json()
        for answer in answers:
            flow = self._api.post(f"{FLOWS}/{flow['flow_id']}", data=answer).json()
        assert flow["type"] == "create_entry", flow
        try:
            yield
        finally:
            self._api.delete(f"{ENTRIES}/{flow['result']['entry_id']}")

    @contextmanager
    def reached_from_outside(self, page: Page, entry_id: str | None = None) -> Iterator[None]:
        """Give the house an address from outside, and an account links, the demo's if none is named."""
        page.evaluate(SET_ADDRESS, OUTSIDE)
        try:
            with self.options(entry_id, links=True):
                yield
        finally:
            page.evaluate(SET_ADDRESS, None)

    @contextmanager
    def gateway_in_trouble(self) -> Iterator[None]:
        """Let the gateway of the demo take no message for the length of the block, so that they wait."""
        self._gateway("faults", endpoint="sendSMS.do", fault="code:50", times=None)
        try:
            yield
        finally:
            self._gateway("faults", clear=True)

    def answer(self, number: str, text: str) -> None:
        """Let a telephone of the demo answer."""
        self._gateway("reply", number=number, text=text)

    def _gateway(self, name: str, **command: Any) -> None:
        response = self._api.post(f"{self.gateway}/_emulator/{name}", data=command)
        assert response.ok, response.text()

    @contextmanager
    def another_user(self, page: Page, name: str, **options: Any) -> Iterator[Callable[[Page], None]]:
        """Create a person who is no administrator, with options of the account; yields what logs in to a page.

        The page of an administrator makes it, and unmakes it: with two persons nobody is logged in without being asked.
        """
        password = secrets.token_urlsafe()
        user_id = page.evaluate(CREATE_USER, [name, password])
        try:
            with self.options(**options):
                yield lambda other: other.add_init_script(
                    f"localStorage.setItem('hassTokens', '{self._log_in(name, password)}')"
                )
        finally:
            page.evaluate(DELETE_USER, user_id)

    @contextmanager
    def options(self, entry_id: str | None = None, **changes: Any) -> Iterator[None]:
        """Change options of an account for the length of the block, of the demo's if none is named."""
        entry_id = entry_id or next(iter(self._earlier))
        before = self._set_options(entry_id, **changes)
        try:
            yield
        finally:
            self._set_options(entry_id, **before)

    def _log_in(self, name: str, password: str) -> str:
        """Return what the browser of somebody who is logged in remembers."""
        client = f"{self.url}/"
        first = {"client_id": client, "handler": ["homeassistant", None], "redirect_uri": client}
        flow = self._api.post("/auth/login_flow", data=first).json()["flow_id"]
        proof = {"client_id": client, "username": name.lower(), "password": password}
        code = self._api.post(f"/auth/login_flow/{flow}", data=proof).json()["result"]
        grant = {"grant_type": "authorization_code", "code": code, "client_id": client}
        tokens = self._api.post("/auth/token", form=grant).json()
        expires = int(time.time() + tokens["expires_in"]) * 1000
        return json.dumps({**tokens, "hassUrl": self.url, "clientId": client, "expires": expires})

    def _set_options(self, entry_id: str, **changes: Any) -> dict[str, Any]:
        """Change options of an account by its form; returns what they were."""
        menu = self._api.post(OPTIONS, data={"handler": entry_id}).json()
        form = self._api.post(f"{OPTIONS}/{menu['flow_id']}", data={"next_step_id": "settings"}).json()
        before: dict[str, Any] = {}
        filled = _filled(form["data_schema"], changes, before)
        answer = self._api.post(f"{OPTIONS}/{form['flow_id']}", data=filled)
        assert answer.json()["type"] == "create_entry", answer.text()
        return before

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


def _filled(schema: list[dict[str, Any]], changes: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return a form as it is suggested, its sections included, with changes; what they were goes into ``before``."""
    filled: dict[str, Any] = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            filled[name] = _filled(field["schema"], changes, before)
            continue
        value = (field.get("description") or {}).get("suggested_value")
        if name in changes:
            before[name], value = value, changes[name]
        if value is not None:
            filled[name] = value
    return filled
