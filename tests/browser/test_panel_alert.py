"""An alert in the panel, taken care of by a person who is no administrator; and the dashboard of cards."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import UserFactory
from .panel_page import PanelPage

pytestmark = pytest.mark.both_languages

WATER = {
    "en": "Water in the cellar! Answer OK if you take care.",
    "fr": "De l’eau à la cave ! Répondez OK si vous vous en occupez.",
}
COMMUNITY = {"en": "SMS messages", "fr": "Messages SMS"}
FAMILY = "SMS Famille"


def test_somebody_who_is_no_administrator_takes_care_of_an_alert(new_user: UserFactory) -> None:
    administrator = new_user(width=1240)
    language = administrator.words.language
    PanelPage(administrator).opens()
    with administrator.house.another_user(administrator.page, "Camille", user_access=["acknowledge"]) as log_in:
        camille = new_user(width=390, height=844, dark=True, handy=True)
        log_in(camille.page)
        panel, other = PanelPage(camille), PanelPage(administrator)
        panel.opens()
        panel.root.get_by_text(panel.words["no_alert"]).wait_for()
        steps = [{"target": "Alice", "answer_timeout": "00:05:00"}, {"target": "Bob", "answer_timeout": "00:05:00"}]
        camille.house.act("smsmode.alert", alert_id="cellar", message=WATER[language], steps=steps)
        alert = panel.root.locator(".alert")
        expect(alert.get_by_role("alert")).to_contain_text(WATER[language])
        expect(alert.get_by_role("timer")).to_have_text(re.compile(r"\d:\d\d"))
        camille.takes("alert")
        administrator.takes("alert")
        alert.get_by_role("button", name=panel.words["take_care"]).click()
        expect(alert).to_contain_text("Camille")
        expect(other.root.locator(".alert")).to_contain_text("Camille")
        expect(alert.get_by_role("button")).to_have_count(0)
        camille.takes("taken")
        panel.is_quiet()
        # Nobody is logged in there soon.
        camille.page.goto("about:blank")


def test_a_dashboard_of_messages_is_made_by_clicks(new_user: UserFactory) -> None:
    user = new_user(width=1240)
    words, page = user.words, user.page
    panel = PanelPage(user)
    user.opens("/config/lovelace/dashboards")
    user.presses(words("panel.config.lovelace.dashboards.picker.add_dashboard"))
    page.get_by_text(COMMUNITY[words.language], exact=True).last.click()
    page.locator("ha-dialog, dialog").get_by_role("textbox").first.fill(FAMILY)
    user.confirms(words("panel.config.lovelace.dashboards.detail.create"))
    try:
        page.get_by_text(FAMILY).locator("visible=true").first.wait_for()
        user.opens("/sms-famille/sms")
        # By the number: her name may be in what others were told.
        card = page.locator("smsmode-conversation-card", has_text="+33 6 12 34 56 78")
        card.wait_for()
        expect(page.locator("smsmode-compose-card textarea")).to_be_visible()
        expect(page.locator("smsmode-credits-card")).to_contain_text(re.compile(r"\d"))
        expect(page.locator("smsmode-alert-card")).to_be_hidden()
        user.takes("dashboard")
        panel.is_quiet()
    finally:
        page.evaluate(
            """async () => {
                const { hass } = document.querySelector("home-assistant");
                for (const each of await hass.callWS({ type: "lovelace/dashboards/list" }))
                    if (each.mode === "storage" && each.title === "SMS Famille")
                        await hass.callWS({ type: "lovelace/dashboards/delete", dashboard_id: each.id });
            }"""
        )
