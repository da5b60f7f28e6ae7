from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.merkle import EMPTY_ROOT, leaf_hash
from geowallet.crypto.notes import (
    Checkpoint,
    open_checkpoint,
    parse_verifier_key,
    sign_checkpoint,
    verifier_key,
)
from geowallet.crypto.signing import log_public, sign_log, verify_log

SEED = bytes(range(32))
PUBLIC = log_public(SEED)
CHECKPOINT = Checkpoint("geowallet/4f1c", 42, leaf_hash(b"entry"))
NOTE = sign_checkpoint(CHECKPOINT, SEED)
TEXT, SIGNATURE = NOTE.split("\n\n")
ORIGINS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1).filter(
    lambda name: "+" not in name
)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def resigned(text: str, name: str = CHECKPOINT.origin) -> str:
    """A note over any text, truly signed."""
    key_id = base64.b64decode(SIGNATURE.split(" ")[2])[:4]
    blob = key_id + sign_log(text.encode(), SEED)
    return f"{text}\n\u2014 {name} {base64.b64encode(blob).decode()}\n"


class TestCheckpoint:
    """Promise: origin, size, root, each on its line."""

    def test_reads_as_three_lines(self) -> None:
        assert str(Checkpoint("log", 0, EMPTY_ROOT)) == (
            "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
        )

    @pytest.mark.parametrize(
        ("origin", "size", "root"),
        [
            ("", 1, bytes(32)),
            ("a b", 1, bytes(32)),
            ("a+b", 1, bytes(32)),
            ("a\nb", 1, bytes(32)),
            ("a\u00a0b", 1, bytes(32)),
            ("é", 1, bytes(32)),
            ("a" * 129, 1, bytes(32)),
            ("a", -1, bytes(32)),
            ("a", 2**63, bytes(32)),
            ("a", 1, bytes(31)),
            ("a", 1, b""),
            ("a", 0, bytes(32)),
        ],
    )
    def test_refuses_what_could_not_stand_in_a_note(
        self, origin: str, size: int, root: bytes
    ) -> None:
        with pytest.raises(ValueError, match=r"name|size|root"):
            Checkpoint(origin, size, root)


