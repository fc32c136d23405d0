"""The panel at a glance: the picture that the documentation begins with."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from .conftest import UserFactory
from .panel_page import PanelPage
from .test_panel import BOB

pytestmark = pytest.mark.both_languages

TEXTS = {
    "en": {
        "place": "Kitchen",
        "dinner": "Dinner is ready. Are you coming?",
        "answer": "In 20 minutes, start without me",
        "parcel": "A parcel is at the door",
        "bins": "Take the bins out",
        "draft": "Can you pick the children up? I am late",
        "water": "Water on the kitchen floor! Answer OK if you take care of it.",
    },
    "fr": {
        "place": "Cuisine",
        "dinner": "On passe à table. Vous rentrez ?",
        "answer": "Dans 20 minutes, commencez sans moi",
        "parcel": "Un colis est à la porte",
        "bins": "Sortez les poubelles",
        "draft": "Tu peux chercher les enfants ? Je suis en retard",
        "water": "De l’eau dans la cuisine ! Répondez OK si vous vous en occupez.",
    },
}
ALICE = "33612345678"
NOT_REACHED = 3522
SEND = "smsmode.send_message?return_response"
STEPS = [
    {"target": "Alice", "answer_timeout": "00:03:00"},
    {"target": "Bob", "answer_timeout": "00:05:00"},
    {"target": "Alice", "how": "voice"},
]


def test_a_house_at_a_glance(new_user: UserFactory) -> None:
    user = new_user(width=1240, height=860)
    panel = PanelPage(user)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    house, words = user.house, TEXTS[user.words.language]
    with house.options(credit_price=0.07):
        panel.opens()
        house.act(SEND, message=words["dinner"], target="Alice", reply=True)
        house.act(SEND, message=words["parcel"], target="Bob")
        house.report(words["parcel"], BOB, NOT_REACHED)
        panel.chooses("Alice")
        panel.has_status(words["dinner"], "delivered")
        house.answer(ALICE, words["answer"])
        panel.line(words["answer"]).wait_for()
        house.act(SEND, message=words["bins"], target="Alice", send_at=f"{tomorrow:%Y-%m-%dT07:00:00}")
        house.act("smsmode.alert", alert_id=words["place"], message=words["water"], steps=STEPS)
        panel.has_status(words["water"].replace("’", "'"), "delivered")
        panel.field.fill(words["draft"])
        expect(panel.root.locator(".count b")).to_have_text("1 SMS")
        panel.root.locator(".thread .bad").first.wait_for()
        user.takes("glance")
        house.act("smsmode.cancel_alert", alert_id=words["place"])
        panel.root.get_by_role("tab", name=panel.words["waiting_tab"]).click()
        row = panel.root.locator(".rows li", has_text=words["bins"])
        panel.presses(row, "cancel")
        panel.root.get_by_role("tab", name=panel.words["costs"]).click()
        panel.root.get_by_text(panel.words["by_person"]).wait_for()
        user.takes("costs")
    panel.is_quiet()
