from __future__ import annotations

from typing import Any

from tests.cli.conftest import Terminal

EXPORT = ("export", "bike", "--period", "2026-05", "--confirm", "bike")


def _waiting(lived: Terminal) -> str:
    """Return the ride to or from work that the guess is least sure of."""
    return str(min(_rides(lived), key=lambda ride: ride["confidence"])["trip"])


def _rides(lived: Terminal) -> list[dict[str, Any]]:
    return lived("trip", "list", "--mode", "bike", "--purpose", "commute", "--json").records


class TestLabel:
    def test_the_word_of_the_owner_counts_and_the_guess_is_kept(self, lived: Terminal) -> None:
        trip = _waiting(lived)
        done = lived("trip", "label", trip, "--mode", "tram")
        assert done.status == 0
        assert "->" in done.out
        left = lived("trip", "list", "--to-check", "--json").records
        assert trip not in [record["trip"] for record in left]
        shown = lived("trip", "show", trip).out
        assert "by you; guessed bike" in shown
        assert "you said so" in shown

    def test_a_trip_called_car_leaves_the_bike_days(self, lived: Terminal) -> None:
        lived("contract", "accept", "bike.offer", "--yes")
        first_day = [r["trip"] for r in _rides(lived) if r["day"] == "2026-05-04"]
        assert len(first_day) == 2
        assert lived("trip", "label", *first_day, "--mode", "car").status == 0
        (preview,) = lived("contract", "preview", "bike", "--period", "2026-05", "--json").records
        days = {g["key"]["mode"]: g["values"]["days"] for g in preview["leaves"]["groups"]}
        assert days["bike"] == 9

    def test_undo_lets_the_guess_stand_again(self, lived: Terminal) -> None:
        trip = _waiting(lived)
        before = lived("trip", "show", trip).out
        lived("trip", "label", trip, "--mode", "car", "--purpose", "private")
        assert lived("trip", "show", trip).out != before
        lived("trip", "label", trip, "--undo")
        assert lived("trip", "show", trip).out == before

    def test_a_purpose_is_corrected_too(self, lived: Terminal) -> None:
        business = lived("trip", "list", "--purpose", "business", "--json").records[0]
        lived("trip", "label", business["trip"], "--purpose", "private")
        (preview,) = lived("contract", "preview", "km", "--period", "2026-05", "--json").records
        assert preview["leaves"]["totals"]["distance_m"] < 463_000

    def test_several_trips_are_asked_for(self, lived: Terminal) -> None:
        trips = [r["trip"] for r in lived("trip", "list", "--mode", "train", "--json").records]
        done = lived("trip", "label", *trips, "--mode", "subway")
        assert (done.status, "--yes" in done.err) == (2, True)
        assert lived("trip", "label", *trips, "--mode", "subway", "--yes").status == 0

    def test_what_makes_no_sense_is_refused(self, lived: Terminal) -> None:
        trip = _waiting(lived)
        for words in (
            [],
            ["--mode", "rocket"],
            ["--mode", "car", "--leg", "9"],
            ["--mode", "unknown"],
        ):
            done = lived("trip", "label", trip, *words)
            assert (done.status, "[usage.option]" in done.err) == (2, True), words

    def test_a_corrected_figure_is_traced_with_its_corrections(self, lived: Terminal) -> None:
        lived("contract", "accept", "bike.offer", "--yes")
        lived("trip", "label", _waiting(lived), "--mode", "bike")
        (exported,) = lived(*EXPORT, "--json").records
        done = lived("evidence", "trace", exported["receipt"], "--json")
        assert done.status == 0
        assert any("corrections" in record["subject"] for record in done.records)

    def test_a_correction_outlives_a_new_analysis(self, lived: Terminal) -> None:
        """Two fixes more on that evening: the day is analysed anew."""
        trip = next(ride["trip"] for ride in _rides(lived) if ride["day"] == "2026-05-20")
        lived("trip", "label", trip, "--mode", "bike")
        (lived.folder / "more.csv").write_text(
            "time,lat,lon\n2026-05-20T20:00:00Z,48.0581,1.3764\n2026-05-20T20:05:00Z,48.0581,1.3764\n"
        )
        assert lived("ingest", "more.csv").status == 0
        marks = {r["trip"]: r["by_owner"] for r in lived("trip", "list", "--json").records}
        assert marks[trip]
