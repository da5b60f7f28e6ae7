from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geowallet.crypto.batches import Batch, sign_batch
from geowallet.crypto.canonical import canonical_bytes
from geowallet.crypto.encoding import b64
from geowallet.crypto.note_lines import split_note
from geowallet.proofs.device_runs import Run, batch_statement, gaps
from geowallet.proofs.evidence import Evidence, read_evidence
from tests.verify.signed_exports import (
    BATCHES,
    CLOSED_PAIR,
    ENTRIES,
    KEY,
    NAME,
    PAIR,
    SEED,
    TREE,
    claim,
    reading,
    runs,
)

GOOD = claim(runs(2, 3, 4, 7, 8, opened=(2, 3, 7)), (PAIR,)) | {"flags": [{"id": "a", "metres": 1}]}


def read(value: Any) -> Evidence:
    return read_evidence(json.loads(json.dumps(value)), size=TREE.size, root=TREE.root)


class TestRuns:
    """Promise: one signature speaks for a run; what was not handed over shows as a gap."""

    def test_reads_what_it_writes(self) -> None:
        found = read(GOOD)
        assert found.runs == runs(2, 3, 4, 7, 8, opened=(2, 3, 7))
        assert gaps(found.runs) == ((5, 6),)
        assert found.entries == (3, 19, 22, 23, 27)
        assert (found.readings, found.flags) == ((PAIR,), (("a", 1),))

    @given(st.sets(st.integers(1, 8), min_size=1))
    @settings(max_examples=15)
    def test_any_set_of_batches_makes_runs_that_hold_and_gaps_that_are_the_rest(
        self, counters: set[int]
    ) -> None:
        found = read(claim(runs(*sorted(counters)))).runs
        assert [b for run in found for b in run.batches()] == [
            BATCHES[n - 1][0] for n in sorted(counters)
        ]
        missing = {n for low, high in gaps(found) for n in range(low, high + 1)}
        assert missing == set(range(min(counters), max(counters))) - counters

    def test_a_month_of_a_file_a_day_is_small(self) -> None:
        """47 bytes a file that is only named, some 600 for one whose entry is opened."""
        named = len(canonical_bytes(claim(runs(*range(1, 9), opened=(1,)))))
        less = len(canonical_bytes(claim(runs(*range(1, 8), opened=(1,)))))
        assert named - less <= 48
        opened = len(canonical_bytes(claim(runs(*range(1, 9), opened=(1, 8)))))
        assert opened - named < 900

    def test_the_log_says_of_a_batch_what_it_is_rebuilt_from(self) -> None:
        said = batch_statement(BATCHES[1][0])
        assert said.inputs == (BATCHES[1][0].sha256,)
        assert said.predicate["previous"] == BATCHES[0][0].digest

    @pytest.mark.parametrize(
        "change",
        [
            lambda d: d.clear(),
            lambda d: d.reverse(),
            lambda d: d.append(d[1]),
            lambda d: d[0].update(key="van-1"),
            lambda d: d[0].update(key=1),
            lambda d: d[0].update(key=d[0]["key"].replace("van-1", "van-2")),
            lambda d: d[0].update(first=0),
            lambda d: d[0].update(first=1),
            lambda d: d[0].update(first=3),
            lambda d: d[0].update(previous=b64(bytes(32))),
            lambda d: d[0].update(files=[]),
            lambda d: d[0]["files"].pop(),
            lambda d: d[0]["files"].reverse(),
            lambda d: d[0]["files"].__setitem__(0, b64(b"x" * 32)),
            lambda d: d[0].update(signature=d[1]["signature"]),
            lambda d: d[0].update(signature=b64(bytes(63))),
            lambda d: d[0].update(note="x"),
            lambda d: d[0]["entries"].reverse(),
            lambda d: d[0]["entries"].append(d[0]["entries"][0]),
            lambda d: d[0]["entries"][0].pop(),
            lambda d: d[0]["entries"][0].__setitem__(0, 8),
            lambda d: d[0]["entries"][0].__setitem__(1, 21),
            lambda d: d[0]["entries"][0].__setitem__(1, 42),
            lambda d: d[0]["entries"][0].__setitem__(2, "0" * 32),
            lambda d: d[0]["entries"][0].__setitem__(2, "A" * 32),
            lambda d: d[0]["entries"][0].__setitem__(3, 6),
            lambda d: d[0]["entries"][0].__setitem__(3, -1),
            lambda d: d[0]["entries"][0].__setitem__(4, []),
            lambda d: d[0]["entries"][0].__setitem__(4, [["ab", 1]]),
            lambda d: d[0]["entries"][0].__setitem__(4, [["ab", 1, None]]),
            lambda d: d[0]["entries"][0].__setitem__(4, [["ab", 1, "cd" * 32]] * 5),
            lambda d: d[0]["entries"][0].__setitem__(5, []),
        ],
    )
    def test_any_change_is_refused(self, change: Callable[[list[Any]], object]) -> None:
        value = copy.deepcopy(GOOD)
        change(value["devices"])
        with pytest.raises(ValueError, match=r"\w"):
            read(value)

    def test_two_runs_that_should_be_one_are_a_fork(self) -> None:
        """Batches 2 and 3 as runs of their own: each holds, and together they hide nothing good."""
        apart = (*runs(2), *runs(3))
        with pytest.raises(ValueError, match="overlap"):
            read(claim(apart))

    def test_a_file_that_a_device_signed_twice_is_refused(self) -> None:
        first, fifth = BATCHES[0][0], Batch(5, BATCHES[0][0].sha256, "ab" * 32)
        signature = split_note(sign_batch(fifth, name=NAME, seed32=SEED))[1][0].blob
        again = Run(KEY, 5, fifth.previous, (fifth.sha256,), signature, ())
        assert first.sha256 == fifth.sha256
        with pytest.raises(ValueError, match="twice"):
            read(claim((*runs(1), again)))

    def test_runs_in_another_order_are_refused(self) -> None:
        with pytest.raises(ValueError, match="disorder"):
            read(claim((*runs(7), *runs(2))))

    def test_an_entry_of_a_batch_outside_the_run_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not in the run"):
            read(claim((replace(runs(2)[0], entries=(ENTRIES[6],)),)))

    def test_an_entry_is_not_opened_and_closed(self) -> None:
        with pytest.raises(ValueError, match="opened"):
            read(claim(runs(1, opened=(1,)), leaves=(3, ENTRIES[0].index)))

    @pytest.mark.parametrize(
        "flags",
        [
            {},
            [{"id": "a"}],
            [{"id": "A", "metres": 1}],
            [{"id": "a", "metres": 0}],
            [{"id": "b", "metres": 1}, {"id": "a", "metres": 1}],
            [{"id": "a", "metres": 1}] * 33,
        ],
    )
    def test_flags_of_another_shape_are_refused(self, flags: Any) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            read(GOOD | {"flags": flags})

    @pytest.mark.parametrize(
        "readings",
        [
            [],
            [[PAIR[0].text]],
            [[PAIR[1].text, PAIR[0].text]],
            [[PAIR[0].text, PAIR[0].text]],
            [[PAIR[0].text, CLOSED_PAIR[1].text]],
            [[PAIR[0].text, reading(1, 9, month=11, vehicle="ZZ999ZZ").text]],
            [[PAIR[0].text, PAIR[1].text]] * 2,
        ],
    )
    def test_readings_in_another_order_are_refused(self, readings: Any) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            read(GOOD | {"readings": readings})
