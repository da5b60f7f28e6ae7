from __future__ import annotations

import numpy as np

from geowallet.model.fixes import FixFlag
from geowallet.track.clean import BAD
from geowallet.track.sources import SourcedFixes, merge
from tests.track.synthetic import Traveller


def drive(*, every_s: float, seed: int, noise_m: float = 4.0) -> Traveller:
    return Traveller(seed=seed, noise_m=noise_m).go(6000, 12.0, every_s=every_s)


def used_of(merged_stream: np.ndarray, good: np.ndarray, number: int) -> int:
    return int(np.sum(good & (merged_stream == number)))


def test_no_traces_give_an_empty_table() -> None:
    merged = merge([])
    assert len(merged.fixes) == 0
    assert merged.sources == ()


def test_the_denser_of_two_sources_is_used_and_the_other_shadowed() -> None:
    phone, watch = drive(every_s=15, seed=1).sourced("a"), drive(every_s=1, seed=2).sourced("b")
    merged = merge([phone, watch])
    good = merged.fixes.unflagged(BAD)
    inside = merged.fixes.time_us <= watch.fixes.time_us[-1]
    assert used_of(merged.stream, good & inside, 0) == 0
    assert used_of(merged.stream, good, 1) == len(watch.fixes)
    assert len(merged.fixes) == len(phone.fixes) + len(watch.fixes)


def test_a_finer_accuracy_outweighs_a_finer_cadence() -> None:
    coarse = SourcedFixes("a" * 64, "", drive(every_s=1, seed=1).fixes(accuracy_m=80.0))
    fine = SourcedFixes("b" * 64, "", drive(every_s=5, seed=2).fixes(accuracy_m=5.0))
    merged = merge([coarse, fine])
    good = merged.fixes.unflagged(BAD)
    assert used_of(merged.stream, good, 1) == len(fine.fixes)


def test_a_tie_falls_to_the_lower_digest() -> None:
    low, high = drive(every_s=5, seed=1).sourced("a"), drive(every_s=5, seed=2).sourced("b")
    for traces in ([low, high], [high, low]):
        merged = merge(traces)
        good = merged.fixes.unflagged(BAD)
        assert used_of(merged.stream, good, 1) == 0


def test_the_same_file_twice_counts_once() -> None:
    trace = drive(every_s=5, seed=1).sourced("a")
    merged = merge([trace, trace])
    assert int(np.sum(merged.fixes.unflagged(BAD))) == len(trace.fixes)
    assert int(np.sum(~merged.fixes.unflagged(FixFlag.SHADOWED))) == len(trace.fixes)


def test_another_source_fills_the_silence_of_the_best() -> None:
    phone = drive(every_s=10, seed=1).sourced("a")
    cut = drive(every_s=1, seed=2).fixes()
    watch = SourcedFixes("b" * 64, "watch", cut.take((np.arange(len(cut)) // 150) % 2 == 0))
    merged = merge([phone, watch])
    good = merged.fixes.unflagged(BAD)
    assert used_of(merged.stream, good, 0) > 10
    assert float(np.max(np.diff(merged.fixes.time_us[good]))) <= 20e6


def test_time_seen_by_two_sources_is_told() -> None:
    phone, watch = drive(every_s=15, seed=1).sourced("a"), drive(every_s=1, seed=2).sourced("b")
    assert np.all(merge([phone, watch]).several[1:-15])
    assert not np.any(merge([phone]).several)
