"""A month that was exported under a contract with budgets, for tests of what looks behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from geowallet.app.audits import auditing
from geowallet.app.desk import desk_audits
from geowallet.app.desk.desk import Desk
from geowallet.app.sharing import export, preparing
from geowallet.contracts.life.audit import Asked, challenge_bytes
from geowallet.contracts.life.grant import Contract
from geowallet.contracts.life.sightings import Area, Sighting
from geowallet.vault.store import Vault
from tests.app import scene

NOW_S = scene.NOON_US // 1_000_000
SEED = b"s" * 32


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 5, day, hour, minute, tzinfo=dt.UTC)


ON_THE_WAY = Sighting("toll", at(4, 9, 2), at(4, 9, 8), area=Area(4_805_000, 210_000, 1_500))
ELSEWHERE = Sighting("fuel_card", at(5, 9, 2), at(5, 9, 8), area=Area(4_700_000, 500_000, 500))
AT_CLIENT = Sighting("appointment", at(5, 13, 0), at(5, 14, 0), place="client")
SUNDAY = Sighting("parking", at(3, 9, 0), at(3, 9, 30), area=Area(4_805_000, 210_000, 1_500))


@dataclass
class Audited:
    """A month that was exported under a contract with budgets, and both sides' folders."""

    vault: Vault
    desk: Desk
    contract: Contract
    folder: Path
    sealed: Path

    @property
    def accepted(self) -> desk_audits.Accepted:
        return desk_audits.accepted_export(self.sealed, self.desk, now_s=NOW_S)

    @property
    def about(self) -> Asked:
        return Asked(self.contract.sha256, "2026-05", self.accepted.jti, scene.TODAY)

    def challenged(self, draws: int = 3) -> bytes:
        path = desk_audits.challenge(
            self.desk, self.accepted, draws=draws, today=scene.TODAY, target=self.folder
        )
        return path.read_bytes()

    def asked(self, *sightings: Sighting) -> bytes:
        path = desk_audits.spot_check(
            self.desk, self.accepted, sightings, today=scene.TODAY, target=self.folder
        )
        return path.read_bytes()

    def signed(self, *, seed: bytes = SEED, draws: int = 3, about: Asked | None = None) -> bytes:
        """A challenge by the desk's key that the desk did not keep."""
        return challenge_bytes(
            self.contract, self.desk.signing_jwk, about or self.about, seed=seed, draws=draws
        )

    def answer(self, question: bytes) -> Path:
        shown = look(self.vault, question)
        return auditing.answer(self.vault, shown, now_us=scene.NOON_US, target=self.folder)

    def checked(self, question: bytes) -> desk_audits.Checked:
        return desk_audits.check_answer(self.answer(question), self.desk, now_s=NOW_S)


def sent(vault: Vault, contract: Contract, folder: Path) -> Path:
    shown = preparing.prepare(vault, contract.terms, scene.MONTH)
    done = export.export(
        vault, contract, shown, now_us=scene.NOON_US, target=folder, words=scene.words
    )
    return done.files[0]


def look(vault: Vault, question: bytes) -> auditing.Shown:
    return auditing.look(vault, question, clock=lambda: scene.NOON_US)
