from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from geowallet.app.remote.access import Access, opened_place, place_text
from geowallet.app.remote.address import Address, parse_address
from geowallet.model.errors import BadOptionError, MissingExtraError, RemotePlainError


class TestParse:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("sftp://anna@nas/backups", Address("sftp", "anna", "nas", 22, "/backups")),
            ("sftp://nas:2222/~/a/b/", Address("sftp", "", "nas", 2222, "~/a/b")),
            ("webdavs://a%40b.c@nas/x%20y", Address("webdavs", "a@b.c", "nas", 443, "/x y")),
            ("webdav://[::1]:81//a", Address("webdav", "", "::1", 81, "/a")),
        ],
    )
    def test_addresses_by_hand(self, text: str, expected: Address) -> None:
        assert parse_address(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "ftp://nas/a",
            "sftp://nas",
            "sftp://nas/",
            "sftp:///a",
            "sftp://nas:99999/a",
            "sftp://[::1/a",
            "sftp://nas/../etc",
            "sftp://nas/a%0ab",
            "webdavs://nas/a?b",
            "webdavs://nas/a#b",
            "sftp://nas/" + "a" * 1100,
        ],
    )
    def test_what_is_no_address_is_refused(self, text: str) -> None:
        with pytest.raises(BadOptionError):
            parse_address(text)

    def test_a_password_in_an_address_is_refused_and_not_repeated(self) -> None:
        with pytest.raises(BadOptionError) as caught:
            parse_address("webdavs://anna:geheim@nas/a")
        assert "geheim" not in str(caught.value)

    @pytest.mark.parametrize(
        "text", ["sftp://anna@nas/backups", "sftp://nas:2222/~/a", "webdav://[::1]:81/a"]
    )
    def test_the_text_of_an_address_is_that_address(self, text: str) -> None:
        assert parse_address(text).text == text

    @pytest.mark.parametrize(
        ("host", "local"),
        [("localhost", True), ("127.0.0.1", True), ("[::1]", True), ("10.0.0.1", False)],
    )
    def test_this_machine_is_known(self, host: str, local: bool) -> None:
        assert parse_address(f"webdav://{host}/a").is_local is local


class TestOpening:
    def test_a_folder_needs_no_opening(self, tmp_path: Path) -> None:
        with opened_place(str(tmp_path), Access(bytes)) as place:
            assert place == tmp_path
        assert place_text(str(tmp_path)) == str(tmp_path)
        assert place_text("sftp://nas:22/a/") == "sftp://nas/a"

    def test_without_the_extra_it_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        with (
            pytest.raises(MissingExtraError),
            opened_place("sftp://nas/a", Access(bytes)),
        ):
            pass

    def test_plain_http_stays_on_this_machine(self) -> None:
        with pytest.raises(RemotePlainError), opened_place("webdav://nas/a", Access(bytes)):
            pass
