from __future__ import annotations

import importlib.util
from pathlib import Path

import msgspec
import pytest

from geowallet.app import wallet
from geowallet.app.locations import Locations
from geowallet.app.travel import model_fit, models
from geowallet.app.travel.models import keep_model
from geowallet.model.mobility import Mode
from geowallet.model.provenance import Statement, StatementKind
from geowallet.testing.simulate_files import csv
from geowallet.testing.simulate_journey import live_the_month
from geowallet.testing.simulate_receiver import phone
from geowallet.track.modes.fitting import Growth
from geowallet.track.modes.shipped import shipped_forest
from tests.app.model_folders import labels_of
from tests.app.models import always, of_another_version
from tests.cli.conftest import PASSPHRASE, Terminal

needs_extra = pytest.mark.skipif(
    importlib.util.find_spec("lightgbm") is None, reason="the extra 'fit' is not installed"
)


def label(lived: Terminal, count: int, mode: str) -> None:
    cars = lived("trip", "list", "--mode", "car", "--json").records[:count]
    done = lived("trip", "label", *(car["trip"] for car in cars), "--mode", mode, "--yes")
    assert done.status == 0


class TestList:
    def test_without_a_wallet_models_are_listed_and_none_is_in_use(
        self, terminal: Terminal
    ) -> None:
        keep_model("buses", always(Mode.BUS))
        done = terminal("model", "list", "--json")
        assert [(r["name"], r["in_use"]) for r in done.records] == [
            ("shipped", False),
            ("buses", False),
        ]

    def test_the_one_in_use_is_marked_and_a_bad_one_too(self, lived: Terminal) -> None:
        keep_model("buses", always(Mode.BUS))
        (lived.folder / "models" / "bad.forest").write_bytes(b"no model")
        assert lived("model", "use", "buses").status == 0
        records = lived("model", "list", "--json").records
        assert {r["name"]: (r["usable"], r["in_use"]) for r in records} == {
            "shipped": (True, False),
            "bad": (False, False),
            "buses": (True, True),
        }
        assert "unusable" in lived("model", "list").out

    def test_a_model_that_is_only_in_the_wallet_is_named(self, lived: Terminal) -> None:
        keep_model("buses", always(Mode.BUS))
        lived("model", "use", "buses")
        (lived.folder / "models" / "buses.forest").unlink()
        assert "The model in use, buses, is kept in the wallet" in lived("model", "list").out

    def test_one_of_another_version_is_told_and_can_be_left(self, lived: Terminal) -> None:
        with wallet.opened(
            Locations.of(wallet=lived.folder / "wallet.gwv"), PASSPHRASE.encode
        ) as vault:
            body = of_another_version(always(Mode.BUS))
            chosen = msgspec.msgpack.encode(models.Chosen("old", 1, body))
            with vault.transaction(now_us=1) as tx:
                tx.put(*models._CHOSEN, chosen)
                tx.log(Statement(StatementKind.SETTING, (), (), {}))
        done = lived("model", "list")
        assert (done.status, "the model in use" in done.err) == (0, True)
        assert lived("trip", "list").status == 0
        done = lived("trip", "recompute", "--yes")
        assert (done.status, "model use shipped" in done.err) == (3, True)
        assert lived("model", "use", "shipped").status == 0
        assert "the model in use" not in lived("model", "list").err


class TestShow:
    def test_the_card_of_the_shipped_one(self, terminal: Terminal) -> None:
        done = terminal("model", "show", "shipped")
        assert done.status == 0
        assert "walk, run, bike, car" in done.out
        assert "up to 5 s, " in done.out
        (record,) = terminal("model", "show", "shipped", "--json").records
        assert len(record["digest"]) == 64
        assert record["network"] == {"weights": 64_936, "share": 0.5}

    def test_a_model_without_a_network_says_so(self, terminal: Terminal) -> None:
        keep_model("buses", always(Mode.BUS))
        assert "weighs 0" in terminal("model", "show", "buses").out
        (record,) = terminal("model", "show", "buses", "--json").records
        assert record["network"] is None

    @pytest.mark.parametrize(
        "card",
        [
            "text",
            {"legs": 3, "users": "many", "figures": {"confusion": [1]}},
            {"legs": {"walk": 1}, "users": 2, "figures": {"confusion": {"foot": {"bike": "x"}}}},
            {"figures": {"confusion": {}, "accuracy": "high"}},
        ],
    )
    def test_a_strange_card_is_no_bug(self, terminal: Terminal, card: object) -> None:
        forest = always(Mode.BUS)
        object.__setattr__(forest, "settings", {**forest.settings, "card": card})
        keep_model("strange", forest)
        assert terminal("model", "show", "strange").status == 0
        assert terminal("model", "list").status == 0

    @pytest.mark.parametrize(
        ("name", "status", "code"), [("nobody", 4, "model.none"), ("bad", 3, "model.bad")]
    )
    def test_what_is_no_model_is_refused(
        self, terminal: Terminal, name: str, status: int, code: str
    ) -> None:
        (terminal.folder / "models").mkdir()
        (terminal.folder / "models" / "bad.forest").write_bytes(b"no model")
        for words in (("model", "show", name), ("analyse", "--model", name, "x.gpx")):
            done = terminal(*words)
            assert (done.status, f"[{code}]" in done.err) == (status, True)


