"""``contract preview`` as it is typed, and what comes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Done, Terminal

TEMPLATES = ("mileage-de", "pay-how-you-drive", "research-panel", "company-car-private")


def offer(lived: Terminal, template: str, *words: str) -> str:
    """Write an offer for May at the lived-in desk; return its file."""
    done = lived("desk", "offer", template, "--name", template, "--covers", "2026-05", *words)
    assert done.status == 0, done.err
    return f"{template}.offer"


def plain(done: Done) -> str:
    return " ".join(done.out.split())


@pytest.mark.parametrize("template", TEMPLATES)
def test_an_offer_of_each_kind_can_be_looked_at(lived: Terminal, template: str) -> None:
    done = lived("contract", "preview", offer(lived, template), "--period", "2026-05")
    assert done.status == 0, done.err
    assert "would read exactly this and nothing else" in done.out


def test_what_the_figures_give_away_comes_with_a_hint(lived: Terminal) -> None:
    done = lived("contract", "preview", offer(lived, "mileage-de"), "--period", "2026-05")
    assert "workdays show nothing" in done.out
    assert "(a group by month instead of day, or a larger step, would hide it)" in done.out


def test_the_bytes_that_would_be_signed_are_canonical_json(lived: Terminal) -> None:
    file = offer(lived, "mileage-be")
    done = lived("contract", "preview", file, "--period", "2026-05", "--raw")
    line = done.out.strip()
    claims = json.loads(line)
    assert line == json.dumps(claims, separators=(",", ":"), sort_keys=True)
    assert claims["period"] == "2026-05"
    assert "nullifier" in done.err
    assert "iat" not in claims


def test_a_blurred_preview_says_so_and_stays_the_same(lived: Terminal) -> None:
    file = offer(lived, "research-panel")
    words = ("contract", "preview", file, "--period", "2026-05")
    first, second = lived(*words), lived(*words)
    assert "blurred once (discrete Laplace, epsilon 1 a step)" in first.out
    assert "Written: the noise" in first.out
    assert first.out == second.out


def test_a_score_without_data_is_no_number(lived: Terminal) -> None:
    file = offer(lived, "pay-how-you-drive")
    done = lived("contract", "preview", file, "--period", "2026-05", "--json")
    (record,) = done.records
    assert record["leaves"]["totals"]["driving_score"] == "insufficient_data"
    assert "not enough data" in lived("contract", "preview", file, "--period", "2026-05").out


def test_an_amount_is_shown_in_its_currency(lived: Terminal) -> None:
    rule = ("--rule", "de.dienstreise", "--rule-year", "2026", "--cadence", "once")
    file = offer(lived, "mileage-be", *rule)
    done = lived("contract", "preview", file, "--period", "2026-05")
    assert "AMOUNT" in done.out
    assert "€" in done.out
    assert "Amount by de.dienstreise, 2026, method" in done.out
    shown = plain(lived("contract", "show", file))
    assert "the amount follows rule de.dienstreise of 2026" in shown


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--rule", "de.dienstreise"), 2),
        (("--rule", "de.nichts", "--rule-year", "2026"), 9),
        (("--rule", "de.dienstreise", "--rule-year", "2026", "--rule-fact", "colour=red"), 2),
        (("--rule", "de.dienstreise", "--rule-year", "2026", "--rule-fact", "months=x"), 2),
        (("--rule", "de.dienstreise", "--rule-year", "2026"), 3),  # an amount of a month
    ],
)
def test_a_rule_that_is_not_one_is_refused(
    lived: Terminal, words: tuple[str, ...], status: int
) -> None:
    done = lived("desk", "offer", "mileage-be", "--name", "no", "--covers", "2026-05", *words)
    assert done.status == status, done.err
    assert not (Path(lived.folder) / "no.offer").exists()


def test_an_offer_names_the_vehicles_that_were_typed(lived: Terminal) -> None:
    file = offer(lived, "company-car-business", "--vehicle", "clio")
    done = lived("contract", "show", file)
    assert "vehicle clio" in done.out


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("{", 3),
        ("[]", 3),
        ('{"recipient": {}}', 3),
        ('{"places": {}}', 3),
        ('{"group_by": ["day", "month"]}', 3),
        ('{"small_cells": 4}', 0),
    ],
)
def test_terms_by_hand_are_read_as_strictly_as_an_offer(
    lived: Terminal, text: str, status: int
) -> None:
    (Path(lived.folder) / "change.json").write_text(text)
    words = ("--name", "hand", "--covers", "2026-05", "--terms", "change.json")
    done = lived("desk", "offer", "mileage-be", *words)
    assert done.status == status, done.err
    assert (Path(lived.folder) / "hand.offer").exists() == (status == 0)


def test_terms_from_nowhere_say_so(lived: Terminal) -> None:
    words = ("--name", "none", "--covers", "2026-05", "--terms", "none.json")
    assert lived("desk", "offer", "mileage-be", *words).status == 4
