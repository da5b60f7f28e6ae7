from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.log_texts import (
    EntryProof,
    WitnessRequest,
    parse_entry_proof,
    parse_request,
)
from tests.crypto.test_notes import NOTE

HASH = bytes(range(32))

PUBLISHED_REQUEST = """\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
"""The beginning of the example in tlog-witness."""

PUBLISHED_PROOF = """\
c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
"""
"""The beginning of the example in tlog-proof."""


class TestRequest:
    """Promise: an old size line, hashes, an empty line, a checkpoint."""

    def test_reads_the_published_example_and_writes_it_again(self) -> None:
        request = parse_request(PUBLISHED_REQUEST)
        assert (request.old_size, len(request.proof)) == (20_852_014, 4)
        assert str(request) == PUBLISHED_REQUEST

    @given(st.integers(0, 2**60), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
    @settings(max_examples=30)
    def test_reads_what_it_writes(self, size: int, proof: list[bytes]) -> None:
        request = WitnessRequest(size, tuple(proof), NOTE)
        assert parse_request(str(request)) == request

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\n\n",
            f"old -1\n\n{NOTE}",
            f"old 01\n\n{NOTE}",
            f"old  1\n\n{NOTE}",
            f"old \u0664\n\n{NOTE}",
            f"new 1\n\n{NOTE}",
            f"old 1\nAAAA\n\n{NOTE}",
            f"old 1\n!\n\n{NOTE}",
            "old 1\n" + f"{PUBLISHED_REQUEST.splitlines()[1]}\n" * 64 + f"\n{NOTE}",
            f"old 1\n\n{'x' * 40_000}",
        ],
    )
    def test_refuses_another_shape(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            parse_request(text)


class TestEntryProof:
    """Promise: self-contained; "applications must not trust the extra data"."""

    def test_reads_the_published_example_without_its_extra_data(self) -> None:
        found = parse_entry_proof(PUBLISHED_PROOF)
        assert (found.index, len(found.proof)) == (73_894, 5)
        extra = PUBLISHED_PROOF.splitlines()[1] + "\n"
        assert str(found) == PUBLISHED_PROOF.replace(extra, "")

    def test_reads_what_it_writes(self) -> None:
        proof = EntryProof(0, (HASH,), NOTE)
        assert parse_entry_proof(str(proof)) == proof

    @pytest.mark.parametrize(
        "head",
        [
            "c2sp.org/tlog-proof@v2\nindex 1",
            "c2sp.org/tlog-proof@v1",
            "c2sp.org/tlog-proof@v1\nextra AAAA",
            "c2sp.org/tlog-proof@v1\nAAAA\nindex 1",
        ],
    )
    def test_refuses_another_shape(self, head: str) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            parse_entry_proof(f"{head}\n\n{NOTE}")
