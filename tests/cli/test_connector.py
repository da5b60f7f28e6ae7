from __future__ import annotations

from tests.cli.conftest import Terminal
from tests.connectors.samples_inline import CSV, GPX


def test_a_connector_is_checked_on_a_sample(terminal: Terminal) -> None:
    (terminal.folder / "ride.gpx").write_bytes(GPX)
    done = terminal("connector", "check", "gpx", "ride.gpx")
    assert (done.status, done.out) == (0, "gpx: nothing wrong was found.\n")


def test_what_is_wrong_is_listed_and_is_the_exit_status(terminal: Terminal) -> None:
    (terminal.folder / "ride.csv").write_bytes(CSV)
    done = terminal("connector", "check", "gpx", "ride.csv")
    assert (done.status, done.out.splitlines()[0]) == (10, "it does not claim the sample")
    (record,) = terminal("connector", "check", "gpx", "ride.csv", "--json").records
    assert len(record["findings"]) == 2


def test_a_package_is_begun_once(terminal: Terminal) -> None:
    done = terminal("connector", "new", "notes", "geowallet-notes", "--json")
    assert done.status == 0
    assert {"schema": 1, "file": "geowallet-notes/pyproject.toml"} in done.records
    assert terminal("connector", "new", "notes", "geowallet-notes").status == 8
    assert terminal("connector", "new", "No Name", "elsewhere").status == 2
