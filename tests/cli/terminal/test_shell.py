"""Promise: a table shows whole words, on a narrow terminal too, and a pipe gets whole lines."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from geowallet.cli.terminal.shell import Column, Shell

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = (Column("ID"), Column("KM", numeric=True), Column("FROM, TO"))
ROWS = (("tZ8HG", "3.3", "Home to Work"), ("tPACB", "14.7", "Home to the sports ground"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(
    stream: io.StringIO, columns: Sequence[Column], rows: Sequence[Sequence[str]] = ROWS
) -> list[str]:
    Shell(stdout=stream).table(columns, rows, indent=2)
    return stream.getvalue().splitlines()


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "36")


def test_on_a_terminal_the_last_words_go_on_below() -> None:
    assert shown(Terminal(), COLUMNS) == [
        "  ID       KM  FROM, TO",
        "  tZ8HG   3.3  Home to Work",
        "  tPACB  14.7  Home to the sports",
        "               ground",
    ]


def test_a_pipe_gets_a_line_a_row() -> None:
    assert shown(io.StringIO(), COLUMNS)[2] == "  tPACB  14.7  Home to the sports ground"


def test_numbers_and_narrow_columns_stay_whole() -> None:
    numbers = tuple((name, text, metres) for name, metres, text in ROWS)
    turned = COLUMNS[0], COLUMNS[2], COLUMNS[1]
    assert shown(Terminal(), turned, numbers)[2].endswith("Home to the sports ground  14.7")


def test_a_last_column_keeps_some_room_where_the_others_leave_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "10")
    assert shown(Terminal(), COLUMNS)[2:] == [
        "  tPACB  14.7  Home to the",
        "               sports ground",
    ]
