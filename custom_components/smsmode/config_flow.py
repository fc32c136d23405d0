"""Config flow of an account: set-up by a person or from YAML, reauthentication and reconfiguration."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, override

import probatio
from homeassistant.components import webhook
from homeassistant.config_entries import (
    SOURCE_IMPORT,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME, CONF_WEBHOOK_ID
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .api import SmsmodeError, create_client
from .api.validation import validate_access_token, validate_base_url
from .config.accounts import default_entry
from .config.yaml_account import async_sync_entry, read_account
from .const import (
    CONF_BASE_URL,
    DOMAIN,
    LOGGER,
    SUBENTRY_ALERT_PLAN,
    SUBENTRY_COMMANDS,
    SUBENTRY_GROUP,
    SUBENTRY_RECIPIENT,
    SUBENTRY_WATCHDOG,
)
from .flows.account import (
    CHANNEL_REQUEST,
    FIELD_CHANNEL_REQUEST,
    NAME_SCHEMA,
    PLACEHOLDERS,
    SECTION_NIGHT,
    account_schema,
    base_url_of,
    find_name_problem,
    form_errors,
    key_schema,
    suggest_name,
    tidy_key,
)
from .flows.alert_plan import AlertPlanFlow
from .flows.commands import CommandFlow
from .flows.group import GroupFlow
from .flows.options import SmsmodeOptionsFlow
from .flows.recipient import RecipientFlow
from .flows.watchdog import WatchdogFlow


class SmsmodeConfigFlow(ConfigFlow, domain=DOMAIN):
    """Config flow of an account.

    The gateway has no name for an account but its key, which may change and is a secret. So an account that was set
    up by a person has no unique id, and is told from others by its key; one of YAML is known by its name there.
    """

    VERSION = 1
    MINOR_VERSION = 1

    # What the gateway accepted.
    _account: dict[str, str]
    _balance: Decimal

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the options flow."""
        return SmsmodeOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the subentry flows of recipients, groups of them, commands, alert plans and watchdogs."""
        return {
            SUBENTRY_RECIPIENT: RecipientFlow,
            SUBENTRY_GROUP: GroupFlow,
            SUBENTRY_COMMANDS: CommandFlow,
            SUBENTRY_ALERT_PLAN: AlertPlanFlow,
            SUBENTRY_WATCHDOG: WatchdogFlow,
        }

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the key, and try it."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._async_check(user_input[CONF_ACCESS_TOKEN], base_url_of(user_input))
            if not errors:
                return await self._async_step_name()
        schema = account_schema(probatio.Required, base_url_of(user_input), errors)
        return self._show("user", schema, user_input, errors)

    async def _async_step_name(self) -> ConfigFlowResult:
        if default_entry(self.hass) is not None:
            return await self.async_step_another_account()
        return await (self.async_step_account_postpaid() if self._balance < 0 else self.async_step_account())

    async def async_step_another_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the balance and what a second account means for automations, and ask for a name."""
        return self._name_account("another_account", user_input)

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the balance, and ask for a name."""
        return self._name_account("account", user_input)

    async def async_step_account_postpaid(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show a negative balance, of an account that pays afterwards, and ask for a name."""
        return self._name_account("account_postpaid", user_input)

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Continue with the flow of the first recipient."""
        if self.source == SOURCE_USER:
            recipient = await self.hass.config_entries.subentries.async_init(
                (result["result"].entry_id, SUBENTRY_RECIPIENT), context=SubentryFlowContext(source=SOURCE_USER)
            )
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, recipient["flow_id"])
        return result

    async def async_step_import(self, import_data: dict[str, Any]) -> ConfigFlowResult:
        """Create or update the entry of an account of YAML, without the gateway: that may come up later."""
        account = read_account(import_data)
        entry = await self.async_set_unique_id(account.unique_id, raise_on_progress=False)
        if self._is_taken(account.data[CONF_ACCESS_TOKEN], entry):
            LOGGER.warning("The account '%s' of YAML is left out: another account has its key", account.title)
        elif entry is not None:
            await async_sync_entry(self.hass, entry, account)
        else:
            return self.async_create_entry(
                title=account.title,
                data={**account.data, CONF_WEBHOOK_ID: webhook.async_generate_id()},
                options=account.options,
                subentries=account.recipients,
            )
        return self.async_abort(reason="already_configured")

    async def async_step_reauth(self, _entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start the reauthentication, when the gateway refuses the key."""
        if self._get_reauth_entry().source == SOURCE_IMPORT:
            return await self.async_step_reauth_yaml()
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_yaml(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show that the key is changed in YAML: one that is typed here would be lost at the next start."""
        if user_input is None:
            return self._show("reauth_yaml", probatio.Schema({}))
        return self.async_abort(reason="managed_by_yaml")

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new key, and try it."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await self._async_check(user_input[CONF_ACCESS_TOKEN], entry.data[CONF_BASE_URL])
            if not errors:
                return self._change(entry, "reauth_successful")
        return self._show("reauth_confirm", key_schema(probatio.Required), user_input, errors)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another key or address, and try them; an empty key stays what it was."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if entry.source == SOURCE_IMPORT:
            return self.async_abort(reason="managed_by_yaml")
        if user_input is not None:
            access_token = tidy_key(user_input.get(CONF_ACCESS_TOKEN, "")) or entry.data[CONF_ACCESS_TOKEN]
            errors = await self._async_check(access_token, base_url_of(user_input))
            if not errors:
                return self._change(entry, "reconfigure_successful")
        schema = account_schema(probatio.Optional, base_url_of(user_input, entry.data[CONF_BASE_URL]), errors)
        return self._show("reconfigure", schema, user_input, errors)

    def _name_account(self, step_id: str, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        """Create the account, if its name is valid."""
        errors: dict[str, str] = {}
        written = {CONF_NAME: suggest_name(self.hass)} if user_input is None else user_input
        if user_input is not None:
            name = " ".join(user_input.get(CONF_NAME, "").split())
            if problem := find_name_problem(self.hass, name):
                errors = {CONF_NAME: problem}
            else:
                self._async_abort_entries_match({CONF_ACCESS_TOKEN: self._account[CONF_ACCESS_TOKEN]})
                return self.async_create_entry(
                    title=name, data={**self._account, CONF_WEBHOOK_ID: webhook.async_generate_id()}
                )
        default = default_entry(self.hass)
        placeholders = {"balance": f"{self._balance.normalize():f}", "default": default.title if default else ""}
        written = {**written, SECTION_NIGHT: {FIELD_CHANNEL_REQUEST: CHANNEL_REQUEST}}
        return self._show(step_id, NAME_SCHEMA, written, errors, **placeholders)

    async def _async_check(self, access_token: str, base_url: str) -> dict[str, str]:
        """Keep key and address if the gateway tells the balance, which costs nothing; else say what is wrong where."""
        try:
            access_token, base_url = validate_access_token(tidy_key(access_token)), validate_base_url(base_url)
            self._async_abort_entries_match({CONF_ACCESS_TOKEN: access_token})
            client = create_client(async_get_clientsession(self.hass), access_token, base_url=base_url)
            self._balance = await client.get_balance()
        except SmsmodeError as err:
            return form_errors(err)
        except AbortFlow:
            if self.source == SOURCE_USER:
                raise
            # Whoever mends an account has mistaken the key, and need not begin again.
            return {CONF_ACCESS_TOKEN: "key_of_another"}
        self._account = {CONF_ACCESS_TOKEN: access_token, CONF_BASE_URL: base_url}
        return {}

    def _change(self, entry: ConfigEntry, reason: str) -> ConfigFlowResult:
        """Store what changed and see to it that the entry is reloaded once."""
        # The update listener reloads, if there is one: not on an entry that failed. Asked before the change, since a
        # reload that begins with it may have unloaded the entry, listener and all, when the change is done.
        listened = bool(entry.update_listeners)
        changed = self.hass.config_entries.async_update_entry(entry, data={**entry.data, **self._account})
        if not (changed and listened):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        # With words of our own: Home Assistant's are English in a French house.
        return self.async_abort(reason=reason)

    def _is_taken(self, access_token: str, entry: ConfigEntry | None) -> bool:
        """Return whether another account has a key. Those of YAML may exchange theirs; the schema compares them."""
        return any(
            other.data.get(CONF_ACCESS_TOKEN) == access_token
            for other in self._async_current_entries(include_ignore=False)
            if other is not entry and not (entry and other.source == SOURCE_IMPORT)
        )

    def _show(
        self,
        step_id: str,
        schema: probatio.Schema,
        written: dict[str, Any] | None = None,
        errors: dict[str, str] | None = None,
        **placeholders: str,
    ) -> ConfigFlowResult:
        # A key that is refused is of no use; any other goes back to whoever has just typed it, and to nobody else.
        refused = {CONF_ACCESS_TOKEN} & (errors or {}).keys()
        shown = {field: value for field, value in (written or {}).items() if field not in refused}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders=PLACEHOLDERS | placeholders,
            last_step=False if self.source == SOURCE_USER else None,
        )
