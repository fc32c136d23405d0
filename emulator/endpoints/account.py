"""Keys, credits, sub-accounts, contacts (p. 5, 12 to 16)."""

import json
from datetime import timedelta
from decimal import Decimal

from emulator import validation as checks
from emulator.clock import DAY_DATE, paris
from emulator.codes import CREDIT, IDENTIFIER, Refusal, incorrect
from emulator.encoding import Call
from emulator.models import Account, Contact, Token
from emulator.state import World, new_id

KEY_LENGTH = 32
KEY_LIFE = timedelta(days=365)
MAX_USERNAME = 50
UNKNOWN = "Identifiant inexistant"
PERSON = ("nom", "prenom", "societe", "adresse", "ville", "codePostal", "mobile", "telephone", "fax", "email", "date")


def create_key(world: World, account: Account, _call: Call) -> str:
    """Make one more key for the account; in JSON."""
    now = world.clock.now()
    key = new_id(KEY_LENGTH)
    world.tokens[key] = Token(account, now + KEY_LIFE)
    created = {
        "id": new_id(),
        "accessToken": key,
        "creationDate": paris(now, DAY_DATE),
        "state": "ACTIVE",
        "expiration": paris(now + KEY_LIFE, DAY_DATE),
        "account": account.username,
    }
    return json.dumps(created)


def balance(_world: World, account: Account, _call: Call) -> str:
    """Tell the credits left; negative for an account that pays afterwards."""
    text = f"{account.balance:f}"
    return text if "." in text else text + ".0"


def create_subaccount(world: World, account: Account, call: Call) -> str:
    """Open an empty sub-account."""
    username = call.get("newPseudo")
    if len(username) > MAX_USERNAME:
        raise incorrect("newPseudo")
    checks.birth_date(call)
    if username in world.accounts:
        raise Refusal(IDENTIFIER)
    details = {name: call.get(name) for name in PERSON if call.get(name)}
    world.accounts[username] = Account(username, Decimal(0), parent=account, details=details)
    world.tell("accounts")
    return "0 | Création effectuée"


def delete_subaccount(world: World, account: Account, call: Call) -> str:
    """Close a sub-account of one's own; what it holds comes back, its keys die."""
    child = world.accounts.get(call.get("pseudoToDelete"))
    if child is None or child.parent is not account:
        raise Refusal(IDENTIFIER, UNKNOWN)
    del world.accounts[child.username]
    world.tokens = {key: token for key, token in world.tokens.items() if token.account is not child}
    world.credit(account, child.balance)
    return "0 | Suppression effectuée"


def transfer(world: World, account: Account, call: Call) -> str:
    """Move whole credits to another account."""
    amount = checks.whole(call, "creditAmount", None, low=1)
    target = world.accounts.get(call.get("targetPseudo"))
    if target is None:
        raise Refusal(IDENTIFIER, UNKNOWN)
    if target is account:
        raise incorrect("targetPseudo")
    if amount > account.balance:
        raise Refusal(CREDIT)
    world.credit(account, Decimal(-amount))
    world.credit(target, Decimal(amount))
    return "0 | Transfert effectué"


def check_mobile(call: Call) -> None:
    """Refuse a bad number; the gateway does so even before it looks at the key."""
    if call.get("mobile"):
        checks.msisdn(call.get("mobile"), "mobile")


def add_contact(world: World, account: Account, call: Call) -> str:
    """Write a contact in the address book; groups that do not exist are made."""
    checks.birth_date(call)
    number = checks.msisdn(call.get("mobile"), "mobile")
    groups = tuple(name.strip() for name in call.get("groupes").split(",") if name.strip())
    details = {name: call.get(name) for name in ("prenom", "societe", "other", "date") if call.get(name)}
    account.contacts.append(Contact(call.get("nom"), number, details, groups))
    for group in groups:
        account.groups.setdefault(group, {})[number] = None
    world.tell("accounts")
    return "0 | Contact ajouté"
