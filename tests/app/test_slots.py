from __future__ import annotations

import pytest

from geowallet.app.slots import MINIMUM_LENGTH, new_slot, passphrase_slot, slot_as_json, slot_in
from geowallet.crypto.keys import KdfCost, open_slot
from geowallet.model.errors import WeakPassphraseError

MASTER = bytes(range(32))
SECRET = b"m" * MINIMUM_LENGTH


def test_what_is_stored_opens_with_its_secret_alone() -> None:
    slot = slot_in(slot_as_json(passphrase_slot(SECRET, MASTER, cost=KdfCost.LEAST, owner="desk")))
    assert open_slot(slot, SECRET) == MASTER
    with pytest.raises(ValueError, match="does not open"):
        open_slot(slot, SECRET + b"m")


def test_one_secret_twice_gives_two_slots_that_tell_nothing_of_each_other() -> None:
    one, two = (new_slot("file", MASTER, MASTER, cost=KdfCost.LEAST, owner="w") for _ in range(2))
    assert one.header["salt"] != two.header["salt"]
    assert one.wrapped != two.wrapped


def test_characters_count_and_not_bytes() -> None:
    with pytest.raises(WeakPassphraseError):
        passphrase_slot("é".encode() * (MINIMUM_LENGTH - 1), MASTER, owner="desk")
