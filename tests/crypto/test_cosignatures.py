from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.cosignatures import (
    LATEST_S,
    cosign,
    find_cosignature,
    parse_witness_key,
    split_cosignature,
    witness_key,
)
from geowallet.crypto.merkle import leaf_hash
from geowallet.crypto.note_lines import signature_lines, split_note
from geowallet.crypto.notes import Checkpoint, parse_checkpoint, sign_checkpoint
from geowallet.crypto.signing import log_public

SEED = bytes(range(1, 33))
PUBLIC = log_public(SEED)
NAME = "witness.example/w1"
AT_S = 1_679_315_147
CHECKPOINT = Checkpoint("geowallet/4f1c", 42, leaf_hash(b"entry"))
LINE = cosign(CHECKPOINT, name=NAME, seed32=SEED, at_s=AT_S)

PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY"
    "N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
    "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
"""The example of tlog-cosignature; its key is not published."""


class TestCosignature:
    """Promise: the signed message is two lines, then the whole body of the note."""

    def test_another_library_verifies_the_message_of_the_specification(self) -> None:
        message = f"cosignature/v1\ntime 1679315147\n{CHECKPOINT}".encode()
        blob = base64.b64decode(LINE.split(" ")[2])
        key = Ed25519PrivateKey.from_private_bytes(SEED).public_key()
        key.verify(blob[12:], message)
        assert blob[4:12] == bytes.fromhex("00000000641850cb")

    def test_the_published_example_is_framed_alike(self) -> None:
        text, lines = split_note(PUBLISHED)
        assert str(parse_checkpoint(text)) == text
        assert [line.name for line in lines] == [
            "example.com/behind-the-sofa",
            "witness.example.com/w1",
        ]
        found = split_cosignature(lines[1].blob)
        assert (found.at_s, len(found.signature)) == (AT_S, 64)
        assert f"{text}\n{lines[0]}{lines[1]}" == PUBLISHED

    def test_the_time_of_another_published_signature_is_read(self) -> None:
        """From transparency-dev/formats, note_cosigv1_test.go."""
        line = (
            "\u2014 w ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gx"
            "EHWWOworDcFiEBYJXORmnFBOBA==\n"
        )
        assert split_cosignature(signature_lines(line)[0].blob).at_s == 1_727_964_367

    def test_says_when(self) -> None:
        note = sign_checkpoint(CHECKPOINT, SEED) + LINE
        text, lines = split_note(note)
        found = find_cosignature(parse_checkpoint(text), lines, name=NAME, public32=PUBLIC)
        assert found.at_s == AT_S

    @given(st.integers(0, LATEST_S), st.integers(1, 2**63 - 1))
    @settings(max_examples=30)
    def test_any_time_and_size(self, at_s: int, size: int) -> None:
        checkpoint = Checkpoint("geowallet/4f1c", size, leaf_hash(b"x"))
        lines = signature_lines(cosign(checkpoint, name=NAME, seed32=SEED, at_s=at_s))
        assert find_cosignature(checkpoint, lines, name=NAME, public32=PUBLIC).at_s == at_s

    def test_every_flipped_bit_of_the_bytes_is_refused(self) -> None:
        line = signature_lines(LINE)[0]
        for bit in range(8 * len(line.blob)):
            blob = bytearray(line.blob)
            blob[bit // 8] ^= 1 << bit % 8
            forged = type(line)(line.name, line.key_id, bytes(blob))
            with pytest.raises(ValueError, match=r"fit|range"):
                find_cosignature(CHECKPOINT, [forged], name=NAME, public32=PUBLIC)

    @pytest.mark.parametrize(
        "other",
        [
            Checkpoint("geowallet/4f1d", 42, CHECKPOINT.root),
            Checkpoint("geowallet/4f1c", 43, CHECKPOINT.root),
            Checkpoint("geowallet/4f1c", 42, leaf_hash(b"other")),
        ],
    )
    def test_another_checkpoint_is_refused(self, other: Checkpoint) -> None:
        with pytest.raises(ValueError, match="fit"):
            find_cosignature(other, signature_lines(LINE), name=NAME, public32=PUBLIC)

    def test_lines_of_others_are_passed_over(self) -> None:
        other = cosign(CHECKPOINT, name="other.example", seed32=bytes(32), at_s=1)
        lines = signature_lines(other + LINE)
        assert find_cosignature(CHECKPOINT, lines, name=NAME, public32=PUBLIC).at_s == AT_S
        with pytest.raises(ValueError, match="this witness"):
            find_cosignature(CHECKPOINT, signature_lines(other), name=NAME, public32=PUBLIC)

    def test_two_times_by_one_witness_are_refused(self) -> None:
        lines = signature_lines(LINE + cosign(CHECKPOINT, name=NAME, seed32=SEED, at_s=1))
        with pytest.raises(ValueError, match="this witness"):
            find_cosignature(CHECKPOINT, lines, name=NAME, public32=PUBLIC)

    def test_the_log_s_own_signature_is_no_cosignature(self) -> None:
        note = sign_checkpoint(Checkpoint(NAME, 42, CHECKPOINT.root), SEED)
        text, lines = split_note(note)
        with pytest.raises(ValueError, match="this witness"):
            find_cosignature(parse_checkpoint(text), lines, name=NAME, public32=PUBLIC)

    @pytest.mark.parametrize("at_s", [-1, LATEST_S + 1])
    def test_a_time_that_is_none_is_not_signed(self, at_s: int) -> None:
        with pytest.raises(ValueError, match="time"):
            cosign(CHECKPOINT, name=NAME, seed32=SEED, at_s=at_s)

    def test_a_short_one_is_refused(self) -> None:
        with pytest.raises(ValueError, match="length"):
            split_cosignature(bytes(71))


class TestWitnessKey:
    """Promise: vkeys with signature type 0x04."""

    def test_reads_the_key_of_a_real_witness(self) -> None:
        """From transparency-dev/formats, note_cosigv1_test.go."""
        line = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
        name, public = parse_witness_key(line)
        assert name == "remora.n621.de"
        assert witness_key(name, public) == line

    def test_the_key_of_a_log_is_none_of_a_witness(self) -> None:
        line = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
        with pytest.raises(ValueError, match="contradicts"):
            parse_witness_key(line)
