"""Options of an account, with the defaults of those that are not set."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_REGION
from homeassistant.core import HomeAssistant

from ..api import Encoding, StopClause
from ..const import (
    CONF_ASSISTANT_LIMIT,
    CONF_CALENDAR_EVENTS,
    CONF_CALLBACKS,
    CONF_CREDIT_PRICE,
    CONF_DAILY_LIMIT,
    CONF_ENCODING,
    CONF_FALLBACK,
    CONF_KEEP_CONVERSATIONS,
    CONF_LINKS,
    CONF_LOW_BALANCE,
    CONF_MAX_SEGMENTS,
    CONF_QUICK_REPLIES,
    CONF_RECIPIENT_HOURLY_LIMIT,
    CONF_REFUSE_CHANGED_TEXT,
    CONF_REPEAT_URGENT,
    CONF_SENDER,
    CONF_STOP,
    CONF_URGENT_DAILY_LIMIT,
    CONF_USER_ACCESS,
    DEFAULT_ASSISTANT_LIMIT,
    DEFAULT_DAILY_LIMIT,
    DEFAULT_LOW_BALANCE,
    DEFAULT_MAX_SEGMENTS,
    DEFAULT_RECIPIENT_HOURLY_LIMIT,
    DEFAULT_REGION,
    DEFAULT_URGENT_DAILY_LIMIT,
)
from ..helpers.public_address import public_address


class CallbackMode(StrEnum):
    """By which public address the gateway may call the house back."""

    AUTO = "auto"
    EXTERNAL = "external"
    CLOUD = "cloud"
    OFF = "off"


class UserAccess(StrEnum):
    """What people who are no administrators may do with the messages of an account."""

    READ = "read"
    WRITE = "write"
    ACKNOWLEDGE = "acknowledge"


class KeepConversations(StrEnum):
    """For how many days the texts of conversations are kept on the disk."""

    OFF = "off"
    DAYS_30 = "30"
    DAYS_90 = "90"

    @property
    def days(self) -> timedelta | None:
        """Return for how long; None stands for not at all."""
        return None if self is KeepConversations.OFF else timedelta(days=int(self))


class LinkObstacle(StrEnum):
    """Why an SMS can have no link; the value is the translation key."""

    OFF = "links_off"
    NO_ADDRESS = "links_without_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountOptions:
    """The options of one account. Limits are in segments, the low balance in credits; 0 means none.

    The price of a credit is in the currency of Home Assistant.
    """

    sender: str | None = field(repr=False)
    region: str
    encoding: Encoding
    max_segments: int
    stop: StopClause
    low_balance: float
    daily_limit: int
    urgent_daily_limit: int
    recipient_hourly_limit: int
    assistant_limit: int
    callbacks: CallbackMode
    user_access: tuple[UserAccess, ...] = ()
    keep_conversations: KeepConversations = KeepConversations.OFF
    quick_replies: tuple[str, ...] = field(default=(), repr=False)
    calendar_events: bool = False
    refuse_changed_text: bool = False
    fallback: str | None = field(default=None, repr=False)
    repeat_urgent: bool = False
    credit_price: float | None = None
    links: bool = False

    def price_of(self, segments: int) -> float | None:
        """Return the price of segments and calls, each of which is taken for a credit; None if nobody named a price."""
        # By way of the written form: 3 * 0.1 is to be 0.3.
        return None if self.credit_price is None else float(Decimal(str(self.credit_price)) * segments)


def default_region(hass: HomeAssistant) -> str:
    """Return the country whose national numbers are understood where nobody chose one: the house's."""
    return hass.config.country or DEFAULT_REGION


def read_callback_mode(entry: ConfigEntry) -> CallbackMode:
    """Return the callback mode alone, which every message asks for."""
    return CallbackMode(entry.options.get(CONF_CALLBACKS, CallbackMode.AUTO))


def read_settings(hass: HomeAssistant, entry: ConfigEntry) -> AccountOptions:
    """Return the options of a config entry."""
    options = entry.options
    return AccountOptions(
        sender=options.get(CONF_SENDER),
        region=options.get(CONF_REGION) or default_region(hass),
        encoding=Encoding(options.get(CONF_ENCODING, Encoding.AUTO)),
        max_segments=int(options.get(CONF_MAX_SEGMENTS, DEFAULT_MAX_SEGMENTS)),
        stop=StopClause(options.get(CONF_STOP, StopClause.NEVER)),
        low_balance=float(options.get(CONF_LOW_BALANCE, DEFAULT_LOW_BALANCE)),
        daily_limit=int(options.get(CONF_DAILY_LIMIT, DEFAULT_DAILY_LIMIT)),
        urgent_daily_limit=int(options.get(CONF_URGENT_DAILY_LIMIT, DEFAULT_URGENT_DAILY_LIMIT)),
        recipient_hourly_limit=int(options.get(CONF_RECIPIENT_HOURLY_LIMIT, DEFAULT_RECIPIENT_HOURLY_LIMIT)),
        assistant_limit=int(options.get(CONF_ASSISTANT_LIMIT, DEFAULT_ASSISTANT_LIMIT)),
        callbacks=read_callback_mode(entry),
        user_access=tuple(map(UserAccess, options.get(CONF_USER_ACCESS, ()))),
        keep_conversations=KeepConversations(options.get(CONF_KEEP_CONVERSATIONS, KeepConversations.OFF)),
        quick_replies=tuple(options.get(CONF_QUICK_REPLIES, ())),
        calendar_events=bool(options.get(CONF_CALENDAR_EVENTS)),
        refuse_changed_text=bool(options.get(CONF_REFUSE_CHANGED_TEXT)),
        fallback=options.get(CONF_FALLBACK),
        repeat_urgent=bool(options.get(CONF_REPEAT_URGENT)),
        credit_price=float(options.get(CONF_CREDIT_PRICE) or 0) or None,
        links=bool(options.get(CONF_LINKS)),
    )


def link_obstacle(hass: HomeAssistant, options: AccountOptions) -> LinkObstacle | None:
    """Return why the SMS of an account can have no links, None if they can."""
    if not options.links:
        return LinkObstacle.OFF
    return None if public_address(hass) else LinkObstacle.NO_ADDRESS


def link_base(hass: HomeAssistant, options: AccountOptions) -> str | None:
    """Return the beginning of the links of an account; None if it has none."""
    return public_address(hass) if options.links else None
