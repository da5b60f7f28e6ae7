from __future__ import annotations

from pathlib import Path

import pytest

from geowallet.connectors.guests.packages import package_of
from tests.cli.conftest import Terminal
from tests.connectors import strangers
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


class TestTrust:
    @pytest.fixture
    def stranger(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A package of somebody else, installed."""
        monkeypatch.setenv("GEOWALLET_CONFIG", str(terminal.folder / "config"))
        monkeypatch.delenv("GEOWALLET_PLUGINS", raising=False)
        monkeypatch.syspath_prepend(str(terminal.folder / "site"))
        (terminal.folder / "x.str").write_bytes(strangers.SAMPLE)
        return strangers.install(terminal.folder / "site", strangers.code())

    def test_what_would_be_trusted_is_shown_before_it_is_asked(
        self, terminal: Terminal, stranger: Path
    ) -> None:
        stranger.write_text(stranger.read_text() + "def late():\n    import socket\n")
        done = terminal("connector", "trust", "stranger")
        assert (done.status, "nobody to answer" in done.err) == (2, True)
        shown = " ".join(done.out.split())
        assert "Package strange-stranger 1.2" in shown
        assert "Starts as strange:Stranger" in shown
        assert f"SHA-256 {package_of('stranger').digest}" in shown
        assert f"strange.py {stranger.stat().st_size:,}" in shown
        assert "It runs apart: no other file, no network, no process, no key" in shown
        assert "It imports what is not there when it runs: socket" in shown
        assert not (terminal.folder / "config").exists()

    @pytest.mark.usefixtures("stranger")
    def test_it_is_listed_used_and_turned_off(self, terminal: Terminal) -> None:
        assert "not trusted" in terminal("connector", "list").out
        done = terminal("connector", "trust", "stranger", "--yes")
        assert done.out.splitlines()[-1] == (
            "stranger is trusted; it is asked for files that end in .str."
        )
        line = next(x for x in terminal("connector", "list").out.splitlines() if "stranger" in x)
        assert line.split() == ["stranger", ".str", "strange-stranger", "1.2", "trusted"]
        assert terminal("inspect", "x.str", "--json").records[0]["format"] == "stranger"
        assert terminal("connector", "distrust", "stranger").status == 0
        assert terminal("inspect", "x.str").status == 3
        assert terminal("connector", "distrust", "stranger").status == 4

    @pytest.mark.usefixtures("stranger")
    def test_scripts_trust_by_a_digest_that_they_know(self, terminal: Terminal) -> None:
        digest = package_of("stranger").digest
        words = ("connector", "trust", "stranger", "--yes", "--json", "--digest")
        assert terminal(*words, "0" * 64).status == 6
        (record,) = terminal(*words, digest).records
        assert record == {
            "schema": 1,
            "connector": "stranger",
            "sha256": digest,
            "extensions": [".str"],
        }

    def test_a_name_that_nobody_has_is_not_found(self, terminal: Terminal) -> None:
        assert terminal("connector", "trust", "nobody", "--yes").status == 4

    def test_one_that_could_never_run_says_why(self, terminal: Terminal, stranger: Path) -> None:
        points = stranger.parent / "strange-1.2.dist-info" / "entry_points.txt"
        points.write_text("[geowallet.connectors]\nstranger = json:JSONDecoder\n")
        done = terminal("connector", "list")
        assert "cannot be used" in done.out
        assert "stand in for a module" in done.err
        assert terminal("connector", "trust", "stranger", "--yes").status == 3

    @pytest.mark.usefixtures("stranger")
    def test_the_doctor_tells_what_changed(self, terminal: Terminal) -> None:
        from geowallet.app.doctor import Health, _connectors  # noqa: PLC0415  the rest takes long

        assert terminal("connector", "trust", "stranger", "--yes").status == 0
        (finding,) = _connectors()
        assert str(finding.note).endswith("1 of other packages trusted")
        module = terminal.folder / "site" / "strange.py"
        module.write_text("")
        assert [f.health for f in _connectors()] == [Health.OK, Health.WARNING]
        points = module.parent / "strange-1.2.dist-info" / "entry_points.txt"
        points.write_text("[geowallet.connectors]\nstranger = json:JSONDecoder\n")
        assert [f.health for f in _connectors()] == [Health.OK, Health.PROBLEM]
        (terminal.folder / "config" / "connectors.json").write_text("")
        assert [f.health for f in _connectors()] == [Health.PROBLEM]
