"""What would leave under every template, and that nothing else would."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.desk.verification import verify_file
from geowallet.app.locations import Locations
from geowallet.app.rulebook import texts
from geowallet.app.settings import named_places
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.agreements import find_contract
from geowallet.app.sharing.inferring import earlier, inferred
from geowallet.app.sharing.noise import with_noise
from geowallet.app.sharing.resending import resent
from geowallet.app.sharing.selecting import driven_by, selected_for, trips_for
from geowallet.contracts.templates.templates import TEMPLATES, Choices
from geowallet.contracts.terms.catalogue import MEASURES
from geowallet.contracts.terms.measures import Measure, RuleUse
from geowallet.contracts.terms.parts import UNSEEN
from geowallet.contracts.terms.selection import MODES
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.canonical import canonical_bytes, sha256_hex
from geowallet.model.errors import (
    AmountRuleError,
    MissingExtraError,
    PlacesMissingError,
)
from geowallet.proofs.claims import named_claims, read_figures, shown_claims
from geowallet.proofs.sdjwt import unpack
from geowallet.rules.load import load_rule
from geowallet.vault.store import Vault
from geowallet.verify.amounts import Footing
from geowallet.verify.open import open_sealed_export
from geowallet.verify.verifier import verify_export
from tests.app import scene

DRIVING = ("driving_score", "braking_rate", "night_percent", "measured_percent")


def terms_of(name: str, desk: Desk, **choices: Any) -> Terms:
    template = TEMPLATES[name]
    window = scene.WEEK if template.needs_hours else None
    particulars = replace(scene.particulars(desk, name), covers=scene.MONTH, cadence="")
    return template.terms(particulars, Choices(**{"window": window} | choices))


def rule_use(name: str, **told: int | bool | str) -> RuleUse:
    text = next(text for text in texts().values() if load_rule(text).id == name)
    rule = load_rule(text)
    return RuleUse(name, sha256_hex(text.encode()), 2026, rule.currency, tuple(told.items()))


def exported(
    vault: Vault, desk: Desk, terms: Terms, folder: Path
) -> tuple[preparing.Prepared, export.Exported]:
    contract = scene.agree(vault, desk, terms, folder)
    shown = preparing.prepare(vault, terms, scene.MONTH)
    sent = export.export(
        vault, contract, shown, now_us=scene.NOON_US, target=folder, words=scene.words
    )
    return shown, sent


def largest_of(measure: str) -> int:
    return min(MEASURES[measure].largest, 1_000_000)


def dense_day(day: dt.date) -> bytes:
    """A fix a second from 09:00 UTC, with the receiver's speed; still before and after."""
    speeds = [25.0] * 3_600
    for at in (1_200, 2_400):
        speeds[at : at + 20] = [25 - 3.5 * n for n in range(6)] + [4 + 1.5 * n for n in range(14)]
    still = [0.0] * 600
    rows, north_m = ["time,lat,lon,accuracy,speed"], 0.0
    start = dt.datetime.combine(day, dt.time(9), tzinfo=dt.UTC)
    for second, speed in enumerate([*still, *speeds, *still]):
        north_m += speed
        when = start + dt.timedelta(seconds=second)
        lat = 48 + north_m / 111_195
        rows.append(f"{when:%Y-%m-%dT%H:%M:%SZ},{lat:.7f},2.0,5,{speed}")
    return ("\n".join(rows) + "\n").encode()


COORDINATE = re.compile(r"\d{1,3}\.\d{2,}|48[01]0{3,}|\b2[01]0{6,}")
CLOCK = re.compile(r"\b([01]?\d|2[0-3])[:hH][0-5]\d\b")


@pytest.mark.parametrize("leak", ["at 48.0012", "48.1, 2.10", "lat: 480000000", "210000000"])
def test_the_search_finds_a_coordinate(leak: str) -> None:
    assert COORDINATE.search(leak)


