"""Variants of the gateway: what the vendor's document leaves open, each with settings of the emulator."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from custom_components.smsmode.state.account_facts import Fact

EVERY: Final = "all"


@dataclass(frozen=True)
class Variant:
    """A gateway that does one thing otherwise; ``refutes`` is the fact by which an account knows it, if any."""

    settings: dict[str, Any] = field(default_factory=dict)
    refutes: Fact | None = None


VARIANTS: Final = {
    "no refund": Variant({"refund": False}, Fact.DELETION_REFUNDS),
    "lag": Variant({"sent_list_lag": 45}),
    "entities": Variant({"escaped": {"smsList.do": True, "responseList.do": True}}, Fact.SENT_UNESCAPED),
    "oldest first": Variant({"ascending": {"smsList.do": True}}, Fact.SENT_NEWEST_FIRST),
    "oldest reply first": Variant({"ascending": {"responseList.do": True}}, Fact.REPLIES_NEWEST_FIRST),
    "zone": Variant({"zone": "UTC"}, Fact.PARIS_TIME),
    "latin callbacks": Variant({"callback_charset": "iso-8859-15"}),
    "windows callbacks": Variant({"callback_charset": "cp1252"}),
    "key by get": Variant({"key_by_post": False}),
    "past dates": Variant({"past_dates": "sent"}),
    "ids again": Variant({"reuse_ids": True}, Fact.IDS_UNIQUE),
    "password": Variant({"password": "secret"}),
    "rows": Variant({"separators": {"smsList.do": "<br/>", "responseList.do": "<br/>"}, "trailing_pipe": True}),
    "charset": Variant({"charset": "utf-8"}),
}


def add_option(parser: pytest.Parser) -> None:
    """Add the option that runs any test against a gateway that does something otherwise."""
    parser.addoption(
        "--variant",
        action="append",
        default=[],
        choices=[*VARIANTS, EVERY],
        help="what the gateway of all tests does otherwise; several at once, or all",
    )


def chosen_variants(config: pytest.Config) -> Sequence[str]:
    """Return the names of the variants of this run."""
    chosen: list[str] = config.getoption("variant", [])
    return tuple(VARIANTS) if EVERY in chosen else tuple(chosen)


def skip_what_is_otherwise(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Skip each test that is marked as one of a gateway without a variant of this run."""
    chosen = set(chosen_variants(config))
    for item in items:
        for mark in item.iter_markers("not_with"):
            assert set(mark.args) <= set(VARIANTS), item.nodeid
            if chosen & set(mark.args):
                item.add_marker(pytest.mark.skip(reason=mark.kwargs["reason"]))
