"""Steps of an alert: whom to reach at the same time, over which channel, and for how long to wait."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Channel(StrEnum):
    """Channel of a step."""

    SMS = "sms"
    VOICE = "voice"
    NOTIFY = "notify"
    SCRIPT = "script"

    @property
    def is_local(self) -> bool:
        """Whether Home Assistant does it by itself: nothing leaves by the gateway, and no report comes."""
        return self in {Channel.NOTIFY, Channel.SCRIPT}


class Presence(StrEnum):
    """Presence of the people whom a step is for."""

    ANY = "any"
    HOME = "home"
    NOT_HOME = "not_home"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AlertStep:
    """Step of an alert, with the timeouts of delivery and then of an answer.

    ``targets`` are numbers, or what Home Assistant calls: notify entities and actions, or scripts. With
    ``acknowledge_link`` each person gets a link by SMS.
    """

    targets: tuple[str, ...]
    channel: Channel
    delivery_timeout: timedelta
    answer_timeout: timedelta
    presence: Presence = Presence.ANY
    acknowledge_link: bool = False

    @property
    def has_sms(self) -> bool:
        """Whether its people get something to read from the gateway: a call is followed by its link."""
        return self.channel is Channel.SMS or (self.channel is Channel.VOICE and self.acknowledge_link)