@pytest.mark.parametrize("leak", ["7:05", "at 09:00", "17h30"])
def test_the_search_finds_a_time(leak: str) -> None:
    assert CLOCK.search(leak)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_no_export_of_a_template_holds_a_coordinate_a_place_or_a_time(
    vault: Vault, employer: Desk, tmp_path: Path, name: str
) -> None:
    """The wallet's places are at 48.0 2.0, 48.0 2.1 and 48.1 2.1; days begin at 07:00 UTC."""
    terms = terms_of(name, employer)
    shown, sent = exported(vault, employer, terms, tmp_path)
    sealed, *readable = sent.files
    sd_jwt = open_sealed_export(sealed.read_bytes(), employer.sealing_jwk)
    opened = unpack(sd_jwt)
    verdict = verify_export(
        sd_jwt, find_contract(vault, name), now_s=scene.NOON_US // 1_000_000, period=scene.MONTH
    )
    assert verdict.accepted, verdict.error
    assert read_figures(sd_jwt).result == shown.result
    inside = [json.dumps([opened.header, opened.claims, [row for _, row in opened.rows]])]
    texts_out = inside + [path.read_text() for path in readable if path.suffix in (".txt", ".csv")]
    for text in texts_out:
        plain = re.sub(r"[A-Za-z0-9_+/=-]{40,}", "", text)  # digests, keys, proofs
        assert not COORDINATE.search(plain)
        assert not CLOCK.search(plain)
        for place in named_places(vault):
            assert place.name.lower() not in plain.lower().replace("home-work", "")


@pytest.mark.parametrize("name", ["work-hour-mileage", "soft-mobility-commute", "mileage-us"])
def test_what_preview_shows_raw_is_what_is_signed(
    vault: Vault, employer: Desk, tmp_path: Path, name: str
) -> None:
    terms = terms_of(name, employer)
    shown, sent = exported(vault, employer, terms, tmp_path)
    raw = shown_claims(terms, shown.result)
    opened = unpack(open_sealed_export(sent.files[0].read_bytes(), employer.sealing_jwk))
    rows = raw.pop("groups", [])
    assert [row for _, row in opened.rows] == rows
    for member, value in raw.items():
        assert canonical_bytes({member: value})[1:-1] in opened.payload
    later = set(opened.claims) - set(raw) - {"groups"}
    assert later <= named_claims(terms)[1] - set(raw)
    assert not later & {"total", "share_m", "share_percent", "period"}


