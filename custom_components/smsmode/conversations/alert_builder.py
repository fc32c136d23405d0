"""Builder of alerts: fields of an action or a plan → an alert, who is left out of it, and what it costs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.ulid import ulid_now

from ..config.options import AccountOptions, LinkObstacle, link_obstacle
from ..config.recipients import Failure, Recipients
from ..errors import translate_errors, validation_error
from ..helpers.sms_texts import ALERT_TAKEN, localized
from ..sending.composer import MessageSendOptions, compose_message, compose_voice, cost_of
from ..sending.pictures import CAMERA_FAILED, sample_picture_line
from ..state.alert_steps import AlertStep, Channel
from ..state.alerts import Alert
from ..state.links import AlertCamera
from ..state.questions import Answer
from .alert_links import sample_endings
from .alert_messages import sms_options, voice_options
from .alert_targets import find_local_targets, may_come, name_of
from .answers import READY
from .left_out import left_out
from .reply_targets import NO_RECIPIENTS, ensure_readable_text, find_reply_targets, nobody_left, read_answers

# In segments and calls, whatever happens.
MAX_COST = 200


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BuiltAlert:
    """An alert that is yet to begin, the targets that are left out of it, and its cost.

    ``cost`` has the steps with the cost of each, the rounds, the cost at least and at most in segments and calls, and
    in money if a credit has a price. ``obstacle`` is why it leaves without the links that it should have.
    """

    alert: Alert
    failures: tuple[Failure, ...]
    cost: dict[str, Any]
    obstacle: LinkObstacle | None = None

    def as_response(self) -> dict[str, Any]:
        """Return what the response of an action tells of it."""
        camera = self.alert.camera
        reasons = [self.obstacle, CAMERA_FAILED if camera and camera.has_failed and not self.obstacle else None]
        warnings = [{"reason": reason} for reason in reasons if reason is not None]
        return {**self.cost, **left_out(self.failures), **({"warnings": warnings} if warnings else {})}


class AlertBuilder:
    """Builder of the alerts of one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        options: AccountOptions,
        recipients: Recipients,
    ) -> None:
        """Build for these recipients."""
        self._hass = hass
        self._entry = entry
        self._options = options
        self._recipients = recipients

    def build(self, fields: Mapping[str, Any], origin: str | None) -> BuiltAlert:
        """Return an alert of validated fields.

        Raises a translated error before anything is spent: if it reaches nobody, if its text or its answers cannot be
        understood, or if it costs too much.
        """
        steps, failures = self._find_steps(fields)
        alert = self._alert(steps, fields, origin)
        has_links = alert.camera is not None or any(step.acknowledge_link for step in steps)
        obstacle = link_obstacle(self._hass, self._options) if has_links else None
        return BuiltAlert(alert=alert, failures=failures, cost=self._cost(alert), obstacle=obstacle)

    def _alert(self, steps: tuple[AlertStep, ...], fields: Mapping[str, Any], origin: str | None) -> Alert:
        answers = tuple(Answer(answer["id"], tuple(answer["sentences"])) for answer in fields.get("answers", ()))
        read_answers(answers)
        key = ulid_now()
        return Alert(
            key=key,
            alert_id=fields.get("alert_id") or key,
            message=fields["message"],
            steps=steps,
            rounds=fields["repeat"],
            started_at=dt_util.utcnow(),
            answers=answers or READY["ok"],
            tell_others=fields.get("tell_others", localized(ALERT_TAKEN, self._hass.config.language)),
            acknowledge_on_listened=fields.get("listened_acknowledges", False),
            language=fields.get("language"),
            origin=origin,
            all_clear=fields.get("all_clear", ""),
            camera=AlertCamera(entity_id=fields["camera"]) if fields.get("camera") else None,
        )

    def _find_steps(self, fields: Mapping[str, Any]) -> tuple[tuple[AlertStep, ...], tuple[Failure, ...]]:
        """Return the steps that reach anybody, and the targets left out. Raises a translated error if there is none."""
        steps: list[AlertStep] = []
        failures: list[Failure] = []
        reached: set[str] = set()
        for step in fields["steps"]:
            targets, left_out = self._find_targets(step)
            failures += left_out if step["target"] else [Failure("", NO_RECIPIENTS)]
            reached.update(targets)
            if targets := (*targets, *self._find_late_targets(step, left_out)):
                steps.append(_step(targets, step))
        if not reached:
            raise nobody_left(failures)
        if any(step.has_sms for step in steps):
            ensure_readable_text(self._options, fields["message"])
        return tuple(steps), tuple(failures)

    def _name_of(self, target: str) -> str:
        return name_of(self._hass, self._recipients, target)

    def _find_targets(self, step: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[Failure, ...]]:
        """Return what a step reaches, and the targets left out."""
        channel: Channel = step["how"]
        if channel.is_local:
            return find_local_targets(self._hass, self._entry, channel, step["target"])
        # Whoever cannot reply can press a link.
        by_link = step.get("acknowledge_link", False)
        found = find_reply_targets(
            self._recipients, step["target"], voice=channel is Channel.VOICE, may_be_abroad=by_link
        )
        return found.numbers, found.failures

    def _find_late_targets(self, step: Mapping[str, Any], left_out: Iterable[Failure]) -> Iterator[str]:
        """Yield what is not there now and is looked for again when the turn of the step comes."""
        channel: Channel = step["how"]
        if channel.is_local:
            missing = dict.fromkeys(failure.target for failure in left_out)
            yield from (name for name in missing if may_come(self._hass, self._entry, channel, name))

    def _cost(self, alert: Alert) -> dict[str, Any]:
        """Return the cost of each step and of the alert at most. Raises a translated error above the limit."""
        costs = [self._cost_of_step(alert, step) for step in alert.steps]
        at_most = sum(costs) * alert.rounds + self._cost_of_news(alert)
        if at_most > MAX_COST:
            raise validation_error("alert_too_large", cost=str(at_most), limit=str(MAX_COST))
        steps = [
            {"recipients": list(map(self._name_of, step.targets)), "how": step.channel, "cost": cost}
            for step, cost in zip(alert.steps, costs, strict=True)
        ]
        cost = {"cost_at_least": costs[0], "cost_at_most": at_most}
        return {"steps": steps, "repeat": alert.rounds, **cost, **self._prices(**cost)}

    def _prices(self, cost_at_least: int, cost_at_most: int) -> dict[str, Any]:
        """Return the costs in money; nothing if a credit has no price."""
        if self._options.credit_price is None:
            return {}
        return {
            "price_at_least": self._options.price_of(cost_at_least),
            "price_at_most": self._options.price_of(cost_at_most),
            "currency": self._hass.config.currency,
        }

    def _cost_of_step(self, alert: Alert, step: AlertStep) -> int:
        if step.channel.is_local:
            return 0
        cost = 0
        with translate_errors():
            if step.channel is Channel.VOICE:
                called = self._recipients.resolve(step.targets, voice=True)
                cost += cost_of(compose_voice(voice_options(alert), called, self._options))
            if step.has_sms:
                endings, ending = self._sample_endings(step), self._sample_ending(alert, step)
                written = self._recipients.resolve(step.targets)
                cost += cost_of(compose_message(sms_options(alert, endings, ending), written, self._options))
        return cost

    def _sample_endings(self, step: AlertStep) -> Mapping[str, str]:
        """Return what stands for the links of a step: as long as they are."""
        return sample_endings(self._hass, self._options, step.targets) if step.acknowledge_link else {}

    def _sample_ending(self, alert: Alert, step: AlertStep) -> str:
        """Return what stands for the link to the picture of an alert, which a link of a step shows as well."""
        is_needed = alert.camera is not None and not step.acknowledge_link
        return sample_picture_line(self._hass, self._options) if is_needed else ""

    def _cost_of_news(self, alert: Alert) -> int:
        """Return the cost of both notices: who takes care, with the longest name, and then the all-clear."""
        named = {target for step in alert.steps for target in step.targets}
        called = {target for step in alert.steps if not step.channel.is_local for target in step.targets}
        written = {target for step in alert.steps if step.has_sms for target in step.targets}
        name = max((self._name_of(target) for target in named), key=len)
        taken = alert.tell_others.replace("{recipient}", name)
        return self._cost_of_notice(taken, written) + self._cost_of_notice(alert.all_clear, called)

    def _cost_of_notice(self, text: str, targets: set[str]) -> int:
        if not text or not targets:
            return 0
        resolved = self._recipients.resolve(sorted(targets))
        options = MessageSendOptions(message=text, urgent=True)
        with translate_errors():
            return cost_of(compose_message(options, resolved, self._options))


def _step(targets: tuple[str, ...], fields: Mapping[str, Any]) -> AlertStep:
    return AlertStep(
        targets=targets,
        channel=fields["how"],
        delivery_timeout=fields["delivery_timeout"],
        answer_timeout=fields["answer_timeout"],
        presence=fields["presence"],
        acknowledge_link=fields.get("acknowledge_link", False) and not fields["how"].is_local,
    )
