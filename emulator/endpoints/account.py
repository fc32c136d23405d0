"""Account endpoints: keys, credits, sub-accounts, contacts (p. 5, 12 to 16)."""

import json
from datetime import timedelta
from decimal import Decimal

from emulator import validation
from emulator.clock import DAY_DATE, local
from emulator.codes import CREDIT, IDENTIFIER, Refusal, incorrect
from emulator.encoding import ParsedRequest
from emulator.models import Account, Contact, Token
from emulator.state import GatewayState, new_id

KEY_LENGTH = 32
KEY_LIFE = timedelta(days=365)
MAX_USERNAME = 50
UNKNOWN = "Identifiant inexistant"
PERSON = ("nom", "prenom", "societe", "adresse", "ville", "codePostal", "mobile", "telephone", "fax", "email", "date")


def create_key(state: GatewayState, account: Account, _request: ParsedRequest) -> str:
    """Create one more key for the account; answers in JSON."""
    now = state.clock.now()
    key = new_id(KEY_LENGTH)
    state.tokens[key] = Token(account, now + KEY_LIFE)
    created = {
        "id": new_id(),
        "accessToken": key,
        "creationDate": local(now, DAY_DATE, state.options.zone),
        "state": "ACTIVE",
        "expiration": local(now + KEY_LIFE, DAY_DATE, state.options.zone),
        "account": account.username,
    }
    return json.dumps(created)


def balance(state: GatewayState, account: Account, _request: ParsedRequest) -> str:
    """Return the credits left, in the notation that is set; negative for a post-paid account."""
    options = state.options
    whole, _, fraction = f"{account.balance:,f}".partition(".")
    whole = whole.replace(",", options.balance_thousands)
    return f"{whole}{options.balance_decimal}{fraction or '0'}{options.balance_unit}"


def create_subaccount(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Create an empty sub-account."""
    username = request.get("newPseudo")
    if len(username) > MAX_USERNAME:
        raise incorrect("newPseudo")
    validation.birth_date(request)
    if username in state.accounts:
        raise Refusal(IDENTIFIER)
    details = {name: request.get(name) for name in PERSON if request.get(name)}
    state.accounts[username] = Account(username, Decimal(0), parent=account, details=details)
    state.notify("accounts")
    return "0 | Création effectuée"


def delete_subaccount(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Delete a sub-account of the account: its credits return, its keys become invalid."""
    child = state.accounts.get(request.get("pseudoToDelete"))
    if child is None or child.parent is not account:
        raise Refusal(IDENTIFIER, UNKNOWN)
    del state.accounts[child.username]
    state.tokens = {key: token for key, token in state.tokens.items() if token.account is not child}
    state.credit(account, child.balance)
    return "0 | Suppression effectuée"


def transfer(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Transfer whole credits to another account."""
    amount = validation.integer(request, "creditAmount", None, low=1)
    target = state.accounts.get(request.get("targetPseudo"))
    if target is None:
        raise Refusal(IDENTIFIER, UNKNOWN)
    if target is account:
        raise incorrect("targetPseudo")
    if amount > account.balance:
        raise Refusal(CREDIT)
    state.credit(account, Decimal(-amount))
    state.credit(target, Decimal(amount))
    return "0 | Transfert effectué"


def check_mobile(request: ParsedRequest) -> None:
    """Refuse a bad number; the gateway does so even before it looks at the key."""
    if request.get("mobile"):
        validation.normalize_number(request.get("mobile"), "mobile")


def add_contact(state: GatewayState, account: Account, request: ParsedRequest) -> str:
    """Add a contact to the address book; groups that do not exist are created."""
    validation.birth_date(request)
    number = validation.normalize_number(request.get("mobile"), "mobile")
    groups = tuple(name.strip() for name in request.get("groupes").split(",") if name.strip())
    details = {name: request.get(name) for name in ("prenom", "societe", "other", "date") if request.get(name)}
    account.contacts.append(Contact(request.get("nom"), number, details, groups))
    for group in groups:
        account.groups.setdefault(group, {})[number] = None
    state.notify("accounts")
    return "0 | Contact ajouté"
