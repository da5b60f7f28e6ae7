from __future__ import annotations

import dataclasses
import importlib.util
from pathlib import Path

import pytest

from geowallet.app.desk.desk import Desk
from geowallet.app.desk.verification import verify_file
from geowallet.app.evidence.anchors import (
    Given,
    add_anchor,
    anchors,
    check_readable,
    remove_anchor,
)
from geowallet.app.sharing import export, preparing
from geowallet.app.sharing.export import Exported
from geowallet.crypto.timestamps import Authority
from geowallet.model.errors import (
    AmbiguousNameError,
    BadCertificateError,
    BadLogKeyError,
    BadNameError,
    DeskDamagedError,
    MissingExtraError,
    NotFoundError,
    UnknownAnchorError,
)
from geowallet.vault.store import Vault
from geowallet.verify.evidence import Anchor, Seen
from tests.app import scene
from tests.app.evidence.seen import KEY, at, seen, stamped_mileage
from tests.authority import POLICY, LocalAuthority


class TestAnchors:
    def test_are_kept_by_name_and_forgotten(self, tmp_path: Path, local: LocalAuthority) -> None:
        assert anchors(tmp_path) == ()
        pem = tmp_path / "tsa.pem"
        pem.write_text(local.pem)
        stamps = add_anchor(tmp_path, "tsa", Given(certificates=pem, policy=POLICY))
        council = add_anchor(tmp_path, "council", Given(witness=f"{KEY}\n"))
        assert stamps == Anchor("tsa", Authority(local.pem, POLICY))
        assert anchors(tmp_path) == (council, stamps)
        assert [one.by for one in anchors(tmp_path)] == [KEY, Authority(local.pem).fingerprint]
        assert remove_anchor(tmp_path, "ts") == stamps
        assert anchors(tmp_path) == (council,)

    def test_what_is_no_anchor_is_refused(self, tmp_path: Path) -> None:
        pem = tmp_path / "pem"
        pem.write_bytes(b"x")
        with pytest.raises(BadCertificateError):
            add_anchor(tmp_path, "tsa", Given(certificates=pem))
        with pytest.raises(BadLogKeyError):
            add_anchor(tmp_path, "council", Given(witness="x"))
        with pytest.raises(BadLogKeyError):
            add_anchor(tmp_path, "council", Given())
        with pytest.raises(BadNameError):
            add_anchor(tmp_path, "a/b", Given(witness=KEY))
        assert anchors(tmp_path) == ()

    def test_a_name_that_none_or_two_have_is_said(self, tmp_path: Path) -> None:
        for name in ("council 1", "council 2"):
            add_anchor(tmp_path, name, Given(witness=KEY))
        with pytest.raises(NotFoundError):
            remove_anchor(tmp_path, "tsa")
        with pytest.raises(AmbiguousNameError):
            remove_anchor(tmp_path, "council")

    @pytest.mark.parametrize(
        "stored",
        [
            b"{",
            b"[]",
            b'{"schema": "geowallet.anchors/9", "anchors": {}}',
            b'{"schema": "geowallet.anchors/1", "anchors": []}',
            b'{"schema": "geowallet.anchors/1", "anchors": {"a": {"witness": "x"}}}',
            b'{"schema": "geowallet.anchors/1", "anchors": {"a": {"certificates": "x"}}}',
            b'{"schema": "geowallet.anchors/1", "anchors": {"a": {"device": "x"}}}',
            b'{"schema": "geowallet.anchors/1", "anchors": {"a": {"odometer": "x"}}}',
        ],
    )
    def test_a_list_that_is_not_what_was_written_is_refused(
        self, tmp_path: Path, stored: bytes
    ) -> None:
        (tmp_path / "anchors.json").write_bytes(stored)
        with pytest.raises(DeskDamagedError):
            anchors(tmp_path)


class TestReading:
    """Promise: a level above L0 is accepted from those that the desk relies on, and no others."""

    def sent(self, vault: Vault, employer: Desk, folder: Path) -> Exported:
        seen(vault, at(4, 20))
        seen(vault, at(5, 20))
        contract = scene.agree(vault, employer, stamped_mileage(employer), folder)
        prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
        return export.export(
            vault, contract, prepared, now_us=scene.NOON_US, target=folder, words=scene.words
        )

    def test_a_reader_who_relies_on_the_witness_sees_what_it_saw(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        file = self.sent(vault, employer, tmp_path).files[0]
        add_anchor(employer.folder, "council", Given(witness=KEY))
        verdict = verify_file(file, employer, now_s=scene.NOON_US // 1_000_000).verdict
        assert verdict.accepted
        assert verdict.seen is not None
        seen_by_all = dataclasses.replace(verdict.seen, flags=())
        assert seen_by_all == Seen((at(4, 20), at(5, 20)), ("council",))
        assert verdict.figures is not None
        assert verdict.figures.result.share_percent["L1"] == 100

    def test_a_reader_who_relies_on_nobody_refuses_it(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        file = self.sent(vault, employer, tmp_path).files[0]
        verdict = verify_file(file, employer, now_s=scene.NOON_US // 1_000_000).verdict
        assert isinstance(verdict.error, UnknownAnchorError)
        assert verdict.figures is None
        assert [c.name for c in verdict.checks if c.outcome == "failed"] == ["stamps"]

    def test_without_the_extra_stamps_of_an_authority_are_not_passed_over(
        self,
        vault: Vault,
        employer: Desk,
        tmp_path: Path,
        local: LocalAuthority,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        file = self.sent(vault, employer, tmp_path).files[0]
        pem = tmp_path / "tsa.pem"
        pem.write_text(local.pem)
        relied_on = add_anchor(employer.folder, "tsa", Given(certificates=pem))
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
        with pytest.raises(MissingExtraError):
            verify_file(file, employer, now_s=scene.NOON_US // 1_000_000)
        check_readable("not an export", [relied_on])
        check_readable("not an export", [])

    def test_a_second_export_says_how_often_the_period_was_changed(
        self, vault: Vault, employer: Desk, tmp_path: Path
    ) -> None:
        first = self.sent(vault, employer, tmp_path)
        assert first.figures.changes == 0
        assert first.figures.supersedes == ""