class TestAmounts:
    def test_the_worker_pays_what_the_book_says(self, vault: Vault, employer: Desk) -> None:
        """47 km of business at 30 cents: 14.10 euros."""
        terms = terms_of("work-hour-mileage", employer, rule=rule_use("de.dienstreise"))
        terms = replace(terms, cadence="once")
        shown = preparing.prepare(vault, terms, scene.MONTH)
        assert shown.result.totals == {"distance_m": 47_000, "amount_cents": 1_410}

    def test_what_leaves_is_computed_again_where_it_is_read(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        terms = terms_of("work-hour-mileage", employer, rule=rule_use("de.dienstreise"))
        _, sent = exported(vault, employer, replace(terms, cadence="once"), tmp_path)
        verified = verify_file(sent.files[0], employer, now_s=scene.NOON_US // 1_000_000)
        assert verified.verdict.amount is Footing.FOLLOWS

    def test_another_file_than_agreed_is_refused(self, vault: Vault, employer: Desk) -> None:
        rule = replace(rule_use("de.dienstreise"), sha256="ab" * 32)
        terms = replace(terms_of("work-hour-mileage", employer, rule=rule), cadence="once")
        with pytest.raises(AmountRuleError):
            preparing.prepare(vault, terms, scene.MONTH)

    def test_without_a_rule_nothing_is_charged(self, employer: Desk) -> None:
        assert preparing.charge_for(terms_of("mileage-de", employer), scene.MONTH) is None


class TestNoise:
    def test_asking_twice_gives_the_same(self, vault: Vault, employer: Desk) -> None:
        terms = terms_of("research-panel", employer)
        first = preparing.prepare(vault, terms, scene.MONTH).result
        assert all(preparing.prepare(vault, terms, scene.MONTH).result == first for _ in range(3))

    def test_draws_lie_around_the_truth_and_not_on_it(self, vault: Vault, employer: Desk) -> None:
        """Scale 20 steps over five measures and fourteen modes: not all can be the truth."""
        terms = replace(terms_of("research-panel", employer), epsilon_milli=50, small_cells=0)
        noisy = preparing.prepare(vault, terms, scene.MONTH).result
        true = preparing.prepare(vault, replace(terms, epsilon_milli=0), scene.MONTH).result
        assert noisy != true
        assert noisy.share_percent == true.share_percent

    def test_a_draw_is_in_the_log_without_its_value(self, vault: Vault, employer: Desk) -> None:
        terms = terms_of("research-panel", employer)
        preparing.prepare(vault, terms, scene.MONTH)
        *_, (_, last, _) = vault.log_entries()
        assert set(last.predicate) == {"contract", "method", "draws"}

    def test_another_contract_draws_for_itself(self, vault: Vault, employer: Desk) -> None:
        terms = replace(terms_of("research-panel", employer), epsilon_milli=10)
        other = replace(terms, name="other")
        assert (
            preparing.prepare(vault, terms, scene.MONTH).result.groups
            != preparing.prepare(vault, other, scene.MONTH).result.groups
        )

    def test_terms_without_noise_write_nothing(self, vault: Vault, employer: Desk) -> None:
        terms = terms_of("work-hour-mileage", employer)
        result = preparing.prepare(vault, terms, scene.MONTH).result
        mark = vault.mark()
        assert with_noise(vault, terms, result) is result
        assert vault.mark() == mark

    def test_without_the_library_nothing_is_shown(
        self, vault: Vault, employer: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(__import__("sys").modules, "opendp.prelude", None)
        with pytest.raises(MissingExtraError):
            preparing.prepare(vault, terms_of("research-panel", employer), scene.MONTH)

    def test_a_blurred_export_says_so_and_is_never_called_outdated(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        terms = terms_of("research-panel", employer)
        _, sent = exported(vault, employer, terms, tmp_path)
        epsilon = f"(epsilon {terms.epsilon_milli / 1000:g} per step)"
        assert epsilon in sent.files[1].read_text("utf-8")
        assert resent(vault, trips_for(vault, terms, scene.MONTH)) == ()


class TestSmallGroups:
    def test_a_day_of_two_trips_is_kept_back_and_verified_as_such(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        """Two days of two trips: with three asked, both are kept back, and four trips stand
        behind them together, so that the total may be shown."""
        terms = replace(terms_of("mileage-de", employer), small_cells=3)
        shown, sent = exported(vault, employer, terms, tmp_path)
        kept = [group.values["distance_m"] for group in shown.result.groups]
        assert kept.count(None) == 2
        assert set(kept) == {0, None}
        assert shown.result.totals == {"distance_m": 48_000}
        own = read_figures(
            open_sealed_export(sent.files[0].read_bytes(), employer.sealing_jwk)
        ).result
        assert own == shown.result


class TestDriving:
    def test_sparse_fixes_say_that_they_do_not_suffice(self, vault: Vault, employer: Desk) -> None:
        terms = terms_of("pay-how-you-drive", employer)
        asked = tuple(Measure(name, 1, 100) for name in DRIVING)
        shown = preparing.prepare(vault, replace(terms, measures=asked), scene.MONTH)
        assert shown.result.totals == {
            "driving_score": "insufficient_data",
            "braking_rate": "insufficient_data",
            "night_percent": 0,
            "measured_percent": 0,
        }

    def test_fixes_a_second_with_speeds_give_a_score(
        self, empty: Locations, employer: Desk, tmp_path: Path
    ) -> None:
        """Five mornings of 90 km at 25 m/s by day, with two hard brakings each."""
        folder = tmp_path / "dense"
        folder.mkdir()
        for day in scene.days_of_may(4, 5, 6, 7, 11):
            (folder / f"{day}.csv").write_bytes(dense_day(day))
        scene.ingest_files(empty, sorted(folder.iterdir()))
        with scene.opened(empty) as vault:
            scene.introduce(vault)
            terms = terms_of("pay-how-you-drive", employer)
            terms = replace(
                terms,
                select=replace(terms.select, modes=MODES, min_sureness="unsure"),
                measures=tuple(
                    Measure(name, 1, largest_of(name)) for name in (*DRIVING, "duration_s")
                ),
            )
            totals = preparing.prepare(vault, terms, scene.MONTH).result.totals
        assert totals["measured_percent"] in range(95, 101)
        assert totals["night_percent"] == 0
        braking, score, seconds = (
            totals[name] for name in ("braking_rate", "driving_score", "duration_s")
        )
        assert isinstance(braking, int)
        assert isinstance(score, int)
        assert isinstance(seconds, int)
        assert 20 <= braking <= 50  # ten rough ones, weight two, on 450 km: 44
        assert 50 < score < 100
        assert seconds == 5 * 4_799  # what stands still at the ends is no stop of its own

    def test_a_leg_without_fixes_is_unseen(self, vault: Vault, employer: Desk) -> None:
        trip, *_ = trips_for(vault, terms_of("pay-as-you-drive", employer), scene.MONTH)
        nowhere = replace(trip.trip.legs[0], start_us=0, end_us=1)
        assert driven_by(vault)(nowhere) == UNSEEN
        seen = driven_by(vault)(trip.trip.legs[0])
        assert seen.seen[0] > 5_000

    def test_rows_hold_no_drive_where_none_is_asked(self, vault: Vault, employer: Desk) -> None:
        rows = selected_for(vault, terms_of("pay-as-you-drive", employer), scene.MONTH).rows
        assert rows
        assert all(row.driven == () and row.seconds == 0 for row in rows)


class TestPlaces:
    def test_ways_from_home_can_be_kept_out(self, vault: Vault, employer: Desk) -> None:
        terms = terms_of("pay-as-you-drive", employer)
        outside = replace(terms, select=replace(terms.select, outside=("home",)))
        every = preparing.prepare(vault, terms, scene.MONTH).result.totals["distance_m"]
        fewer = preparing.prepare(vault, outside, scene.MONTH).result.totals["distance_m"]
        assert isinstance(every, int)
        assert isinstance(fewer, int)
        assert 0 < fewer < every
        within = replace(terms, select=replace(terms.select, within=("home",)))
        rest = preparing.prepare(vault, within, scene.MONTH).result.totals["distance_m"]
        assert isinstance(rest, int)
        assert abs(every - fewer - rest) <= 1_000

    def test_a_place_that_has_no_name_cannot_be_kept_out(
        self, vault: Vault, employer: Desk
    ) -> None:
        terms = terms_of("pay-as-you-drive", employer)
        outside = replace(terms, select=replace(terms.select, outside=("client",)))
        with pytest.raises(PlacesMissingError):
            preparing.prepare(vault, outside, scene.MONTH)


class TestInferring:
    def test_a_receipt_of_the_same_reader_is_subtracted(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        business = terms_of("mileage-be", employer)
        exported(vault, employer, business, tmp_path)
        every = terms_of("pay-as-you-drive", employer)
        (before,) = earlier(vault, every, scene.MONTH)
        assert before.same_recipient
        assert before.totals == {"distance_m": 47_000}
        shown = preparing.prepare(vault, every, scene.MONTH)
        told = [str(item.text) for item in inferred(vault, shown)]
        assert any(text.startswith("less receipt") for text in told)

    def test_another_period_is_nothing_to_subtract_from(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        terms = terms_of("mileage-be", employer)
        exported(vault, employer, terms, tmp_path)
        april = replace(scene.MONTH, first=scene.MONTH.first.replace(month=4))
        april = replace(april, last=april.first)
        assert earlier(vault, terms, april) == ()