class TestSignedNote:
    """Promise: C2SP signed-note; "malformed in any line" is a refusal."""

    def test_worked_by_hand(self) -> None:
        assert f"geowallet/4f1c\n42\n{base64.b64encode(CHECKPOINT.root).decode()}" == TEXT
        dash, name, blob = SIGNATURE.rstrip("\n").split(" ")
        assert (dash, name) == ("\u2014", "geowallet/4f1c")
        raw = base64.b64decode(blob)
        assert raw[:4].hex() == verifier_key("geowallet/4f1c", PUBLIC).split("+")[1]
        verify_log(f"{TEXT}\n".encode(), raw[4:], PUBLIC)

    def test_is_the_same_every_time(self) -> None:
        assert sign_checkpoint(CHECKPOINT, SEED) == NOTE

    @given(ORIGINS.map(lambda name: name[:128]), st.integers(1, 2**63 - 1), st.binary())
    @settings(max_examples=40)
    def test_opens_to_what_was_signed(self, origin: str, size: int, entry: bytes) -> None:
        checkpoint = Checkpoint(origin, size, leaf_hash(entry))
        assert open_checkpoint(sign_checkpoint(checkpoint, SEED), PUBLIC) == checkpoint

    def test_every_flipped_bit_is_refused(self) -> None:
        data = NOTE.encode()
        read = 0
        for bit in range(8 * len(data)):
            forged = bytearray(data)
            forged[bit // 8] ^= 1 << bit % 8
            try:
                text = forged.decode()
            except UnicodeDecodeError:
                continue
            read += 1
            with pytest.raises(ValueError, match=r"\w"):
                open_checkpoint(text, PUBLIC)
        assert read > 6 * len(data)

    def test_every_truncation_is_refused(self) -> None:
        for length in range(len(NOTE)):
            with pytest.raises(ValueError, match=r"\w"):
                open_checkpoint(NOTE[:length], PUBLIC)

    def test_base64_with_other_unused_bits_is_refused(self) -> None:
        """Regression: a lax decoder drops them, so that two notes would say the same."""
        head, last = TEXT[:-2], TEXT[-2]  # before the padding: 4 of 6 bits are used
        twin = ALPHABET[ALPHABET.index(last) | 1]
        assert base64.b64decode(f"{head}{twin}=".split("\n")[2]) == CHECKPOINT.root
        with pytest.raises(ValueError, match="canonical"):
            open_checkpoint(resigned(f"{head}{twin}=\n"), PUBLIC)

    def test_a_signature_with_other_unused_bits_is_refused(self) -> None:
        body, last = NOTE[:-3], NOTE[-3]
        assert NOTE.endswith("=\n")
        twin = ALPHABET[ALPHABET.index(last) | 1]
        with pytest.raises(ValueError, match="canonical"):
            open_checkpoint(f"{body}{twin}=\n", PUBLIC)

    @pytest.mark.parametrize(
        "lines",
        [
            [],
            ["geowallet/4f1c"],
            ["geowallet/4f1c", "42"],
            ["geowallet/4f1c", "42", "ROOT", "extension"],
            ["geowallet/4f1c", "042", "ROOT"],
            ["geowallet/4f1c", "+42", "ROOT"],
            ["geowallet/4f1c", "-1", "ROOT"],
            ["geowallet/4f1c", " 42", "ROOT"],
            ["geowallet/4f1c", "4_2", "ROOT"],
            ["geowallet/4f1c", "\u0664\u0662", "ROOT"],
            ["geowallet/4f1c", "0x2a", "ROOT"],
            ["geowallet/4f1c", "", "ROOT"],
            ["geowallet/4f1c", "9223372036854775808", "ROOT"],
            ["geowallet/4f1c", "9" * 5000, "ROOT"],
            ["geowallet/4f1c", "0", "ROOT"],
            ["geowallet/4f1c", "42", ""],
            ["geowallet/4f1c", "42", "ROOT\r"],
            ["geowallet/4f1c", "42", "AAAA"],
            ["geowallet/4f1c", "42", "\u00e9"],
            ["geowallet/4f1c", "42", "ROOT="],
            ["geowallet 4f1c", "42", "ROOT"],
            ["", "42", "ROOT"],
        ],
    )
    def test_a_truly_signed_text_that_is_no_checkpoint_is_refused(self, lines: list[str]) -> None:
        root = base64.b64encode(CHECKPOINT.root).decode()
        text = "".join(f"{line.replace('ROOT', root)}\n" for line in lines)
        with pytest.raises(ValueError, match=r"\w"):
            open_checkpoint(resigned(text), PUBLIC)

    @pytest.mark.parametrize(
        "tail",
        [
            "",
            "\n",
            "\n\n",
            SIGNATURE[:-1],
            SIGNATURE + "\n",
            "\n" + SIGNATURE,
            SIGNATURE * 2,
            SIGNATURE.replace("\u2014", "-"),
            SIGNATURE.replace("\u2014 ", "\u2014"),
            SIGNATURE.removeprefix("\u2014 "),
            SIGNATURE.replace("\n", " \n"),
            SIGNATURE.replace("\n", "\r\n"),
            SIGNATURE.replace("geowallet", "geowall\u00e9t"),
            SIGNATURE.replace("4f1c", "4f1d"),
            "\u2014 geowallet/4f1c AAAA\n",
            "\u2014 geowallet/4f1c AAAAAA==\n",
            "\u2014 geowallet/4f1c\n",
            "\u2014  AAAAAAAA\n",
            SIGNATURE + "garbage\n",
            SIGNATURE + "\u2014 witness not-base64\n",
            SIGNATURE + "\u2014 witness AAAAAAAA\n" * 16,
        ],
    )
    def test_other_signature_lines_are_refused(self, tail: str) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            open_checkpoint(f"{TEXT}\n\n{tail}", PUBLIC)

    def test_a_witness_may_sign_too(self) -> None:
        for line in ("\u2014 witness.example AAAAAAAA\n", "\u2014 geowallet/4f1c AAAAAAAA\n"):
            assert open_checkpoint(NOTE + line, PUBLIC) == CHECKPOINT
            assert open_checkpoint(f"{TEXT}\n\n{line}{SIGNATURE}", PUBLIC) == CHECKPOINT

    def test_a_witness_alone_is_not_enough(self) -> None:
        with pytest.raises(ValueError, match="this key"):
            open_checkpoint(f"{TEXT}\n\n\u2014 witness.example AAAAAAAA\n", PUBLIC)

    def test_a_signature_under_another_name_is_refused(self) -> None:
        with pytest.raises(ValueError, match="this key"):
            open_checkpoint(resigned(f"{TEXT}\n", name="geowallet/4f1d"), PUBLIC)

    def test_another_key_is_refused(self) -> None:
        with pytest.raises(ValueError, match="this key"):
            open_checkpoint(NOTE, log_public(bytes(32)))

    @pytest.mark.parametrize("public", [b"", bytes(31), bytes(33)])
    def test_a_key_of_another_length_is_refused(self, public: bytes) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            open_checkpoint(NOTE, public)

    def test_an_endless_note_is_refused(self) -> None:
        with pytest.raises(ValueError, match="longer"):
            open_checkpoint(NOTE + "\u2014 a AAAAAAAA\n" * 2000, PUBLIC)

    @given(st.text("\n\u2014 +=aA4/", max_size=60) | st.text(max_size=60))
    @settings(max_examples=150)
    def test_any_text_is_refused_cleanly(self, text: str) -> None:
        for note in (text, f"{TEXT}\n\n{text}\n", f"{text}\n\n{SIGNATURE}"):
            with pytest.raises(ValueError, match=r"\w"):
                open_checkpoint(note, PUBLIC)


class TestVerifierKey:
    """Promise: "the line that log tools take"."""

    @pytest.mark.parametrize(
        ("line", "origin"),
        [
            ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann"),
            (
                "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
                "sum.golang.org",
            ),
        ],
    )
    def test_reads_the_published_keys_of_other_logs(self, line: str, origin: str) -> None:
        name, public = parse_verifier_key(line)
        assert name == origin
        assert verifier_key(name, public) == line

    def test_a_note_signed_by_another_program_verifies(self) -> None:
        """The example of golang.org/x/mod/sumdb/note: same key id, same signature."""
        _, public = parse_verifier_key(
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        )
        blob = base64.b64decode(
            "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6Ry"
            "yBwJnAM="
        )
        assert blob[:4].hex() == "c74f20a3"
        text = (
            "If you think cryptography is the answer to your problem,\n"
            "then you don't know what your problem is.\n"
        )
        verify_log(text.encode(), blob[4:], public)

    @given(ORIGINS.map(lambda name: name[:128]), st.binary(min_size=32, max_size=32))
    @settings(max_examples=40)
    def test_reads_what_it_writes(self, origin: str, public: bytes) -> None:
        assert parse_verifier_key(verifier_key(origin, public)) == (origin, public)

    @pytest.mark.parametrize(("origin", "public"), [("a+b", bytes(32)), ("a", bytes(31))])
    def test_refuses_to_write_what_could_not_be_read(self, origin: str, public: bytes) -> None:
        with pytest.raises(ValueError, match=r"name|32 bytes"):
            verifier_key(origin, public)

    @pytest.mark.parametrize(
        "change",
        [
            ("PeterNeumann", "PeterNewmann"),
            ("c74f20a3", "c74f20a4"),
            ("c74f20a3", "C74F20A3"),
            ("+ARpc", "+AhpC"),
            ("+ARpc", "+"),
            ("10TW", "10TW="),
            ("10TW", "10T\u00e9"),
            ("+c74f20a3", ""),
            ("PeterNeumann+c74f20a3+", ""),
        ],
    )
    def test_refuses_a_line_that_contradicts_itself(self, change: Any) -> None:
        line = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
        with pytest.raises(ValueError, match=r"\w"):
            parse_verifier_key(line.replace(*change))
