"""Public names: what people write in automations, and what translators translate. None of it may go away.

``public_names.txt`` was taken at commit 5cde746, one name in a line. A new name is added to it by
``python -m tests.repository.test_public_names``; a name that is missing from the code is a broken promise.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import probatio
import pytest
import yaml

from custom_components.smsmode import CONFIG_SCHEMA, const, llm
from custom_components.smsmode.assist import intents

INTEGRATION = Path(const.__file__).parent
SNAPSHOT = Path(__file__).with_name("public_names.txt")
LANGUAGES = ("en", "fr")


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """No Home Assistant runs here: names are read."""


def _leaves(tree: Any, path: str) -> Iterator[str]:
    """Yield the dotted path of each leaf of nested dictionaries."""
    if not isinstance(tree, Mapping) or not tree:
        yield path
        return
    for key, value in tree.items():
        yield from _leaves(value, f"{path}.{key}")


def _fields(name: str) -> Iterator[str]:
    """Yield the names and fields of actions, triggers or conditions, from their YAML file."""
    described = yaml.safe_load((INTEGRATION / f"{name}.yaml").read_text(encoding="utf-8"))
    for action, description in described.items():
        if action.startswith("."):
            continue
        yield f"{name}.{action}"
        yield from (f"{name}.{action}.{field}" for field in (description or {}).get("fields", {}))


def _schema_keys(schema: Any, path: str = "yaml") -> Iterator[str]:
    """Yield the keys that a YAML schema knows, however its validators are nested."""
    if isinstance(schema, probatio.Schema):
        yield from _schema_keys(schema.schema, path)
    elif isinstance(schema, Mapping):
        for key, value in schema.items():
            name = f"{path}.{getattr(key, 'schema', key)}"
            if isinstance(key, probatio.Marker) and isinstance(key.schema, str):
                yield name
            yield from _schema_keys(value, name if isinstance(getattr(key, "schema", key), str) else path)
    elif isinstance(schema, list | tuple):
        for each in schema:
            yield from _schema_keys(each, path)
    elif hasattr(schema, "validators"):
        for each in schema.validators:
            yield from _schema_keys(each, path)


def _websocket_commands() -> Iterator[str]:
    """Yield the commands of the panel, which cards of other people may ask as well."""
    for path in (INTEGRATION / "panel").glob("*.py"):
        found = re.findall(r'async_register\(hass, "(\w+)"', path.read_text(encoding="utf-8"))
        yield from (f"websocket.{const.DOMAIN}/{name}" for name in found)


def public_names() -> set[str]:
    """Return every public name of the code as it is."""
    names = {f"event.{value}" for name, value in vars(const).items() if name.startswith("EVENT_")}
    names |= {f"const.{name}.{value}" for name, value in vars(const).items() if name.startswith("SUBENTRY_")}
    for section in ("services", "triggers", "conditions"):
        names |= set(_fields(section))
    names |= set(_schema_keys(CONFIG_SCHEMA))
    names |= {f"llm.{tool.name}" for tool in (llm.SendMessageTool, llm.GetConversationTool)}
    names |= {f"intent.{name}" for name in (intents.INTENT_SEND_MESSAGE, intents.INTENT_ACKNOWLEDGE_ALERT)}
    names |= set(_websocket_commands())
    for language in LANGUAGES:
        texts = json.loads((INTEGRATION / "translations" / f"{language}.json").read_text(encoding="utf-8"))
        names |= set(_leaves(texts, language))
    icons = json.loads((INTEGRATION / "icons.json").read_text(encoding="utf-8"))
    return names | set(_leaves(icons, "icons"))


def test_every_public_name_of_the_snapshot_still_exists() -> None:
    promised = set(SNAPSHOT.read_text(encoding="utf-8").splitlines())
    assert len(promised) > 2000
    assert sorted(promised - public_names()) == []


def test_every_public_name_is_in_the_snapshot() -> None:
    assert sorted(public_names() - set(SNAPSHOT.read_text(encoding="utf-8").splitlines())) == []


if __name__ == "__main__":
    SNAPSHOT.write_text("\n".join(sorted(public_names())) + "\n", encoding="utf-8")
