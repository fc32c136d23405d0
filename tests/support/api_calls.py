"""Calls of the API for tests: one harmless call of each endpoint."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from custom_components.smsmode.api import (
    BatchRequest,
    BatchRow,
    Contact,
    MessageRequest,
    SmsmodeClient,
    SubaccountRequest,
    VoiceRequest,
)

NUMBER = "33612345678"
TEXT = "Confidentiel"
PASSWORD = "Sesame"

CALLS: dict[str, Callable[[SmsmodeClient], Awaitable[object]]] = {
    "createAuthorisation.do": lambda client: client.create_api_key(),
    "sendSMS.do": lambda client: client.send_message(MessageRequest(text=TEXT, numbers=(NUMBER,))),
    "compteRendu.do": lambda client: client.get_delivery_reports("S7EpYZ5kmS87"),
    "credit.do": lambda client: client.get_balance(),
    "createSubAccount.do": lambda client: client.create_subaccount(
        SubaccountRequest(username="enfant", password=PASSWORD)
    ),
    "deleteSubAccount.do": lambda client: client.delete_subaccount("enfant"),
    "creditTransfert.do": lambda client: client.transfer_credits("enfant", 1),
    "addContact.do": lambda client: client.add_contact(Contact(name=TEXT, number=NUMBER)),
    "deleteSMS.do": lambda client: client.delete_message(message_id="S7EpYZ5kmS87"),
    "smsList.do": lambda client: client.get_sent_messages(),
    "smsStatus.do": lambda client: client.get_message_status("S7EpYZ5kmS87"),
    "responseList.do": lambda client: client.get_replies_between(
        datetime(2014, 1, 1, tzinfo=UTC), datetime(2014, 2, 1, tzinfo=UTC)
    ),
    "sendVoiceMessage.do": lambda client: client.send_voice_message(VoiceRequest(text=TEXT, numbers=(NUMBER,))),
    "sendSMSBatch.do": lambda client: client.send_batch(BatchRequest(rows=(BatchRow(number=NUMBER, text=TEXT),))),
}
