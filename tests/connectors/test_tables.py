from __future__ import annotations

import io
import math

import pytest

from geowallet.connectors.fields.months import month_of
from geowallet.connectors.fields.tables import Row, rows_of
from geowallet.model.errors import UnreadableSourceError


def rows(text: str) -> list[Row]:
    stream = io.BytesIO(text.encode())
    return list(rows_of(stream, "test", lambda columns: columns.keys() >= {"a", "b"}))


def test_cells_are_found_by_name_whatever_the_case_the_blanks_and_the_delimiter() -> None:
    (row,) = rows("made by hand\n A; B ;c;a\n1;;<invalid>;9\n\n")
    assert (row.number, row.text("a"), row.text("b"), row.text("c"), row.text("no")) == (
        3, "1", "", "", "",
    )  # fmt: skip
    assert row.text("b", "a") == "1"


def test_numbers_take_a_decimal_comma_and_are_nan_where_there_is_none() -> None:
    (row,) = rows("a;b\n1,5;x\n")
    assert row.real("a") == 1.5
    assert math.isnan(row.real("b"))
    assert math.isnan(row.real("c"))


def test_short_rows_have_blank_cells() -> None:
    assert rows("a,b\n1\n")[0].text("b") == ""


def test_a_header_that_comes_again_counts_from_there() -> None:
    first, again = rows("a,b\n1,2\nb,a\n1,2\n")
    assert (first.text("a"), again.text("a")) == ("1", "2")
    assert [row.text("a") for row in rows("a,b\na,3\n")] == ["a"]


def test_without_the_columns_it_is_refused() -> None:
    with pytest.raises(UnreadableSourceError, match="column"):
        rows("a,c\n1,2\n")


@pytest.mark.parametrize(
    ("word", "number"),
    [("Jan", 1), ("févr.", 2), ("März", 3), ("abr.", 4), ("mai", 5), ("juin", 6), ("juil.", 7),
     ("août", 8), ("Sept.", 9), ("Okt", 10), ("nov", 11), ("Dez.", 12)],
)  # fmt: skip
def test_months_are_known_in_several_languages(word: str, number: int) -> None:
    assert month_of(word) == number


def test_other_words_are_no_months() -> None:
    with pytest.raises(ValueError, match="month"):
        month_of("Monday")
