"""The fourteen endpoints: address, parameters, and what each does."""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps

from emulator.codes import Refusal, incorrect, missing
from emulator.encoding import Answer, Call
from emulator.models import Account
from emulator.state import World

from . import account, history, send

TOKEN = "accessToken"

type Action = Callable[[World, Account, Call], str]


def _nothing(_call: Call) -> None:
    pass


@dataclass(frozen=True)
class Endpoint:
    """One `.do` of the document."""

    name: str
    run: Action
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    version: str = "1.6"
    before_key: Callable[[Call], None] = _nothing

    @property
    def path(self) -> str:
        """Return its address."""
        return f"/http/{self.version}/{self.name}"

    @property
    def json(self) -> bool:
        """Tell whether it speaks JSON, as the one of version 2.0 does."""
        return self.version == "2.0"

    def answer(self, world: World, call: Call) -> Answer:
        """Do what is asked, or refuse."""
        try:
            text = self._perform(world, call)
        except Refusal as refusal:
            return self.refuse(world, refusal)
        if self.json:
            return Answer(text, content_type="application/json", charset="utf-8")
        return Answer(text + "\n", charset=world.options.charset)

    def refuse(self, world: World, refusal: Refusal) -> Answer:
        """Say no: HTTP 200 and a code, but for JSON an HTTP error."""
        if self.json:
            text = dumps({"status": 400, "message": refusal.description})
            return Answer(text, status=400, content_type="application/json", charset="utf-8")
        return Answer(f"{refusal}\n", charset=world.options.charset)

    def _perform(self, world: World, call: Call) -> str:
        self._check_names(call)
        self.before_key(call)
        owner = world.authenticate(call.get(TOKEN))
        self._check_required(call)
        return self.run(world, owner, call)

    def _check_names(self, call: Call) -> None:
        known = {TOKEN, *self.required, *self.optional}
        for name in call.params:
            if name not in known:
                raise incorrect(name)
        if not call.get(TOKEN):
            raise missing(TOKEN)

    def _check_required(self, call: Call) -> None:
        for name in self.required:
            if not call.get(name):
                raise missing(name)


_SENDING = ("classe_msg", "date_envoi", "refClient", "emetteur", "nbr_msg", "notification_url", "stop")

ENDPOINTS = {
    endpoint.name: endpoint
    for endpoint in (
        Endpoint("createAuthorisation.do", account.create_key, version="2.0"),
        Endpoint(
            "sendSMS.do",
            send.send_sms,
            required=("message",),
            optional=("numero", "groupe", "notification_url_reponse", *_SENDING),
            before_key=send.check_numbers,
        ),
        Endpoint("compteRendu.do", history.delivery_reports, required=("smsID",)),
        Endpoint("credit.do", account.balance),
        Endpoint(
            "createSubAccount.do",
            account.create_subaccount,
            required=("newPseudo", "newPass"),
            optional=("reference", *account.PERSON),
        ),
        Endpoint("deleteSubAccount.do", account.delete_subaccount, required=("pseudoToDelete",)),
        Endpoint(
            "creditTransfert.do",
            account.transfer,
            required=("targetPseudo", "creditAmount"),
            optional=("reference",),
        ),
        Endpoint(
            "addContact.do",
            account.add_contact,
            required=("nom", "mobile"),
            optional=("prenom", "groupes", "societe", "other", "date"),
            before_key=account.check_mobile,
        ),
        Endpoint("deleteSMS.do", history.delete_message, optional=("smsID", "numero")),
        Endpoint("smsList.do", history.sent_messages, optional=("offset", "start")),
        Endpoint("smsStatus.do", history.message_status, required=("smsID",)),
        Endpoint("responseList.do", history.replies, optional=("start", "offset", "startDate", "endDate")),
        Endpoint(
            "sendVoiceMessage.do",
            send.send_voice,
            required=("message", "numero"),
            optional=("title", "date_envoi", "language"),
        ),
        Endpoint("sendSMSBatch.do", send.send_batch, optional=_SENDING),
    )
}
