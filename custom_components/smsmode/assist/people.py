"""People whom an assistant may write to: recipients with a number whose notify entity is exposed to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er

from ..config.accounts import default_entry
from ..config.phone_numbers import looks_like_number
from ..config.recipients import Recipient
from ..const import DOMAIN
from ..errors import validation_error
from ..helpers.redaction import mask_numbers
from ..helpers.text_match import comparison_key
from ..runtime import SmsmodeConfigEntry

# More names in one sentence nobody listens to.
MAX_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """A recipient that is exposed, its account, and the names that mean it."""

    entry: SmsmodeConfigEntry
    recipient: Recipient
    number: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that the house gave it."""
        return self.recipient.name


@callback
def exposed_people(hass: HomeAssistant, assistant: str) -> list[Person]:
    """Return the people whom an assistant may write to. Groups are none: nobody knows what they cost."""
    loaded: list[SmsmodeConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    found = (
        _exposed(hass, assistant, entry, recipient)
        for entry in loaded
        for recipient in entry.runtime_data.recipients.all
    )
    return [person for person in found if person is not None]


def _exposed(hass: HomeAssistant, assistant: str, entry: SmsmodeConfigEntry, recipient: Recipient) -> Person | None:
    registry = er.async_get(hass)
    unique_id = f"{entry.entry_id}_{recipient.subentry_id}_notify"
    entity = registry.async_get(registry.async_get_entity_id(Platform.NOTIFY, DOMAIN, unique_id) or "")
    if recipient.number is None or entity is None or entity.disabled:
        return None
    if not async_should_expose(hass, assistant, entity.entity_id):
        return None
    aliases = er.async_get_entity_aliases(hass, entity, allow_empty=False)
    names = (recipient.name, f"{recipient.name} ({entry.title})", *aliases)
    return Person(entry=entry, recipient=recipient, number=recipient.number, names=tuple(dict.fromkeys(names)))


@callback
def find_person(hass: HomeAssistant, assistant: str, name: str) -> Person:
    """Return the only person of a name. Raises a translated error rather than guess.

    One number under one name in two accounts is one person; the default account writes.
    """
    people = exposed_people(hass, assistant)
    if not people:
        raise validation_error("assistant_nobody")
    if looks_like_number(name):
        raise validation_error("assistant_number", names=_listed(people))
    key = comparison_key(name)
    meant = [person for person in people if key in map(comparison_key, person.names)]
    if not meant:
        raise _unknown(people, name, key)
    if len({person.number for person in meant}) > 1:
        raise validation_error("assistant_ambiguous", name=name, names=_listed(meant))
    return next((person for person in meant if person.entry is default_entry(hass)), meant[0])


def _unknown(people: Iterable[Person], name: str, key: str) -> ServiceValidationError:
    """Return the error for a name that nobody has; those who share a word with it may be meant."""
    words = set(key.split())
    similar = [person for person in people if words & set(comparison_key(person.name).split())]
    return validation_error("assistant_unknown", name=mask_numbers(name), names=_listed(similar or people))


def _listed(people: Iterable[Person]) -> str:
    """Return names, with the account where two of them are the same."""
    people = list(people)
    keys = [comparison_key(person.name) for person in people]
    names = [person.names[1] if keys.count(key) > 1 else person.name for person, key in zip(people, keys, strict=True)]
    more = ["…"] if len(names) > MAX_NAMES else []
    return ", ".join([*names[:MAX_NAMES], *more])
