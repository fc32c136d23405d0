"""Callbacks that are only just acceptable, and what is said of those that are not."""

import pytest

from custom_components.smsmode.api import DeliveryReport, Reply, SmsmodeCallbackError, parse_callback

REPORT = "statut=11&numero=33612345678&smsID=abc"
REPLY = "message=x&emetteur=33601020304"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("hello", "neither a delivery report nor a reply"),
        ("statut=11&smsID=abc", "a delivery report without a number, a status or a message"),
        ("statut=11&numero=33612345678", "a delivery report without a number, a status or a message"),
        ("message=x&emetteur=Alice", "a reply without a sender"),
        (f"{REPLY}&smsID=a+b", "an impossible id"),
        (f"{REPORT}&refClient={'x' * 256}", "an impossible reference"),
        (f"{REPORT}&statut=12", "the same parameter twice"),
        (f"{REPORT}&x={'y' * 20_000}", "too long"),
        ("message=\ud800&emetteur=33601020304", "not a query"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_callback_that_is_refused_says_what_was_wrong(query: str, reason: str) -> None:
    with pytest.raises(SmsmodeCallbackError) as raised:
        parse_callback(query)
    assert str(raised.value) == reason


def test_a_reference_may_be_as_long_as_any_that_we_hand_out() -> None:
    report = parse_callback(f"{REPORT}&refClient={'x' * 255}")
    assert isinstance(report, DeliveryReport)
    assert report.reference == "x" * 255


def test_a_reply_may_fill_a_callback_to_the_brim() -> None:
    head = "emetteur=33601020304&message="
    reply = parse_callback(head + "x" * (16 * 1024 - len(head)))
    assert isinstance(reply, Reply)
    assert len(reply.text) == 16 * 1024 - len(head)
    with pytest.raises(SmsmodeCallbackError):
        parse_callback(head + "x" * (16 * 1024 - len(head) + 1))
