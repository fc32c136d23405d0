"""The questions that a household asks, each answered within two clicks; and several accounts in one panel."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

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
        "late": "Dinner is late",
        "water": "Water in the attic!",
    },
    "fr": {
        "asked": "Tu rentres ce soir ?",
        "answer": "À huit heures",
        "bins": "Poubelles demain",
        "late": "On dîne plus tard",
        "water": "De l’eau !",
    },
}
ALICE = "33612345678"
STEPS = [{"target": "Alice"}, {"target": "Bob"}]
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
    """Somebody who looks for something, and whose clicks are counted: on a computer that in the sidebar too."""

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

    def has_it_open(self) -> None:
        """Have the panel open, as a telephone shows it: the sidebar is behind a button there."""
        self.panel.opens()
        self.panel.root.locator(".thread", has_text="Alice").wait_for()
        self.page.evaluate("window.clicks = 0")

    def opens_tab(self, name: str) -> None:
        """Open a tab of the panel."""
        self.panel.root.get_by_role("tab", name=self.panel.words[name]).click()

    def waiting(self, text: str) -> Locator:
        """Return what waits or is scheduled, wherever it stands."""
        return self.panel.root.locator(".rows li", has_text=text)

    def cancels(self, text: str) -> None:
        """Cancel what waits or is scheduled."""
        self.panel.presses(self.waiting(text), "cancel")
        expect(self.waiting(text)).to_contain_text(self.panel.words["cancelled"])

    def writes(self, text: str) -> None:
        """Write where the cursor is, and press the button that sends."""
        expect(self.panel.root.locator("textarea:focus")).to_have_count(1)
        self.page.keyboard.type(text)
        self.panel.root.get_by_role("button", name=self.panel.words["send"], exact=True).click()
        self.panel.line(text).wait_for()

    def has_clicked(self, times: int) -> None:
        """Check the number of clicks since the person began."""
        assert self.page.evaluate("window.clicks") == times


def test_what_a_household_asks_takes_two_clicks(new_user: UserFactory) -> None:
    user = new_user(width=1240)
    words, house, household = TEXTS[user.words.language], user.house, Household(user)
    panel = household.panel
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    panel.opens()
    house.act(SEND, message=words["asked"], target="Alice", reply=True)
    house.act(SEND, message=words["bins"], target="Bob", send_at=f"{tomorrow:%Y-%m-%dT07:00:00}")

    # The conversation with Alice, and what was sent to her; and an answer to her.
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

    # Whether the latest arrived; what is scheduled, and to cancel it.
    household.begins()
    latest = panel.root.locator(".thread", has_text="Alice").locator(".latest .status")
    expect(latest).to_have_text(panel.words["delivered"])
    household.waiting(words["bins"]).wait_for()
    user.takes("scheduled")
    household.has_clicked(1)
    household.cancels(words["bins"])
    user.takes("cancelled")
    household.has_clicked(2)
    expect(household.waiting(words["bins"])).to_have_count(0)
    panel.root.get_by_text(panel.words["choose"], exact=True).wait_for()

    # What waits, and to cancel it.
    with house.gateway_in_trouble():
        house.act(SEND, message=words["late"], target="Bob")
        household.begins()
        household.cancels(words["late"])
        household.has_clicked(2)
        expect(household.waiting(words["late"])).to_have_count(0)
    assert house.arrived(words["late"]) == 0
    panel.is_quiet()


def test_what_it_cost_and_who_takes_care_takes_two_clicks(new_user: UserFactory, tmp_path: Path) -> None:
    user = new_user(width=1240)
    words, house, household = TEXTS[user.words.language], user.house, Household(user)
    panel = household.panel
    panel.opens()
    house.act(SEND, message=words["asked"], target="Alice")

    # By person, and what the house sent on each of the last thirty days; and as a file.
    household.begins()
    household.opens_tab("costs")
    panel.root.get_by_text(panel.words["by_person"]).wait_for()
    expect(panel.root.locator("table", has_text=panel.words["by_day"]).locator("tbody tr")).not_to_have_count(0)
    household.has_clicked(2)
    with user.page.expect_download() as download:
        panel.root.get_by_role("button", name=panel.words["csv"]).click()
    download.value.save_as(tmp_path / "sms.csv")
    head, *rows = (tmp_path / "sms.csv").read_text(encoding="utf-8-sig").splitlines()
    assert head == panel.words["csv_head"]
    today = f"{datetime.now(ZoneInfo('Europe/Paris')):%Y-%m-%d},Alice,"
    assert any(line.startswith(today) for line in rows)

    # An alert that somebody takes care of.
    house.act("smsmode.alert", alert_id="attic", message=words["water"], steps=STEPS)
    household.begins()
    alert = panel.root.locator(".alert").first
    expect(alert.locator(".chain li").last).to_contain_text("≈")
    user.takes("alert")
    alert.get_by_role("button", name=panel.words["take_care"]).click()
    expect(alert).to_have_class(re.compile("acknowledged"))
    household.has_clicked(2)
    panel.is_quiet()


def test_on_a_telephone_it_takes_two_clicks_in_the_panel(mobile_user: BrowserUser) -> None:
    user = mobile_user
    words, house, household = TEXTS[user.words.language], user.house, Household(user)
    panel = household.panel
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    house.act(SEND, message=words["bins"], target="Bob", send_at=f"{tomorrow:%Y-%m-%dT08:00:00}")

    # To write to Alice, and so to answer her.
    household.has_it_open()
    panel.chooses("Alice")
    household.writes(words["asked"])
    household.has_clicked(2)
    user.takes("written")

    # What is scheduled, and to cancel it.
    household.has_it_open()
    household.opens_tab("waiting_tab")
    household.cancels(words["bins"])
    user.takes("cancelled")
    household.has_clicked(2)
    expect(household.waiting(words["bins"])).to_have_count(0)

    # What it cost.
    household.has_it_open()
    household.opens_tab("costs")
    panel.root.get_by_text(panel.words["by_person"]).wait_for()
    household.has_clicked(1)

    # An alert that somebody takes care of.
    house.act("smsmode.alert", alert_id="attic", message=words["water"], steps=STEPS)
    household.has_it_open()
    alert = panel.root.locator(".alert").first
    alert.get_by_role("button", name=panel.words["take_care"]).click()
    expect(alert).to_have_class(re.compile("acknowledged"))
    household.has_clicked(1)
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
