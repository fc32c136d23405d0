"""Table of the fourteen endpoints: path, parameters, function."""

from collections.abc import Callable
from dataclasses import dataclass
from json import dumps

from emulator.codes import Refusal, incorrect, missing
from emulator.encoding import Answer, ParsedRequest
from emulator.models import Account
from emulator.state import GatewayState

from . import account, history, send

TOKEN = "accessToken"
# What older editions of the document had in place of the key.
USERNAME, PASSWORD = "pseudo", "pass"

type Action = Callable[[GatewayState, Account, ParsedRequest], str]


def _nothing(_request: ParsedRequest) -> None:
    pass


@dataclass(frozen=True)
class Endpoint:
    """Endpoint of the document: name, parameters and the function that carries it out."""

    name: str
    run: Action
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    version: str = "1.6"
    before_key: Callable[[ParsedRequest], None] = _nothing

    @property
    def path(self) -> str:
        """Return the path."""
        return f"/http/{self.version}/{self.name}"

    @property
    def json(self) -> bool:
        """Return whether it answers in JSON, as the one of version 2.0 does."""
        return self.version == "2.0"

    def answer(self, state: GatewayState, request: ParsedRequest) -> Answer:
        """Carry out the request, or refuse it."""
        if self.json and request.method == "POST" and not state.options.key_by_post:
            return Answer("<html><body><h1>Method Not Allowed</h1></body></html>", status=405)
        try:
            text = self._perform(state, request)
        except Refusal as refusal:
            return self.refuse(state, refusal)
        if self.json:
            return Answer(text, content_type="application/json", charset="utf-8")
        return Answer(text + "\n", charset=state.options.charset)

    def refuse(self, state: GatewayState, refusal: Refusal) -> Answer:
        """Return the answer of a refusal: HTTP 200 and a code, but for JSON an HTTP error."""
        if self.json:
            text = dumps({"status": 400, "message": refusal.description})
            return Answer(text, status=400, content_type="application/json", charset="utf-8")
        return Answer(f"{refusal}\n", charset=state.options.charset)

    def _perform(self, state: GatewayState, request: ParsedRequest) -> str:
        self._check_names(request, {USERNAME, PASSWORD} if state.options.password else set())
        self.before_key(request)
        owner = self._authenticate(state, request)
        self._check_required(request)
        return self.run(state, owner, request)

    def _check_names(self, request: ParsedRequest, more: set[str]) -> None:
        known = {TOKEN, *more, *self.required, *self.optional}
        for name in request.params:
            if name not in known:
                raise incorrect(name)
        if not (request.get(TOKEN) or more):
            raise missing(TOKEN)

    def _authenticate(self, state: GatewayState, request: ParsedRequest) -> Account:
        if request.get(TOKEN):
            return state.authenticate(request.get(TOKEN))
        return state.log_in(request.get(USERNAME), request.get(PASSWORD))

    def _check_required(self, request: ParsedRequest) -> None:
        for name in self.required:
            if not request.get(name):
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
        Endpoint("responseList.do", history.list_replies, optional=("start", "offset", "startDate", "endDate")),
        Endpoint(
            "sendVoiceMessage.do",
            send.send_voice,
            required=("message", "numero"),
            optional=("title", "date_envoi", "language"),
        ),
        Endpoint("sendSMSBatch.do", send.send_batch, optional=_SENDING),
    )
}
