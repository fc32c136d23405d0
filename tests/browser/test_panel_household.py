"""The questions that a household asks, each answered within two clicks; and several accounts in one panel."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .browser_user import BrowserUser
from .conftest import UserFactory
from .gateway import Gateway
from .panel_page import PanelPage
from .setup_steps import ACCOUNT, NAME, set_up

pytestmark = pytest.mark.both_languages

TEXTS = {
    "en": {
        "asked": "Are you home tonight?",
        "answer": "At eight",
        "bins": "Bins tomorrow",
        "water": "Water in the attic!",
    },
    "fr": {
        "asked": "Tu rentres ce soir ?",
        "answer": "À huit heures",
        "bins": "Poubelles demain",
        "water": "De l’eau !",
    },
}
ALICE = "33612345678"
SEND = "smsmode.send_message?return_response"
SIDEBAR = """localStorage.setItem('dockedSidebar', '"docked"')"""
COUNT = "window.clicks = 0; window.addEventListener('pointerdown', () => (window.clicks += 1), true)"
GO_AWAY = """() => {
    window.clicks = 0;
    history.pushState(null, "", "/profile/general");
    window.dispatchEvent(new CustomEvent("location-changed"));
}"""

CONVERSATION = {"en": "SMS conversation", "fr": "Conversation SMS"}
MAKE_DASHBOARD = """async () => {
    const { hass } = document.querySelector("home-assistant");
    const views = [{ title: "SMS", type: "sections", sections: [{ type: "grid", cards: [] }] }];
    await hass.callWS({ type: "lovelace/dashboards/create", url_path: "sms-test", title: "SMS", mode: "storage" });
    await hass.callWS({ type: "lovelace/config/save", url_path: "sms-test", config: { views } });
}"""
REMOVE_DASHBOARD = """async () => {
    const { hass } = document.querySelector("home-assistant");
    for (const each of await hass.callWS({ type: "lovelace/dashboards/list" }))
        if (each.url_path === "sms-test")
            await hass.callWS({ type: "lovelace/dashboards/delete", dashboard_id: each.id });
}"""


class Household:
    """Somebody who looks for something from another page of Home Assistant, and whose clicks are counted."""

    def __init__(self, user: BrowserUser) -> None:
        self.page: Page = user.page
        self.page.add_init_script(SIDEBAR)
        self.page.add_init_script(COUNT)
        self.panel = PanelPage(user)

    def begins(self) -> None:
        """Open the panel from the sidebar of another page."""
        self.page.evaluate(GO_AWAY)
        expect(self.panel.root).to_have_count(0)
        self.page.locator("ha-sidebar").locator("a[href='/smsmode']").first.click()

    def opens_tab(self, name: str) -> None:
        """Open a tab of the panel."""
        self.panel.root.get_by_role("tab", name=self.panel.words[name]).click()

    def has_clicked(self, times: int) -> None:
        """Check the number of clicks since the person began."""
        assert self.page.evaluate("window.clicks") == times


def test_what_a_household_asks_takes_two_clicks(new_user: UserFactory, tmp_path: Path) -> None:
    user = new_user(width=1240)
    words, house, household = TEXTS[user.words.language], user.house, Household(user)
    panel = household.panel
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    panel.opens()
    house.act(SEND, message=words["asked"], target="Alice", reply=True)
    house.act(SEND, message=words["bins"], target="Bob", send_at=f"{tomorrow:%Y-%m-%dT07:00:00}")

    # The conversation with Alice: what was sent, whether it arrived; and an answer to her.
    house.answer(ALICE, words["answer"])
    household.begins()
    unread = panel.root.locator(".thread.unread")
    expect(unread).to_contain_text("Alice")
    user.takes("unread")
    panel.chooses("Alice")
    panel.line(words["answer"]).wait_for()
    panel.has_status(words["asked"], "delivered")
    expect(unread).to_have_count(0)
    expect(panel.root.locator("textarea:focus")).to_have_count(1)
    user.page.keyboard.type("OK")
    user.page.keyboard.press("Control+Enter")
    panel.has_status("OK", "delivered")
    household.has_clicked(2)

    # What is scheduled; two more clicks cancel it.
    household.begins()
    household.opens_tab("waiting_tab")
    row = panel.root.locator(".rows li", has_text=words["bins"])
    row.wait_for()
    household.has_clicked(2)
    panel.is_sure(row, "cancel", "cancel_sure")
    expect(row).to_have_count(0)
    household.has_clicked(4)

    # What it cost, by person, and as a file.
    household.begins()
    household.opens_tab("costs")
    panel.root.get_by_text(panel.words["by_person"]).wait_for()
    household.has_clicked(2)
    with user.page.expect_download() as download:
        panel.root.get_by_role("button", name=panel.words["csv"]).click()
    download.value.save_as(tmp_path / "sms.csv")
    head, *rows = (tmp_path / "sms.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == panel.words["csv_head"]
    assert any("Alice" in line for line in rows)

    # An alert that somebody takes care of.
    house.act("smsmode.alert", alert_id="attic", message=words["water"], steps=[{"target": "Alice"}, {"target": "Bob"}])
    household.begins()
    alert = panel.root.locator(".alert").first
    expect(alert.locator(".chain li").last).to_contain_text("≈")
    user.takes("alert")
    alert.get_by_role("button", name=panel.words["take_care"]).click()
    expect(alert).to_have_class(re.compile("acknowledged"))
    household.has_clicked(2)
    panel.is_quiet()


def test_several_accounts_are_switched_in_the_panel(user: BrowserUser, gateway: Gateway) -> None:
    set_up(user, gateway)
    panel = PanelPage(user)
    panel.opens()
    panel.root.locator(".thread", has_text="Alice").wait_for()
    accounts = panel.root.locator("header select")
    accounts.select_option(label=ACCOUNT)
    panel.root.locator(".thread", has_text=NAME).wait_for()
    expect(panel.root.locator(".thread", has_text="Alice")).to_have_count(0)
    user.takes("another-account")
    accounts.select_option(index=0)
    panel.root.locator(".thread", has_text="Alice").wait_for()
    panel.is_quiet()


def test_who_picks_alice_for_a_dashboard_is_offered_her_conversation(new_user: UserFactory) -> None:
    user = new_user(width=1240)
    panel, page = PanelPage(user), user.page
    panel.opens()
    page.evaluate(MAKE_DASHBOARD)
    try:
        user.opens("/sms-test/0?edit=1")
        page.locator("hui-grid-section button.add").click()
        page.locator("ha-dialog input").locator("visible=true").first.fill("Alice")
        page.get_by_text("Alice", exact=True).first.click()
        offer = page.get_by_text(CONVERSATION[user.words.language], exact=True).first
        offer.wait_for()
        page.locator("smsmode-conversation-card", has_text="Alice").first.wait_for()
        user.takes("offered")
        panel.is_quiet()
    finally:
        page.evaluate(REMOVE_DASHBOARD)
