from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.encoding import CROCKFORD
from geowallet.crypto.recovery import parse_recovery, recovery_text
from geowallet.model.errors import RecoveryTypoError

SECRET = bytes(range(100, 132))
TAG = b"\x01\x80\xff"
TEXT = recovery_text(SECRET, TAG)
GROUPS = TEXT.split(" ")
SYMBOLS = TEXT.replace("-", "").replace(" ", "")


def group_of_typo(text: str) -> int | str:
    with pytest.raises(RecoveryTypoError) as caught:
        parse_recovery(text)
    return caught.value.details["group"]


class TestRecoveryText:
    """Promise: "eight groups XXXX-XXXX"."""

    def test_of_zeros_shows_only_the_numbers_of_the_groups(self) -> None:
        # All weights meet 0, so that each check symbol is its group's own number.
        assert recovery_text(bytes(32), bytes(3)) == " ".join(
            f"0000-000{group}" for group in range(1, 9)
        )

    def test_the_check_symbol_worked_by_hand(self) -> None:
        # The last bit set is symbol 7 of group 8, value 1, weight x: 2, then xor 8 = 10 = "A".
        assert recovery_text(bytes(32), b"\0\0\1").endswith("0000-001A")

    def test_a_weight_that_passes_the_modulus_by_hand(self) -> None:
        # First bit set: symbol 1 of group 1, value 16 = x^4, weight x^7: x^11.
        # x^5 = x^2+1, x^10 = x^4+1, x^11 = x^5+x = x^2+x+1 = 7; xor 1 = 6.
        assert recovery_text(b"\x80" + bytes(31), bytes(3)).startswith("G000-0006 ")

    @pytest.mark.parametrize(
        ("secret", "tag"), [(bytes(31), TAG), (SECRET, b""), (SECRET, b"four")]
    )
    def test_refuses_other_lengths(self, secret: bytes, tag: bytes) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            recovery_text(secret, tag)


class TestParseRecovery:
    """Promise: "it names the first group that is mistyped, missing or misplaced"."""

    @given(st.binary(min_size=32, max_size=32), st.binary(min_size=3, max_size=3))
    @settings(max_examples=40)
    def test_reads_what_was_written(self, secret: bytes, tag: bytes) -> None:
        assert parse_recovery(recovery_text(secret, tag)) == (secret, tag)

    @given(st.binary(min_size=35, max_size=35), st.data())
    @settings(max_examples=60)
    def test_forgives_capitals_blanks_dashes_and_lookalikes(
        self, data: bytes, draw: st.DataObject
    ) -> None:
        written = recovery_text(data[:32], data[32:]).replace("-", "").replace(" ", "")
        lookalikes = {"0": "0Oo", "1": "1IiLl"}
        typed = "".join(
            draw.draw(st.sampled_from(lookalikes.get(symbol, symbol + symbol.lower())))
            + draw.draw(st.sampled_from(["", "", "", " ", "-", "\n", "\u2011", "\u2013", "\u00a0"]))
            for symbol in written
        )
        assert parse_recovery(typed) == (data[:32], data[32:])

    def test_every_wrong_symbol_is_found_in_its_group(self) -> None:
        for at, right in enumerate(SYMBOLS):
            for wrong in set(CROCKFORD) - {right}:
                typed = SYMBOLS[:at] + wrong + SYMBOLS[at + 1 :]
                assert group_of_typo(typed) == at // 8 + 1

    def test_every_swap_of_two_symbols_is_found_in_its_group(self) -> None:
        for first, second in combinations(range(64), 2):
            if first // 8 != second // 8 or SYMBOLS[first] == SYMBOLS[second]:
                continue
            typed = list(SYMBOLS)
            typed[first], typed[second] = typed[second], typed[first]
            assert group_of_typo("".join(typed)) == first // 8 + 1

    def test_every_swap_of_two_groups_is_found(self) -> None:
        for first, second in combinations(range(8), 2):
            typed = list(GROUPS)
            typed[first], typed[second] = typed[second], typed[first]
            assert group_of_typo(" ".join(typed)) == first + 1

    def test_every_lost_or_doubled_symbol_is_found_in_its_group(self) -> None:
        for at, symbol in enumerate(TEXT):
            if symbol not in CROCKFORD:
                continue
            group = TEXT[:at].count(" ") + 1
            for separate in (True, False):
                lost, doubled = TEXT[:at] + TEXT[at + 1 :], TEXT[:at] + symbol + TEXT[at:]
                assert group_of_typo(lost if separate else lost.replace("-", "")) == group
                assert group_of_typo(doubled if separate else doubled.replace("-", "")) == group

    @pytest.mark.parametrize("count", range(8))
    def test_a_missing_group_is_named(self, count: int) -> None:
        assert group_of_typo(" ".join(GROUPS[:count])) == count + 1
        assert group_of_typo(" ".join(GROUPS[:count]).replace("-", " ")) == count + 1
        assert group_of_typo("".join(GROUPS[:count])) == count + 1

    def test_a_ninth_group_is_a_typing_error(self) -> None:
        assert group_of_typo(f"{TEXT} 0000-0009") == 8
        assert group_of_typo(f"{SYMBOLS}0") == 8

    @pytest.mark.parametrize("wrong", ["U", "*", "é", "\u0660", "\U0001f600", "\0"])
    def test_a_foreign_symbol_is_a_typing_error(self, wrong: str) -> None:
        assert group_of_typo(SYMBOLS[:20] + wrong + SYMBOLS[21:]) == 3

    def test_the_error_names_no_symbol_of_the_key(self) -> None:
        with pytest.raises(RecoveryTypoError) as caught:
            parse_recovery(SYMBOLS[:-1] + ("0" if SYMBOLS[-1] != "0" else "1"))
        assert caught.value.details == {"group": 8}
        assert caught.value.__cause__ is None
