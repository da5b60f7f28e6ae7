from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.crypto.batches import (
    MOST,
    NOTHING_BEFORE,
    Batch,
    Chain,
    device_key,
    follow,
    open_batch,
    sign_batch,
    signer,
)
from geowallet.crypto.note_lines import split_note
from geowallet.crypto.notes import verifier_key
from geowallet.crypto.signing import log_public

SEED = b"d" * 32
KEY = device_key("van", log_public(SEED))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def chained(count: int, *, first: str = "") -> list[Batch]:
    """What an honest device signs: files 1 to ``count``."""
    batches: list[Batch] = []
    for counter in range(1, count + 1):
        before = batches[-1].digest if batches else NOTHING_BEFORE
        batches.append(Batch(counter, sha(f"{first if counter == 1 else ''}{counter}"), before))
    return batches


class TestSignBatch:
    """Promise: only what the device signed is opened as its batch."""

    def test_is_opened_by_the_device_s_key(self) -> None:
        batch = chained(2)[1]
        note = sign_batch(batch, name="van", seed32=SEED)
        assert open_batch(note, KEY) == batch
        assert signer(note)[0] == "van"

    def test_is_the_text_that_the_documentation_shows(self) -> None:
        (batch,) = chained(1)
        text = f"geowallet batch v1\n1\n{sha('1')}\n{'0' * 64}\n"
        assert str(batch) == text
        assert batch.digest == hashlib.sha256(text.encode()).hexdigest()
        assert split_note(sign_batch(batch, name="van", seed32=SEED))[0] == text

    def test_the_key_is_a_line_as_note_tools_take_it(self) -> None:
        assert verifier_key("van", log_public(SEED)) == KEY

    @given(place=st.integers(0, 10_000), bit=st.integers(0, 6))
    def test_no_flipped_bit_is_opened(self, place: int, bit: int) -> None:
        note = bytearray(sign_batch(chained(3)[2], name="van", seed32=SEED).encode())
        note[place % len(note)] ^= 1 << bit
        with pytest.raises(ValueError, match=r"."):
            open_batch(note.decode(), KEY)

    def test_another_key_of_the_same_name_is_refused(self) -> None:
        note = sign_batch(chained(1)[0], name="van", seed32=b"e" * 32)
        with pytest.raises(ValueError, match="this device"):
            open_batch(note, KEY)

    def test_a_second_signature_is_refused(self) -> None:
        (batch,) = chained(1)
        line = sign_batch(batch, name="other", seed32=SEED).split("\n\n")[1]
        with pytest.raises(ValueError, match="alone"):
            open_batch(sign_batch(batch, name="van", seed32=SEED) + line, KEY)

    @pytest.mark.parametrize(
        "text",
        [
            f"geowallet batch v2\n1\n{sha('1')}\n{'0' * 64}\n",
            f"geowallet batch v1\n01\n{sha('1')}\n{'0' * 64}\n",
            f"geowallet batch v1\n1\n{sha('1')}\n",
            f"geowallet batch v1\n1\n{sha('1')}\n{'0' * 64}\nmore\n",
        ],
    )
    def test_another_text_is_no_batch_though_the_device_signed_it(self, text: str) -> None:
        note = sign_batch(Text(text), name="van", seed32=SEED)  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="not the text of a batch"):
            open_batch(note, KEY)

    @pytest.mark.parametrize(
        ("counter", "digest", "previous"),
        [
            (0, sha("1"), NOTHING_BEFORE),
            (MOST + 1, sha("1"), sha("0")),
            (1, "A" * 64, NOTHING_BEFORE),
            (2, sha("1"), "0"),
            (1, sha("1"), sha("0")),
            (2, sha("1"), NOTHING_BEFORE),
        ],
    )
    def test_a_batch_that_cannot_be_is_none(self, counter: int, digest: str, previous: str) -> None:
        with pytest.raises(ValueError, match="batch"):
            Batch(counter, digest, previous)


class Text(str):
    """What a device of somebody else's making might sign."""

    __slots__ = ()


class TestFollow:
    """Promise: a missing, contradicted or repeated batch is seen in whatever order they come."""

    def test_nothing_is_whole(self) -> None:
        assert follow([]) == Chain(0, (), (), ())
        assert follow([]).is_whole

    @given(st.integers(1, 12), st.randoms(use_true_random=False))
    def test_an_honest_device_is_whole_in_any_order(
        self, count: int, chance: random.Random
    ) -> None:
        batches = chained(count)
        chance.shuffle(batches)
        chain = follow([*batches, batches[0]])
        assert chain == Chain(count, (), (), ())
        assert chain.is_whole

    @given(st.integers(2, 12), st.data())
    def test_each_batch_left_out_but_the_last_is_missed(
        self, count: int, data: st.DataObject
    ) -> None:
        gone = data.draw(st.integers(1, count - 1))
        chain = follow([batch for batch in chained(count) if batch.counter != gone])
        assert chain == Chain(gone - 1, ((gone, gone),), (), ())
        assert not chain.is_whole

    def test_a_gap_of_any_length_is_one_stretch(self) -> None:
        chain = follow([chained(1)[0], Batch(MOST, sha("x"), sha("y"))])
        assert chain.missing == ((2, MOST - 1),)

    def test_two_batches_under_one_counter_are_a_fork(self) -> None:
        honest = chained(3)
        other = Batch(2, sha("other"), honest[0].digest)
        assert follow([*honest, other]) == Chain(1, (), (2,), ())

    def test_a_batch_that_names_another_before_it_is_a_fork(self) -> None:
        """A restored key file signs on from an older state."""
        honest = chained(2)
        strange = Batch(3, sha("3"), sha("never signed"))
        assert follow([*honest, strange]) == Chain(2, (), (3,), ())

    def test_a_first_batch_that_was_signed_anew_is_a_fork(self) -> None:
        assert follow([*chained(2), *chained(1, first="again ")]).forked == (1,)

    def test_a_file_signed_again_is_a_replay_and_breaks_nothing(self) -> None:
        honest = chained(2)
        again = Batch(3, honest[0].sha256, honest[1].digest)
        assert follow([*honest, again]) == Chain(3, (), (), (3,))
        assert not follow([*honest, again]).is_whole
