"""Security of reprs, which Home Assistant and asyncio log when something fails: no text of people."""

import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from typing import Any, TypeAliasType, get_args, get_type_hints

import pytest
from homeassistant.helpers.entity import EntityDescription
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components.smsmode
from tests.support.house import ALICE_DIGITS, WEBHOOK_ID, House

# Strings that nobody writes. Any other is taken for a key, a number or a text until somebody has thought about it.
IDS = {
    "collection",
    "entry_id",
    "help",
    "key",
    "message_id",
    "operator",
    "queue_id",
    "region",
    "reply_id",
    "subentry_id",
}


def _dataclasses() -> list[type]:
    package = custom_components.smsmode
    names = [module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    found = [
        value
        for name in names
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type)
        and (is_dataclass(value) or hasattr(value, "_make"))
        and value.__module__ == name
        and not issubclass(value, EntityDescription)
    ]
    return sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__qualname__}")


def _may_be_text(kind: Any) -> bool:
    """Return whether a type can hold text of people; dataclasses of ours are checked by themselves."""
    if isinstance(kind, TypeAliasType):
        return _may_be_text(kind.__value__)
    return kind in (str, Any, object) or any(map(_may_be_text, get_args(kind)))


def _shown(kind: Any) -> set[str]:
    """Return the fields whose content a repr shows."""
    if hasattr(kind, "_make"):
        declared = list(kind._fields)
        instance: Any = kind._make(f"content of {name};" for name in declared)
    else:
        declared = [each.name for each in fields(kind)]
        instance = object.__new__(kind)
        for name in declared:
            object.__setattr__(instance, name, f"content of {name};")
    shown = repr(instance)
    return {name for name in declared if f"content of {name};" in shown}


def _case(kind: type) -> Any:
    return pytest.param(kind, id=f"{kind.__module__.removeprefix('custom_components.smsmode.')}.{kind.__name__}")


@pytest.mark.parametrize("kind", map(_case, _dataclasses()))
def test_a_repr_shows_nothing_that_people_wrote(kind: type) -> None:
    types = get_type_hints(kind)
    assert {name for name in _shown(kind) - IDS if _may_be_text(types[name])} == set()


async def test_the_parts_of_an_account_show_no_secret(house: House, entry: MockConfigEntry) -> None:
    await house.async_call("send_message", message="nobody's business", target=["Alice"], reply=True)
    account = house.account
    parts = [account, *(getattr(account, each.name) for each in fields(account))]
    for part in parts:
        for secret in (house.gateway.token, WEBHOOK_ID, ALICE_DIGITS, "nobody"):
            assert secret not in repr(part)
            assert secret not in str(part)
