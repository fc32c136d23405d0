"""The codes of a single number are a dict of one, whatever is asked of them."""

import pytest

from custom_components.smsmode.state.message_log import SingleNumberCodes

ALICE, BOB = "+33612345678", "+33698765432"


def test_it_is_as_the_dict_would_be() -> None:
    codes = SingleNumberCodes((ALICE, (0,)))
    assert codes == {ALICE: (0,)}
    assert (len(codes), list(codes), ALICE in codes, BOB in codes) == (1, [ALICE], True, False)


def test_the_codes_change_and_the_number_stays() -> None:
    codes = SingleNumberCodes((ALICE, ()))
    codes[ALICE] = (0, 11)
    assert codes == {ALICE: (0, 11)}
    for work in (lambda: codes[BOB], lambda: codes.__setitem__(BOB, (0,))):
        with pytest.raises(KeyError):
            work()
    assert codes == {ALICE: (0, 11)}
