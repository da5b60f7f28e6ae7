"""Promise: trips follow the model that their owner chose, and the log says which it was."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from geowallet.app import doctor
from geowallet.app.desk.desk import Desk
from geowallet.app.intake.reading import read_traces
from geowallet.app.locations import Locations
from geowallet.app.sharing import export, preparing, tracing
from geowallet.app.travel import derive, engine, models, recompute, trips
from geowallet.app.travel.analyse import analyse_users
from geowallet.connectors.api import ReadOptions
from geowallet.model.errors import (
    BadModelError,
    BadOptionError,
    ModelExistsError,
    NoModelError,
    TooLargeError,
)
from geowallet.model.mobility import Mode
from geowallet.model.provenance import StatementKind
from geowallet.track.modes.artefact import MOST_BYTES, forest_bytes
from geowallet.track.modes.shipped import shipped_forest
from geowallet.vault.check import check_vault
from geowallet.vault.store import Vault
from tests.app import scene
from tests.app.models import always, of_another_version


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOWALLET_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def kept(folder: Path) -> Path:
    """Two models: all legs are buses, all are cars."""
    models.keep_model("buses", always(Mode.BUS))
    models.keep_model("cars", always(Mode.CAR))
    return folder


def modes_of(vault: Vault) -> set[Mode]:
    return {leg.mode for trip in trips.stored_trips(vault) for leg in trip.legs}


def recomputed(vault: Vault) -> None:
    recompute.carry_out(vault, recompute.plan(vault), now_us=scene.NOON_US)


def use(vault: Vault, name: str) -> None:
    models.use_model(vault, name, now_us=scene.NOON_US)


class TestUse:
    def test_a_wallet_uses_the_shipped_one_until_another_is_chosen(self, vault: Vault) -> None:
        found = models.in_use(vault)
        assert (found.name, found.forest, found.since_us) == ("shipped", shipped_forest(), 0)
        assert found.personal is None

    def test_trips_stay_until_recomputed_and_follow_then(self, vault: Vault, kept: Path) -> None:
        before = modes_of(vault)
        use(vault, "buses")
        assert modes_of(vault) == before
        assert engine.is_outdated(vault)
        planned = recompute.plan(vault)
        assert planned.old != planned.new
        assert {d.after.trip.main_leg.mode for d in planned.differences if d.after} == {Mode.BUS}
        recomputed(vault)
        assert modes_of(vault) == {Mode.BUS}
        assert not engine.is_outdated(vault)

    def test_going_back_gives_the_same_trips_byte_for_byte(self, vault: Vault, kept: Path) -> None:
        recomputed(vault)
        pages, was = scene.stored_pages(vault), engine.present_engine(vault)
        use(vault, "buses")
        recomputed(vault)
        assert scene.stored_pages(vault) != pages
        use(vault, "shipped")
        assert engine.present_engine(vault) == was
        recomputed(vault)
        assert scene.stored_pages(vault) == pages

    def test_what_is_imported_next_is_found_with_it(
        self, here: Locations, kept: Path, tmp_path: Path
    ) -> None:
        with scene.opened(here) as vault:
            use(vault, "buses")
        scene.ingest_files(here, scene.write_days(tmp_path / "more", scene.days_of_may(18)))
        with scene.opened(here) as vault:
            new = [
                t
                for t in derive.all_trips(vault)
                if t.start_us > scene.minute_us(scene.days_of_may(17)[0], 0)
            ]
            assert {leg.mode for trip in new for leg in trip.legs} == {Mode.BUS}

    def test_the_wallet_keeps_it_where_the_file_is_gone(self, vault: Vault, kept: Path) -> None:
        use(vault, "buses")
        (kept / "buses.forest").unlink()
        found = models.in_use(vault)
        assert (found.name, found.since_us) == ("buses", scene.NOON_US)
        assert found.forest.digest == always(Mode.BUS).digest

    def test_the_log_names_it_in_every_derivation(self, vault: Vault, kept: Path) -> None:
        use(vault, "buses")
        recomputed(vault)
        said = [s for _, s, _ in vault.log_entries()]
        chosen = [s for s in said if s.predicate.get("what") == "model chosen"]
        assert [s.subjects for s in chosen] == [(always(Mode.BUS).digest,)]
        classified = [s.predicate["model"] for s in said if s.kind is StatementKind.CLASSIFY]
        assert classified[0] == shipped_forest().digest
        assert classified[-1] == always(Mode.BUS).digest
        assert check_vault(vault).problems == ()

    def test_a_wallet_whose_model_is_of_another_version_says_so_and_can_go_back(
        self, vault: Vault, kept: Path
    ) -> None:
        use(vault, "buses")
        chosen = models.Chosen("buses", 0, of_another_version(always(Mode.BUS)))
        with vault.transaction(now_us=scene.NOON_US) as tx:
            tx.put(*models._CHOSEN, msgspec.msgpack.encode(chosen))
            tx.log(scene.statement())
        with pytest.raises(BadModelError):
            recompute.plan(vault)
        assert engine.is_outdated(vault)
        assert trips.described_trips(vault)
        assert not models.forget_personal(vault, now_us=scene.NOON_US)
        use(vault, "shipped")
        assert models.in_use(vault).name == "shipped"


class TestTrace:
    def test_a_figure_leads_to_the_model_that_found_its_modes(
        self, vault: Vault, kept: Path, employer: Desk, tmp_path: Path
    ) -> None:
        use(vault, "cars")
        recomputed(vault)
        contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
        shown = preparing.prepare(vault, contract.terms, scene.MONTH)
        receipt = export.export(
            vault, contract, shown, now_us=scene.NOON_US, target=tmp_path, words=scene.words
        ).receipt
        assert receipt.used
        links = tracing.trace(vault, receipt)
        assert all(link.holds for link in links)
        (link,) = [link for link in links if "model" in link.subject.text]
        assert str(link.subject) == "model of travel modes: cars"
        assert link.digest == always(Mode.CAR).digest
        use(vault, "buses")
        broken = [str(link.subject) for link in tracing.trace(vault, receipt) if not link.holds]
        assert "model of travel modes: buses" in broken


class TestFiles:
    def test_the_shipped_one_comes_first_and_unusable_files_are_named(self, kept: Path) -> None:
        (kept / "bad.forest").write_bytes(b"GWFOREST1\nnothing")
        (kept / "old.forest").write_bytes(of_another_version(always(Mode.CAR)))
        (kept / "UPPER.forest").write_bytes(b"")
        (kept / "folder.forest").mkdir()
        found = {one.name: one.forest is not None for one in models.kept_models()}
        assert found == {"shipped": True, "bad": False, "buses": True, "cars": True, "old": False}
        assert next(models.kept_models()).name == "shipped"

    def test_there_may_be_no_folder(self, folder: Path) -> None:
        assert not folder.exists()
        assert [one.name for one in models.kept_models()] == ["shipped"]

    @pytest.mark.parametrize("cut", [3, 60, -1])
    def test_a_damaged_file_is_refused_and_nothing_changes(
        self, vault: Vault, kept: Path, cut: int
    ) -> None:
        path = kept / "buses.forest"
        path.write_bytes(path.read_bytes()[:cut])
        mark = vault.mark()
        with pytest.raises(BadModelError):
            use(vault, "buses")
        assert vault.mark() == mark

    def test_a_file_that_is_too_large_is_refused(self, kept: Path) -> None:
        (kept / "large.forest").write_bytes(bytes(MOST_BYTES + 1))
        with pytest.raises(TooLargeError):
            models.model_named("large")
        assert "large" in {one.name for one in models.kept_models() if one.forest is None}

    @pytest.mark.parametrize("name", ["nobody", "", "../cars", "/etc/passwd", "Cars", "a\x1bb"])
    def test_what_is_not_there_is_not_found(self, kept: Path, name: str) -> None:
        with pytest.raises(NoModelError) as told:
            models.model_named(name)
        assert "\x1b" not in str(told.value)

    def test_a_name_is_never_written_over(self, kept: Path) -> None:
        for name in ("cars", "shipped"):
            with pytest.raises(ModelExistsError):
                models.keep_model(name, always(Mode.BUS))
        assert (kept / "cars.forest").read_bytes() == forest_bytes(always(Mode.CAR))

    @pytest.mark.parametrize("name", ["", "../x", "A", "x" * 33, "-x", "é"])
    def test_a_name_that_is_none_is_refused(self, name: str) -> None:
        with pytest.raises(BadOptionError):
            models.free_name(name)


def test_analyse_finds_modes_with_any_model(tmp_path: Path) -> None:
    files = scene.write_days(tmp_path / "days", scene.days_of_may(4))
    traces, _ = read_traces([str(file) for file in files], options=ReadOptions())
    (found,) = analyse_users(traces, forest=always(Mode.TRAIN)).values()
    assert {leg.mode for trip in found.trips for leg in trip.legs} == {Mode.TRAIN}


def test_the_doctor_tells_of_trips_of_another_model(vault: Vault, kept: Path) -> None:
    recomputed(vault)
    assert not [f for f in doctor._open_wallet(vault) if "another engine" in str(f.note)]
    use(vault, "buses")
    assert [f for f in doctor._open_wallet(vault) if "another engine" in str(f.note)]
