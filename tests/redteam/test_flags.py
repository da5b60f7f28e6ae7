"""The owner forges a trace, has it stamped on its own evening, and exports under L1."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.evidence import levels
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.identity import sealing_key
from geowallet.contracts.terms.syntax import Terms
from geowallet.crypto.proof_tree import ProofTree
from geowallet.model.mobility import Mode
from geowallet.proofs.evidence import read_evidence
from geowallet.proofs.sdjwt import unpack
from geowallet.vault.store import Vault
from geowallet.verify.open import open_sealed_export
from tests.app import scene
from tests.app.evidence.seen import at, seen, stamped_mileage
from tests.app.test_replays import read
from tests.redteam.conftest import Ends
from tests.redteam.play import say_mode

DRAWN = scene.car_day(scene.days_of_may(4)[0], slowed=0.0)
"""Who keeps one speed round every corner is too unsure to count, unless he says what it was."""


def lived(body: bytes, *, day: int, seed: int, lights: int = 2, noise_m: float = 4.0) -> bytes:
    """Return a day as a receiver writes it: uneven in pace, scattered, with lights."""
    chance = Random(seed)  # noqa: S311  noise, not a secret
    head, *rows = body.decode().splitlines()
    late_s, lines = 0.0, [head]
    for number, row in enumerate(rows):
        when, lat, lon, _ = row.split(",")
        late_s += chance.choice((-3, -2, 2, 3)) if late_s < 60 else -4
        late_s += 10 if number % (60 // max(lights, 1)) == seed % 20 else 0
        moment = dt.datetime.fromisoformat(when).replace(day=day) + dt.timedelta(seconds=late_s)
        spots = (float(lat), noise_m / 111_195), (float(lon), noise_m / 74_625)
        north, east = (value + chance.gauss(0, spread) for value, spread in spots)
        lines.append(f"{moment:%Y-%m-%dT%H:%M:%SZ},{north:.7f},{east:.7f},{4 + number % 5}")
    return ("\n".join([head, *sorted(set(lines[1:]))]) + "\n").encode()


def told(
    folder: Path,
    desk: Desk,
    days: Sequence[tuple[int, bytes]],
    *,
    terms: Terms | None = None,
    spoil: Callable[[Vault], object] = lambda _: None,
) -> str:
    """Live days, have each stamped on its evening, export May, and return what is flagged."""
    folder.mkdir()
    here = scene.new_wallet(folder)
    with scene.opened(here) as vault:
        for day, body in days:
            path = folder / f"{day}.csv"
            path.write_bytes(body)
            read(vault, path)
            seen(vault, at(day, 20))
        scene.introduce(vault)
        spoil(vault)
        contract = scene.agree(vault, desk, terms or stamped_mileage(desk), folder)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
        done = export.export(
            vault, contract, prepared, now_us=scene.NOON_US, target=folder, words=scene.words
        )
        sealed = done.receipt.own_copy.encode()
        claims = unpack(open_sealed_export(sealed, sealing_key(vault))).claims
        log = claims["log"]
        root = ProofTree(vault.leaf_hashes()[: log["size"]]).root
        flags = read_evidence(claims["evidence"], size=log["size"], root=root).flags
    return ", ".join(name for name, _ in flags) or "none"


DRIVES = partial(say_mode, mode=Mode.CAR)

HONEST = [(day, lived(DRAWN, day=day, seed=day)) for day in (4, 5)]


def test_a_drawn_day(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    ends(told(tmp_path / "f", employer, [(4, DRAWN)], spoil=DRIVES))


def test_a_day_written_again_with_noise(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    assert told(tmp_path / "honest", employer, HONEST) == "none"
    chance = Random(1)  # noqa: S311  noise, not a secret
    head, *rows = HONEST[0][1].decode().replace("05-04", "05-11").splitlines()
    shaken = [head]
    for row in rows:
        when, lat, lon, accuracy = row.split(",")
        north, east = (float(value) + chance.gauss(0, 2e-5) for value in (lat, lon))
        shaken.append(f"{when},{north:.7f},{east:.7f},{accuracy}")
    body = ("\n".join(shaken) + "\n").encode()
    ends(told(tmp_path / "f", employer, [*HONEST, (11, body)]))


def test_a_car_called_a_bike(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    rides = partial(say_mode, mode=Mode.BIKE)
    terms = dataclasses.replace(scene.commute(employer), min_assurance="L1", min_share_percent=80)
    ends(told(tmp_path / "f", employer, HONEST, terms=terms, spoil=rides))


def test_flags_taken_out(
    employer: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: Ends
) -> None:
    monkeypatch.setattr(levels, "flagged_metres", lambda *_: ())
    ends(told(tmp_path / "f", employer, [(4, DRAWN)], spoil=DRIVES))


def test_a_day_that_knows_the_thresholds(employer: Desk, tmp_path: Path, ends: Ends) -> None:
    ends(told(tmp_path / "f", employer, [*HONEST, (11, lived(DRAWN, day=11, seed=77))]))
