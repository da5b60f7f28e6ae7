"""Command lines that cannot be understood: said in our words, without what was typed."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Terminal


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["vehicle", "add", "clio", "--power", "5,5"], "--power: a whole number is meant"),
        (["ingest", "x", "--jobs", "70000"], "--jobs: a whole number from 1 to 64 is meant"),
        (["work", "set"], "--hours is missing"),
        (["trip", "list", "--mont"], "there is no option --mont; perhaps --json, --mode, --month"),
        (["trip", "list", "--zzz"], "there is no option --zzz\n"),
        (["trip", "list", "--month"], "--month needs a value"),
        (["trip", "list", "--json=48.85"], "--json takes no value"),
        (["trip", "list", "48.85"], "more words than the command takes"),
        (["exprot"], "there is no command exprot; perhaps 'export'"),
        (["trip", "fly"], "there is no command fly"),
        (["vehicle", "add"], "name is missing"),
    ],
)
def test_each_mistake_has_its_sentence(terminal: Terminal, typed: list[str], said: str) -> None:
    done = terminal(*typed)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error [usage] ")
    assert said in done.err
    assert "48.85" not in done.err
    assert "5,5" not in done.err
