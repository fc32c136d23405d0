"""Hears replies that command the house, does what they say, and answers once.

Only a verified reply that comes in time, from the very number of a recipient who may. What is counted is on the disk
before anything is done: after a fall a command is lost rather than carried out twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..api import Encoding, Reply
from ..config.commands import Command, CommandPermission, CommandText, parse_command, verify_pin
from ..const import ATTR_CONFIG_ENTRY_ID, DOMAIN, EVENT_COMMAND, LOGGER
from ..helpers.listeners import Subscriptions
from ..helpers.sms_texts import COMMAND_ANSWERS, localized
from ..helpers.tasks import BackgroundTasks
from ..helpers.text_match import normalize_text
from ..receiving.events import ReplyEvent
from ..receiving.processor import InboundProcessor
from ..sending.composer import MessageSendOptions
from ..sending.service import MessageService
from ..state.store import AccountStore, StorageError
from .command_executor import CommandFailedError, async_ask_assist, async_run_script

# What Assist is called in events.
ASSIST = "assist"


class CommandResult(StrEnum):
    """What became of a command."""

    DONE = "done"
    FAILED = "failed"
    PIN_MISSING = "pin_missing"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    STILL_LOCKED = "still_locked"
    TOO_MANY = "too_many"


# Enough was said before.
_SILENT = {CommandResult.TOO_MANY, CommandResult.STILL_LOCKED}


class CommandHandler:
    """Obeys those who may command one account."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        permissions: Sequence[CommandPermission],
        store: AccountStore,
        processor: InboundProcessor,
        messages: MessageService,
    ) -> None:
        """Do nothing before `async_start`."""
        self._hass = hass
        self._entry = entry
        self._store = store
        self._processor = processor
        self._messages = messages
        self._guard = store.state.commands
        self._accesses = {access.number: access for access in permissions}
        # One after the other: guesses that come together must be counted one by one.
        self._turn = asyncio.Lock()
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} command")
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Listen to replies."""
        self._subscriptions.add(self._processor.reply_received.subscribe(self._async_hear))

    @callback
    def async_stop(self) -> None:
        """Listen no more; a command under way is cut short."""
        self._subscriptions.end()
        self._tasks.cancel()

    @callback
    def _async_hear(self, event: ReplyEvent) -> None:
        """Take what may be a command; anything else is an ordinary reply."""
        access = self._accesses.get(event.reply.sender)
        if access is None or not event.is_trusted:
            return
        text = parse_command(event.raw_text)
        command = access.commands.get(normalize_text(text.rest))
        is_sentence = access.assist and text.pin is not None and bool(text.rest)
        if command is None and not is_sentence:
            return
        self._tasks.create(self._async_obey(access, event.reply, text, command))

    async def _async_obey(
        self, access: CommandPermission, reply: Reply, text: CommandText, command: Command | None
    ) -> None:
        """Let the command in, carry it out, tell the house and answer."""
        who, now = access.subentry_id, dt_util.utcnow()
        if self._guard.is_answer(who, reply.message_id):
            # Who answers our answer may be a machine.
            return
        answer: str | None = None
        async with self._turn:
            outcome = await self._async_authorize(access, text, command, now)
        if outcome is CommandResult.DONE:
            outcome, answer = await self._async_carry_out(access, text, command)
        name = command.words if command else ASSIST
        self._hass.bus.async_fire(
            EVENT_COMMAND,
            {
                ATTR_CONFIG_ENTRY_ID: self._entry.entry_id,
                "recipient": access.name,
                "command": name,
                "outcome": outcome.value,
            },
        )
        standard = localized(COMMAND_ANSWERS, self._hass.config.language).get(outcome, "")
        await self._async_answer(access, text, answer or standard.format(command=name), outcome)

    async def _async_authorize(
        self, access: CommandPermission, text: CommandText, command: Command | None, now: datetime
    ) -> CommandResult:
        """Check what was counted and the PIN; what changed by it is on the disk before this returns."""
        who = access.subentry_id
        if not self._guard.admit(who, access.hourly_limit, now):
            return CommandResult.TOO_MANY
        outcome = await self._async_check_pin(access, text, command, now)
        try:
            await self._store.async_save()
        except StorageError:
            # It would be heard again after a fall, and done again.
            return CommandResult.FAILED
        return outcome

    async def _async_check_pin(
        self, access: CommandPermission, text: CommandText, command: Command | None, now: datetime
    ) -> CommandResult:
        who = access.subentry_id
        if command is not None and not command.needs_pin:
            return CommandResult.DONE
        if text.pin is None or access.pin is None:
            return CommandResult.PIN_MISSING
        if self._guard.is_locked(who, now):
            return CommandResult.STILL_LOCKED
        if await self._hass.async_add_executor_job(verify_pin, text.pin, access.pin):
            self._guard.record_right_pin(who)
            return CommandResult.DONE
        return CommandResult.LOCKED if self._guard.record_wrong_pin(who, now) else CommandResult.WRONG_PIN

    async def _async_carry_out(
        self, access: CommandPermission, text: CommandText, command: Command | None
    ) -> tuple[CommandResult, str | None]:
        try:
            if command is None:
                return CommandResult.DONE, await async_ask_assist(self._hass, text.rest, access.agent)
            if command.script is not None:
                return CommandResult.DONE, await async_run_script(self._hass, command.script)
        except CommandFailedError:
            return CommandResult.FAILED, None
        return CommandResult.DONE, None

    async def _async_answer(
        self, access: CommandPermission, text: CommandText, answer: str, outcome: CommandResult
    ) -> None:
        """Answer in one segment, to which nobody can reply; nothing where too much was said already."""
        if outcome in _SILENT:
            return
        said = f"{outcome}\0{normalize_text(text.rest)}"
        if not self._guard.admit_answer(access.subentry_id, said, dt_util.utcnow()):
            return
        order = MessageSendOptions(
            message=answer, targets=(access.number,), encoding=Encoding.GSM, max_segments=1, ignore_quiet_hours=True
        )
        try:
            (receipt,) = (await self._messages.async_send_message(order)).receipts
        except HomeAssistantError as err:
            LOGGER.warning("A command was not answered: %s", err)
            return
        if receipt.message_id is not None:
            self._guard.record_answer(access.subentry_id, receipt.message_id)
        self._store.async_save_soon()
