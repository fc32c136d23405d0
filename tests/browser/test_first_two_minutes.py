"""The first two minutes."""

import re
import time

import pytest

from .browser_user import BrowserUser
from .forms import Form
from .gateway import Gateway
from .setup_steps import ACCOUNT, NAME, NUMBER, RECIPIENT, begin, finish, give_key, name_recipient

pytestmark = pytest.mark.both_languages
# In seconds. What is left of two minutes is the machine's: one that does nothing else took ten.
TO_READ_AND_TYPE = 110.0
# Each second; adults read 200 to 250 words a minute, and type faster than this.
WORDS_READ, SIGNS_TYPED = 200 / 60, 2.0


def test_the_first_delivered_sms_takes_two_minutes_from_the_button_that_adds_an_integration(
    user: BrowserUser, gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    form = begin(user)
    read = words_of(form, "access_token")
    give_key(form, gateway, gateway.key)
    form = Form(user, "config.step.another_account")
    read += words_of(form, "name")
    form.fill(name=ACCOUNT)
    form.submit()
    form = name_recipient(user)
    read += words_of(form, "name")
    form.submit()
    form = Form(user, f"{RECIPIENT}.step.check")
    read += words_of(form)
    form.pick("test")
    form.contains_words(f"{RECIPIENT}.create_entry.delivered", target="+33 6 01 02 03 04", name=NAME)
    read += words_of(form)
    finish(user)
    machine = time.monotonic() - began
    # The key is pasted.
    typed = len(ACCOUNT + NAME + NUMBER)
    by_person = read / WORDS_READ + typed / SIGNS_TYPED
    with capsys.disabled():
        print(f"\n{machine:.0f} s by machine; {by_person:.0f} s for {read} words read, {typed} signs typed")  # noqa: T201
    assert by_person < TO_READ_AND_TYPE


def words_of(form: Form, last: str | None = None) -> int:
    """Count the words that a form shows once its last field is explained; what names a field is read once."""
    if last:
        form.contains_words(f"{form.step}.data_description.{last}")
    lines = (line.strip(" -") for line in form.dialog.aria_snapshot().splitlines())
    shown = (re.sub(r"^\w+:?|\[[^\]]*\]", "", line).strip(' :"') for line in lines if not line.startswith("/"))
    return sum(len(re.findall(r"\w[\w’+.-]*", phrase)) for phrase in set(shown))