class TestUse:
    def test_trips_are_said_to_be_of_another_model(self, lived: Terminal) -> None:
        keep_model("buses", always(Mode.BUS))
        done = lived("model", "use", "buses")
        assert "found with another model" in done.out
        assert "bus" in lived("trip", "recompute", "--dry-run").out
        done = lived("model", "use", "shipped", "--json")
        assert done.records[0]["outdated"] is False

    def test_analyse_uses_a_model_by_name(self, lived: Terminal, samples: Path) -> None:
        keep_model("buses", always(Mode.BUS))
        rides = samples / "simulated-month" / "watch"
        done = lived("analyse", rides, "--model", "buses", "--output", "csv")
        assert {line.split(",")[3] for line in done.out.splitlines()[1:]} <= {"bus", "stop"}


class TestPersonal:
    def test_too_few_words_are_counted(self, lived: Terminal) -> None:
        done = lived("model", "personal", "--yes")
        assert (done.status, "[model.too_few_corrections]" in done.err) == (4, True)
        assert "0 legs; 10" in done.err

    def test_it_shows_asks_stores_and_is_undone(self, lived: Terminal) -> None:
        label(lived, 12, "bus")
        done = lived("model", "personal", "--no-input")
        assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)
        assert "12 legs have a mode that you said" in done.out
        assert lived("model", "personal", "--undo", "--json").records[0]["changed"] is False
        done = lived("model", "personal", "--yes")
        assert (done.status, "still wins over any model" in done.out) == (0, True)
        assert "with what you said" in lived("model", "list").out
        keep_model("buses", always(Mode.BUS))
        assert "is forgotten" in lived("model", "use", "buses").out
        lived("model", "use", "shipped")
        lived("model", "personal", "--yes")
        done = lived("model", "personal", "--undo")
        assert "Forgotten." in done.out
        assert "with what you said" not in lived("model", "list").out

    def test_what_would_not_help_is_not_stored(self, lived: Terminal) -> None:
        label(lived, 12, "bus")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("geowallet.app.travel.personal.Lesson.helps", property(lambda _: False))
            done = lived("model", "personal", "--yes")
        assert "It would not help" in done.out
        assert "with what you said" not in lived("model", "list").out


@needs_extra
class TestFit:
    @pytest.fixture
    def labelled(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """Two months of the simulation, labelled as they were."""
        monkeypatch.setattr(model_fit, "SMALL", Growth(rounds=4, leaves=4, rate=0.4, fewest=5))
        folder = tmp_path / "labelled"
        folder.mkdir()
        rows: list[str] = []
        for seed in (1, 2):
            journeys = live_the_month(seed=seed)
            body = csv(phone(journeys, seed=seed), name="x")
            (folder / f"u{seed}.csv").write_bytes(body)
            rows += labels_of(f"u{seed}", journeys)
        rows.append("ghost,2026-05-04T08:00:00Z,2026-05-04T09:00:00Z,horse")
        (folder / "labels.csv").write_text("\n".join(["user,start,end,mode", *rows]) + "\n")
        return folder

    def test_it_shows_figures_of_users_left_out_then_asks_then_keeps(
        self, terminal: Terminal, labelled: Path
    ) -> None:
        done = terminal("model", "fit", labelled, "--no-input")
        assert (done.status, "[usage.needs_terminal]" in done.err) == (2, True)
        assert "every user was left out once, 2 parts" in done.out
        assert "label 'horse' names no mode" in done.err
        assert not (terminal.folder / "models").exists()
        done = terminal("model", "fit", labelled, "--name", "own", "--yes")
        assert (done.status, "Kept:" in done.out) == (0, True)
        shown = terminal("model", "show", "own").out
        assert "Legs of users that were left out" in shown
        assert shipped_forest().digest in shown
        done = terminal("model", "fit", labelled, "--name", "own", "--yes")
        assert (done.status, "[model.exists]" in done.err) == (8, True)

    @pytest.mark.parametrize(
        ("name", "code"), [("shipped", "model.exists"), ("No Name", "usage.option")]
    )
    def test_a_bad_name_is_refused_before_anything_is_read(
        self, terminal: Terminal, name: str, code: str
    ) -> None:
        done = terminal("model", "fit", "nowhere", "--name", name)
        assert f"[{code}]" in done.err

    def test_no_labels_are_no_bug(self, terminal: Terminal) -> None:
        done = terminal("model", "fit", terminal.folder)
        assert (done.status, "[source.missing]" in done.err) == (4, True)
