from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geowallet.model.fixes import Fixes, FixFlag, fixes_from, no_fixes
from tests.strategies import fixes as any_fixes


def table(*times: int) -> Fixes:
    n = len(times)
    return fixes_from(np.array(times, dtype=np.int64), np.linspace(48, 49, n), np.full(n, 2.0))


def test_unsorted_rows_are_sorted_with_all_their_columns() -> None:
    fixes = table(30, 10, 20)
    assert fixes.time_us.tolist() == [10, 20, 30]
    assert fixes.lat_deg.tolist() == [48.5, 49.0, 48.0]


def test_what_the_source_does_not_say_is_not_a_number() -> None:
    assert np.isnan(table(1).accuracy_m[0])


def test_columns_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        table(1, 2).lat_deg[0] = 0.0


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown columns"):
        fixes_from(np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1), heart_rate=np.zeros(1))


@pytest.mark.parametrize(("lat", "lon"), [(90.1, 0.0), (0.0, 180.1), (np.nan, 0.0), (0.0, np.inf)])
def test_a_position_off_the_globe_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(ValueError, match="out of range"):
        fixes_from(np.zeros(1, dtype=np.int64), np.array([lat]), np.array([lon]))


def test_time_that_runs_backwards_is_refused() -> None:
    columns = table(1, 2).columns()
    with pytest.raises(ValueError, match="backwards"):
        Fixes(columns[0][::-1].copy(), *columns[1:])


def test_columns_of_different_length_are_refused() -> None:
    columns = table(1, 2).columns()
    with pytest.raises(ValueError, match="differ in length"):
        Fixes(columns[0][:1].copy(), *columns[1:])


def test_no_fixes_is_an_ordinary_table() -> None:
    assert len(no_fixes()) == 0
    assert len(no_fixes().take(slice(0, 5))) == 0


class TestFlags:
    """Promise: flags are added by cleaning; nothing is deleted."""

    @given(any_fixes(), st.sampled_from(list(FixFlag)), st.sampled_from(list(FixFlag)))
    def test_a_flag_is_added_beside_the_others(
        self, fixes: Fixes, first: FixFlag, second: FixFlag
    ) -> None:
        everywhere = np.ones(len(fixes), dtype=np.bool_)
        both = fixes.with_flag(everywhere, first).with_flag(everywhere, second)
        assert len(both) == len(fixes)
        assert not np.any(both.unflagged(first))
        assert not np.any(both.unflagged(second))
        assert np.all(fixes.unflagged(first))


def test_fixes_are_taken_by_index_mask_or_slice() -> None:
    fixes = table(1, 2, 3)
    assert fixes.take(np.array([0, 2])).time_us.tolist() == [1, 3]
    assert fixes.take(fixes.time_us > 1).time_us.tolist() == [2, 3]
    assert fixes.take(slice(1, 2)).time_us.tolist() == [2]
    assert fixes.take(np.array([0, 0, 2])).time_us.tolist() == [1, 1, 3]


@pytest.mark.parametrize("every", [slice(0, 9), np.arange(3), np.ones(3, dtype=np.bool_)])
def test_all_fixes_are_the_table_itself(every: slice) -> None:
    """A copy of a million fixes is 58 MB."""
    fixes = table(1, 2, 3)
    assert fixes.take(every) is fixes
