from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from prov.model import ProvDerivation, ProvDocument, ProvEntity, ProvGeneration

from geowallet.app.desk.desk import Desk
from geowallet.app.evidence.prov import prov_document, prov_of
from geowallet.app.intake.sources import sources
from geowallet.app.sharing import export, preparing
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene


@pytest.fixture
def sent(vault: Vault, employer: Desk, tmp_path: Path) -> Vault:
    contract = scene.agree(vault, employer, scene.mileage(employer), tmp_path)
    prepared = preparing.prepare(vault, contract.terms, scene.MONTH)
    export.export(
        vault, contract, prepared, now_us=scene.NOON_US, target=tmp_path, words=scene.words
    )
    return vault


def parsed(vault: Vault) -> ProvDocument:
    text = json.dumps(prov_of(vault))
    return ProvDocument.deserialize(io.StringIO(text), format="json")


class TestProv:
    """Promise: another tool reads it, every import is named, and nothing of its content."""

    def test_another_library_reads_it_and_finds_every_entry(self, sent: Vault) -> None:
        document = parsed(sent)
        activities = {str(one.identifier) for one in document.get_records() if one.is_element()}
        for leaf in sent.leaves():
            assert f"gw:entry-{leaf.index}" in activities

    def test_every_import_is_named_by_the_digest_of_its_file(self, sent: Vault) -> None:
        entities = {str(one.identifier) for one in parsed(sent).get_records(ProvEntity)}
        assert {f"sha256:{one.sha256}" for one in sources(sent)} <= entities

    def test_the_pages_are_derived_from_the_files(self, sent: Vault) -> None:
        """The chain from what trips were computed to, back to the bytes that were read."""
        links = {
            (str(made), str(source))
            for one in parsed(sent).get_records(ProvDerivation)
            for made, source in [one.args[:2]]
        }
        classified = [s for _, s, _ in sent.log_entries() if s.kind is StatementKind.CLASSIFY]
        files = {f"sha256:{one.sha256}" for one in sources(sent)}
        for page in classified[-1].subjects:
            assert files <= {source for made, source in links if made == f"sha256:{page}"}

    def test_the_export_comes_from_its_contract(self, sent: Vault) -> None:
        (statement,) = [s for _, s, _ in sent.log_entries() if s.kind is StatementKind.EXPORT]
        made = {str(one.args[0]) for one in parsed(sent).get_records(ProvGeneration)}
        assert f"sha256:{statement.subjects[0]}" in made

    def test_says_no_name_place_or_position(self, sent: Vault) -> None:
        text = json.dumps(prov_of(sent))
        for word in ("48.0", "2.1", "Home", "Office", "Camille", "mileage", ".csv", "windows_us"):
            assert word not in text
        assert "entry-0" in text

    def test_an_empty_log_is_an_empty_document(self) -> None:
        document = prov_document([])
        assert (document["entity"], document["activity"]) == ({}, {})
        assert (
            ProvDocument.deserialize(io.StringIO(json.dumps(document)), format="json") is not None
        )
