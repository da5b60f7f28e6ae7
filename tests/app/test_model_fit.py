"""Promise: a model learns what labels say, is tried by users it had not seen, and says so."""

from __future__ import annotations

import gzip
import importlib.util
from pathlib import Path

import pytest

from geowallet.app.travel import labelled, model_fit
from geowallet.app.travel.labelled import class_of, read_labelled, read_labels
from geowallet.app.travel.models import keep_model, model_named
from geowallet.model.errors import (
    BadLabelsError,
    MissingExtraError,
    SourceMissingError,
    TooFewLegsError,
    TooLargeError,
)
from geowallet.testing.simulate_files import csv
from geowallet.testing.simulate_journey import live_the_month
from geowallet.testing.simulate_receiver import phone
from geowallet.track.modes.artefact import forest_bytes
from geowallet.track.modes.fitting import Growth
from tests.app.model_folders import labels_of

HEADER = "user,start,end,mode\n"
needs_extra = pytest.mark.skipif(
    importlib.util.find_spec("lightgbm") is None, reason="the extra 'fit' is not installed"
)


def silent(name: str, files: int) -> None:
    del name, files


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people's months, in a town where buses drive as cars do elsewhere."""
    folder = tmp_path_factory.mktemp("town")
    rows: list[str] = []
    for seed in (1, 2):
        journeys = live_the_month(seed=seed)
        user = f"user.{seed}"
        body = csv(phone(journeys, seed=seed), name=user)
        (folder / f"{user}.csv.gz").write_bytes(gzip.compress(body, mtime=0))
        rows += labels_of(user, journeys, car="bus")
    (folder / "labels.csv").write_text(HEADER + "\n".join(rows) + "\n")
    return folder


