"""Access to actions that list texts or destroy messages: administrators, and whom the account allows."""

from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.core import Context, HomeAssistant, ServiceCall
from homeassistant.exceptions import Unauthorized, UnknownUser

from ..config.options import AccountOptions, UserAccess
from .account import AccountCall

_PERMISSIONS = {UserAccess.READ: POLICY_READ, UserAccess.WRITE: POLICY_CONTROL}


async def async_ensure_access(call: ServiceCall, access: UserAccess) -> None:
    """Raise Unauthorized for a person who is no administrator, unless the account's option allows it.

    A call without a user comes from an automation, or from a device that its owner trusts.
    """
    if call.context.user_id is None:
        return
    user = await call.hass.auth.async_get_user(call.context.user_id)
    if user is None:
        raise UnknownUser(context=call.context, permission=_PERMISSIONS[access], user_id=call.context.user_id)
    if user.is_admin:
        return
    account = (await AccountCall.of(call)).entry.runtime_data
    if access not in account.options.user_access:
        raise Unauthorized(context=call.context, permission=_PERMISSIONS[access], user_id=user.id)


async def async_is_allowed(
    hass: HomeAssistant, context: Context | None, options: AccountOptions, access: UserAccess
) -> bool:
    """Return whether whoever acts in a context may do this with the messages of an account, as above."""
    if context is None or context.user_id is None:
        return True
    user = await hass.auth.async_get_user(context.user_id)
    return user is not None and (user.is_admin or access in options.user_access)
