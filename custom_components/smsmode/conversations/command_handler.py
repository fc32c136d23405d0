"""Handler of commands by SMS: authorizes a reply that is a command, carries it out and answers once.

Only a verified reply that is received in time, from the number of a recipient with the permission, is a command. The
counters are on the disk before anything is done: after a crash a command is lost rather than carried out twice.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..api import Encoding, Reply
from ..config.commands import Command, CommandPermission, CommandText, parse_command, verify_pin
from ..config.pin_redaction import hide_digits
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

# The name of Assist in events.
ASSIST = "assist"


class CommandResult(StrEnum):
    """Result of a command; the value names it in events."""

    DONE = "done"
    FAILED = "failed"
    PIN_MISSING = "pin_missing"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    STILL_LOCKED = "still_locked"
    TOO_MANY = "too_many"


# The sender was told before.
_UNANSWERED = {CommandResult.TOO_MANY, CommandResult.STILL_LOCKED}


class CommandHandler:
    """Handler of the commands to one account."""

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
        self._limiter = store.state.commands
        self._permissions = {permission.number: permission for permission in permissions}
        # One at a time: guesses of a PIN that arrive together must be counted one by one.
        self._lock = asyncio.Lock()
        self._tasks = BackgroundTasks(hass, entry, f"{DOMAIN} command")
        self._subscriptions = Subscriptions()

    @callback
    def async_start(self) -> None:
        """Subscribe to replies."""
        self._subscriptions.add(self._processor.reply_received.subscribe(self._async_handle_reply))

    @callback
    def async_stop(self) -> None:
        """Unsubscribe; a command under way is cancelled."""
        self._subscriptions.end()
        self._tasks.cancel()

    @callback
    def _async_handle_reply(self, event: ReplyEvent) -> None:
        """Handle a reply that may be a command; anything else is an ordinary reply."""
        permission = self._permissions.get(event.reply.sender)
        if permission is None or not event.is_trusted:
            return
        text = parse_command(event.raw_text)
        command = permission.commands.get(normalize_text(text.rest))
        is_sentence = permission.assist and text.pin is not None and bool(text.rest)
        if command is None and not is_sentence:
            return
        if event.is_foreign:
            LOGGER.warning("A command was not obeyed: it answers a message that this house did not send")
            return
        # Whatever Assist is told may be recorded by it.
        text = CommandText(text.pin, hide_digits(text.rest, event.pins))
        self._tasks.create(self._async_handle_command(permission, event.reply, text, command))

    async def _async_handle_command(
        self, permission: CommandPermission, reply: Reply, text: CommandText, command: Command | None
    ) -> None:
        """Authorize a command, carry it out, fire the event and answer."""
        subentry_id, now = permission.subentry_id, self._processor.now()
        if self._limiter.is_answer(subentry_id, reply.message_id):
            # A reply to an answer of ours may be from a machine.
            return
        answer: str | None = None
        async with self._lock:
            result = await self._async_authorize(permission, text, command, now)
        if result is CommandResult.DONE:
            result, answer = await self._async_execute(permission, text, command)
        name = command.words if command else ASSIST
        self._hass.bus.async_fire(
            EVENT_COMMAND,
            {
                ATTR_CONFIG_ENTRY_ID: self._entry.entry_id,
                "recipient": permission.name,
                "command": name,
                "outcome": result.value,
            },
        )
        standard = localized(COMMAND_ANSWERS, self._hass.config.language).get(result, "")
        await self._async_answer(permission, text, standard.format(command=name) if answer is None else answer, result)

    async def _async_authorize(
        self, permission: CommandPermission, text: CommandText, command: Command | None, now: datetime
    ) -> CommandResult:
        """Check the rate limit and the PIN; the counters are on the disk before this returns."""
        subentry_id = permission.subentry_id
        if not self._limiter.admit(subentry_id, permission.hourly_limit, now):
            return CommandResult.TOO_MANY
        result = await self._async_check_pin(permission, text, command, now)
        try:
            await self._store.async_save()
        except StorageError:
            # After a crash it would be received again, and carried out twice.
            return CommandResult.FAILED
        return result

    async def _async_check_pin(
        self, permission: CommandPermission, text: CommandText, command: Command | None, now: datetime
    ) -> CommandResult:
        subentry_id = permission.subentry_id
        if command is not None and not command.needs_pin:
            return CommandResult.DONE
        if text.pin is None or permission.pin is None:
            return CommandResult.PIN_MISSING
        if self._limiter.is_locked(subentry_id, now):
            return CommandResult.STILL_LOCKED
        if await self._hass.async_add_executor_job(verify_pin, text.pin, permission.pin):
            self._limiter.record_right_pin(subentry_id)
            return CommandResult.DONE
        return CommandResult.LOCKED if self._limiter.record_wrong_pin(subentry_id, now) else CommandResult.WRONG_PIN

    async def _async_execute(
        self, permission: CommandPermission, text: CommandText, command: Command | None
    ) -> tuple[CommandResult, str | None]:
        try:
            if command is None:
                return CommandResult.DONE, await async_ask_assist(self._hass, text.rest, permission.agent)
            if command.script is not None:
                return CommandResult.DONE, await async_run_script(self._hass, command.script)
        except CommandFailedError:
            return CommandResult.FAILED, None
        return CommandResult.DONE, None

    async def _async_answer(
        self, permission: CommandPermission, text: CommandText, answer: str, result: CommandResult
    ) -> None:
        """Answer in one segment, to which nobody can reply, unless the sender was told already."""
        if result in _UNANSWERED:
            return
        answer_key = f"{result}\0{normalize_text(text.rest)}"
        if not self._limiter.admit_answer(permission.subentry_id, answer_key, self._processor.now()):
            return
        options = MessageSendOptions(
            message=answer,
            targets=(permission.number,),
            encoding=Encoding.GSM,
            max_segments=1,
            ignore_quiet_hours=True,
            accept_changes=True,
        )
        try:
            (receipt,) = (await self._messages.async_send_message(options)).receipts
        except HomeAssistantError as err:
            LOGGER.warning("A command was not answered: %s", err)
            return
        if receipt.message_id is not None:
            self._limiter.record_answer(permission.subentry_id, receipt.message_id)
        self._store.async_save_soon()