@pytest.fixture(scope="session")
def tried(town: Path) -> model_fit.Tried:
    """A model of the town, of few and small trees."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_fit, "SMALL", Growth(rounds=12, leaves=6, rate=0.25, fewest=5))
        return model_fit.fit_model(town, progress=silent)


@needs_extra
class TestFit:
    def test_it_beats_the_shipped_one_where_labels_say_otherwise(
        self, tried: model_fit.Tried
    ) -> None:
        assert len(tried.labelled.modes) > 150
        assert tried.folds == 2
        assert tried.outside.accuracy > 0.9 > tried.shipped.accuracy
        assert tried.outside.confusion["bus"]["bus"] > 0.9 * sum(
            tried.outside.confusion["bus"].values()
        )
        assert tried.surely
        assert tried.won - tried.lost == round(
            len(tried.labelled.modes) * (tried.outside.accuracy - tried.shipped.accuracy)
        )

    def test_its_card_says_what_it_was_fitted_on_and_how_good_it_is(
        self, tried: model_fit.Tried
    ) -> None:
        card = tried.forest.settings["card"]
        assert card["users"] == 2
        assert sum(card["legs"].values()) == len(tried.labelled.modes)
        assert card["figures"]["accuracy"] == pytest.approx(tried.outside.accuracy, abs=1e-4)
        assert card["labels_sha256"] == tried.labelled.digest
        assert tried.forest.classes == model_named("shipped").classes

    def test_claims_must_be_as_sure_as_those_of_the_shipped_one(
        self, tried: model_fit.Tried
    ) -> None:
        shipped = model_named("shipped").settings
        assert tried.forest.settings["least_confidence"] == shipped["least_confidence"]

    def test_it_is_kept_and_read_back(
        self, tried: model_fit.Tried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GEOWALLET_MODELS", str(tmp_path))
        path = keep_model("town", tried.forest)
        assert forest_bytes(model_named("town")) == path.read_bytes()
        assert model_named("town").settings["card"] == tried.forest.settings["card"]


@needs_extra
def test_too_little_is_not_fitted_on(town: Path, tmp_path: Path) -> None:
    (tmp_path / "user.1.csv.gz").write_bytes((town / "user.1.csv.gz").read_bytes())
    lines = (town / "labels.csv").read_text().splitlines(keepends=True)
    unheard = lines[1].replace("user.1", "nobody")
    (tmp_path / "labels.csv").write_text("".join([*lines[:20], unheard]))
    with pytest.raises(TooFewLegsError) as told:
        model_fit.fit_model(tmp_path, progress=silent)
    assert (told.value.details["users"], told.value.details["silent"]) == (1, 1)


def test_without_the_extra_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_fit, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match="fit"):
        model_fit.fit_model(tmp_path, progress=silent)


class TestFolder:
    def test_words_of_sets_are_ours_or_nothing(self) -> None:
        words = ["Walk", " taxi ", "boat", "e_bike", "motorcycle", "horse", "unknown", "stop", ""]
        assert [class_of(word) for word in words] == (
            ["walk", "car", "ferry", "bike", "car", "", "", "", ""]
        )

    def test_strange_words_are_counted_and_stops_are_not(self, tmp_path: Path) -> None:
        rows = [
            f"a,2026-05-04T0{h}:00:00Z,2026-05-04T0{h}:30:00Z,{w}\n"
            for h, w in enumerate(("walk", "stop", "horse\x1b", "horse\x1b"))
        ]
        (tmp_path / "labels.csv").write_text(HEADER + "".join(rows))
        found, strange, _ = read_labels(tmp_path)
        assert {user: [label.mode for label in said] for user, said in found.items()} == {
            "a": ["walk"]
        }
        assert strange == {"horse": 2}

    def test_a_folder_without_labels_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SourceMissingError):
            read_labelled(tmp_path, progress=silent)

    @pytest.mark.parametrize(
        ("body", "line"),
        [
            (b"user,begin,end,mode\na,1,2,walk\n", 2),
            (HEADER.encode() + b"a,yesterday,2026-05-04T09:00:00Z,walk\n", 2),
            (HEADER.encode() + b"a,2026-05-04T08:00:00Z\n", 2),
            (HEADER.encode() + b'a,"2026', 1),
            (HEADER.encode() + b"a," + b"9" * 200_000 + b",b,walk\n", 1),
            (b"\xff\xfe\x00user", 1),
        ],
        ids=["columns", "time", "short", "quote", "long", "binary"],
    )
    def test_a_table_that_is_none_is_refused_by_its_line(
        self, tmp_path: Path, body: bytes, line: int
    ) -> None:
        (tmp_path / "labels.csv").write_bytes(body)
        with pytest.raises(BadLabelsError) as told:
            read_labelled(tmp_path, progress=silent)
        assert told.value.details == {"name": "labels.csv", "line": line}

    def test_too_many_labels_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(labelled, "MOST_LABELS", 2)
        row = "a,2026-05-04T08:00:00Z,2026-05-04T09:00:00Z,walk\n"
        (tmp_path / "labels.csv").write_text(HEADER + 2 * row)
        with pytest.raises(TooLargeError):
            read_labels(tmp_path)

    @pytest.mark.parametrize("limit", ["MOST_FIXES", "MOST_LEGS", "MOST_FILES"])
    def test_a_folder_that_is_too_large_is_refused(
        self, town: Path, monkeypatch: pytest.MonkeyPatch, limit: str
    ) -> None:
        monkeypatch.setattr(labelled, limit, 1)
        with pytest.raises(TooLargeError):
            read_labelled(town, progress=silent)

    def test_files_of_nobody_are_not_opened_and_bad_ones_are_named(
        self, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lines = (town / "labels.csv").read_text().splitlines(keepends=True)
        ghost = "ghost,2026-05-04T08:00:00Z,2026-05-04T09:00:00Z,walk\n"
        away = "../away,2026-05-04T08:00:00Z,2026-05-04T09:00:00Z,walk\n"
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "labels.csv").write_text("".join(lines) + ghost + away)
        (tmp_path / "in" / "user.1.csv.gz").write_bytes((town / "user.1.csv.gz").read_bytes())
        (tmp_path / "in" / "user.2.csv").write_bytes(b"\x00\x01 nothing")
        (tmp_path / "in" / "README.md").write_text("a set")
        (tmp_path / "away.csv").write_text("elsewhere")
        opened: list[str] = []
        found = read_labelled(tmp_path / "in", progress=lambda *now: opened.append(now[0]))
        assert opened == ["user.1.csv.gz", "user.2.csv"]
        assert [report.path for report in found.refused] == ["user.2.csv"]
        assert found.silent == ("../away", "ghost", "user.2")
        assert {*found.users} == {"user.1"}
        assert len(found.modes) == len(found.table) == len(found.metres) > 50
