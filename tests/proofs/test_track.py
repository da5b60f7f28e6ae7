from __future__ import annotations

from dataclasses import replace

import pytest

from geowallet.proofs.track import (
    PADDED_TO,
    Mark,
    check_mark,
    check_slot,
    open_mark,
    open_slots,
    track_root,
)
from tests.proofs.audited import FIRST, SIZE, TRACK, TRACK_SEED

ROOT = track_root(TRACK, seed=TRACK_SEED, size=SIZE)


class TestSlots:
    """`track`: "of which one can be opened alone"."""

    def test_a_quarter_hour_opens_to_the_committed_one(self) -> None:
        for slot in open_slots(TRACK, [0, FIRST, SIZE - 1], seed=TRACK_SEED, size=SIZE):
            check_slot(slot, root=ROOT, size=SIZE)

    def test_travel_shows_a_padded_number_and_rest_shows_none(self) -> None:
        full, empty = open_slots(TRACK, [FIRST, 0], seed=TRACK_SEED, size=SIZE)
        assert len(full.hashes) == PADDED_TO
        assert empty.hashes == ()
        many = {FIRST: tuple(f"cell:{n}:0" for n in range(PADDED_TO + 1))}
        (two,) = open_slots(many, [FIRST], seed=TRACK_SEED, size=SIZE)
        assert len(two.hashes) == 2 * PADDED_TO

    def test_a_change_of_any_part_is_refused(self) -> None:
        (slot,) = open_slots(TRACK, [FIRST], seed=TRACK_SEED, size=SIZE)
        for forged in (
            replace(slot, number=FIRST + 1),
            replace(slot, number=SIZE),
            replace(slot, salt=bytes(16)),
            replace(slot, hashes=()),
            replace(slot, hashes=slot.hashes[::-1]),
            replace(slot, proof=slot.proof[:-1]),
        ):
            with pytest.raises(ValueError, match=r"proof|leaf"):
                check_slot(forged, root=ROOT, size=SIZE)

    def test_no_two_tracks_or_secrets_have_one_root(self) -> None:
        assert track_root({}, seed=TRACK_SEED, size=SIZE) != ROOT
        assert track_root(TRACK, seed=bytes(32), size=SIZE) != ROOT

    def test_a_root_does_not_depend_on_the_order_of_marks(self) -> None:
        turned = {slot: marks[::-1] for slot, marks in reversed(TRACK.items())}
        assert track_root(turned, seed=TRACK_SEED, size=SIZE) == ROOT


class TestMarks:
    def test_one_mark_opens_and_no_other(self) -> None:
        (slot,) = open_slots(TRACK, [FIRST], seed=TRACK_SEED, size=SIZE)
        mark = open_mark(FIRST, "cell:2400:100", seed=TRACK_SEED)
        check_mark(mark, slot)
        for forged in (
            Mark("cell:2400:102", mark.salt),
            Mark(mark.text, bytes(16)),
            open_mark(FIRST + 1, "cell:2400:100", seed=TRACK_SEED),
        ):
            with pytest.raises(ValueError, match="not in the quarter hour"):
                check_mark(forged, slot)

    def test_a_closed_mark_cannot_be_guessed_from_what_was_opened(self) -> None:
        """Each mark has a salt of its own: knowing one finds no other by trying."""
        (slot,) = open_slots(TRACK, [FIRST], seed=TRACK_SEED, size=SIZE)
        opened = open_mark(FIRST, "cell:2400:100", seed=TRACK_SEED)
        for salt in (opened.salt, slot.salt):
            with pytest.raises(ValueError, match="not in the quarter hour"):
                check_mark(Mark("cell:2400:101", salt), slot)
