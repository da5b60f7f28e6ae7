"""Promise: what is usual is shown before it counts, and can be forgotten."""

from __future__ import annotations

from geowallet.app.travel.models import keep_model
from geowallet.model.mobility import Mode
from tests.app.models import always
from tests.cli.conftest import Terminal


def test_it_shows_asks_stores_and_is_undone(lived: Terminal) -> None:
    done = lived("model", "habits", "--no-input")
    assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)
    assert "Habits are read off" in done.out
    assert "of them lead along a way that another leads along too" in done.out
    assert "sealed in the wallet" in done.out
    assert lived("model", "habits", "--undo", "--json").records[0]["changed"] is False
    (record,) = lived("model", "habits", "--yes", "--json").records
    assert record["legs"] >= record["repeated"] > 0
    assert abs(sum(record["usual"].values()) - 1) < 0.01
    assert abs(sum(record["everybody"].values()) - 1) < 0.01
    listed = lived("model", "list")
    assert f"read off {record['legs']} legs" in listed.out
    assert [r["habits"] for r in lived("model", "list", "--json").records] == [True]
    assert "found with another model" in lived("model", "habits", "--yes").out
    assert "Forgotten." in lived("model", "habits", "--undo").out
    assert "read off" not in lived("model", "list").out


def test_another_model_forgets_them(lived: Terminal) -> None:
    lived("model", "habits", "--yes")
    keep_model("buses", always(Mode.BUS))
    assert "read with another model" in lived("model", "use", "buses").out


def test_words_of_the_owner_are_counted(lived: Terminal) -> None:
    cars = lived("trip", "list", "--mode", "car", "--json").records[:3]
    lived("trip", "label", *(car["trip"] for car in cars), "--mode", "bus", "--yes")
    assert "You said the mode of 3 of them." in lived("model", "habits", "--yes").out


def test_an_empty_wallet_says_what_is_needed(terminal: Terminal) -> None:
    terminal("init", "--recovery-file", "recovery")
    done = terminal("model", "habits", "--yes")
    assert (done.status, "[model.too_few_own_legs]" in done.err) == (4, True)
