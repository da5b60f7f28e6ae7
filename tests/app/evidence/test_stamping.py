from __future__ import annotations

import hashlib
import importlib.util
import socket
import threading
import time
from pathlib import Path

import pytest

from geowallet.app import settings
from geowallet.app.evidence import authorities
from geowallet.app.evidence.authorities import ChosenAuthority, add_authority, read_authority
from geowallet.app.evidence.sending import Channel, host_of, post
from geowallet.app.evidence.stamping import Done, stamp_now
from geowallet.app.evidence.stamps import stamps, want, wanted
from geowallet.crypto.notes import Checkpoint
from geowallet.crypto.timestamps import ask_for_stamp
from geowallet.model.errors import (
    AmbiguousNameError,
    BadCertificateError,
    BadNameError,
    BadOptionError,
    MissingExtraError,
    NoAuthorityError,
    NotFoundError,
    StampRefusedError,
    TooLargeError,
    UnreachableError,
)
from geowallet.model.provenance import StatementKind
from geowallet.vault.store import Vault
from tests.app import scene
from tests.authority import OTHER_POLICY, POLICY, LocalAuthority, new_authority, served

STAMP = "application/timestamp-reply"
YEAR_US = 365 * 86_400_000_000


def real_us() -> int:
    return time.time_ns() // 1000


def chosen(
    local: LocalAuthority, url: str, *, name: str = "test", policy: str = POLICY
) -> ChosenAuthority:
    return ChosenAuthority(name, url, local.pem, policy, scene.NOON_US)


def stamped(vault: Vault, *which: ChosenAuthority) -> tuple[Done, ...]:
    return stamp_now(vault, which, clock=real_us, timeout_s=60.0)


class TestStampNow:
    """Promise: one hash leaves; an answer is verified before it is kept."""

    def test_the_authority_sees_one_hash_and_the_wallet_keeps_its_answer(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        mark = vault.mark()
        local.asked.clear()
        with served(local.answer) as url:
            (done,) = stamped(vault, chosen(local, url))
        assert stamps(vault) == (done.stamp,)
        assert done.stamp is not None
        assert (done.stamp.size, done.stamp.root) == (mark.size, mark.root)
        assert abs(done.stamp.at_s - time.time()) < 60
        message = str(Checkpoint(vault.origin, mark.size, mark.root)).encode()
        (request,) = local.asked
        assert hashlib.sha256(message).digest() in request
        assert len(request) < 80
        assert not done.clock_is_off

    def test_the_log_says_so(self, vault: Vault, local: LocalAuthority) -> None:
        with served(local.answer) as url:
            (done,) = stamped(vault, chosen(local, url))
        assert done.stamp is not None
        *_, (_, statement, _) = vault.log_entries()
        assert statement.kind is StatementKind.STAMP
        assert statement.subjects == (hashlib.sha256(done.stamp.token).hexdigest(),)
        assert statement.predicate["at_s"] == done.stamp.at_s

    def test_a_log_without_news_is_not_stamped_again(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        with served(local.answer) as url:
            authority = chosen(local, url)
            stamped(vault, authority)
            before = vault.mark()
            assert stamped(vault, authority) == (Done("test"),)
            assert vault.mark() == before
            settings.set_owner_name(vault, "Dominique", now_us=scene.NOON_US)
            (again,) = stamped(vault, authority)
        assert again.stamp is not None
        assert again.stamp.size == before.size + 1

    def test_two_authorities_stamp_the_same_entries(
        self, vault: Vault, local: LocalAuthority, tmp_path: Path
    ) -> None:
        other = new_authority(tmp_path / "other")
        with served(local.answer) as one, served(other.answer) as two:
            first, second = stamped(vault, chosen(local, one), chosen(other, two, name="other"))
        assert first.stamp is not None
        assert second.stamp is not None
        assert second.stamp.size == first.stamp.size + 1  # the entry of the first
        assert {stamp.name for stamp in stamps(vault)} == {"test", "other"}

    @pytest.mark.parametrize("years", [-10, 10])
    def test_a_clock_that_is_years_off_loses_nothing_and_is_told(
        self, vault: Vault, local: LocalAuthority, years: int
    ) -> None:
        before = vault.leaf_hashes()
        with served(local.answer) as url:
            (done,) = stamp_now(
                vault, [chosen(local, url)], clock=lambda: real_us() + years * YEAR_US
            )
        assert done.clock_is_off
        assert done.stamp is not None
        assert abs(done.stamp.at_s - time.time()) < 60
        assert abs(done.skew_s - years * 365 * 86_400) < 60
        assert vault.leaf_hashes()[: len(before)] == before

    def test_a_clock_that_runs_backwards_keeps_every_entry_in_its_place(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        for now_us in (real_us(), real_us() - 10 * YEAR_US, real_us() + 10 * YEAR_US, 1):
            settings.set_owner_name(vault, f"at {now_us}", now_us=now_us)
        hashes = vault.leaf_hashes()
        with served(local.answer) as url:
            stamped(vault, chosen(local, url))
        assert [leaf.leaf_hash for leaf in vault.leaves()][: len(hashes)] == hashes


class TestWhatIsWanted:
    """Promise: queued offline, and sent later."""

    def test_a_stamp_that_could_not_be_had_is_wanted_and_comes_later(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        with served(local.answer) as url:
            pass
        authority = chosen(local, url)
        (done,) = stamped(vault, authority)
        assert isinstance(done.error, UnreachableError)
        assert [wish.authority for wish in wanted(vault)] == ["test"]
        with served(local.answer) as url:
            (done,) = stamped(vault, chosen(local, url))
        assert done.stamp is not None
        assert wanted(vault) == ()

    def test_the_oldest_wish_stays(self, vault: Vault) -> None:
        want(vault, ["one"], now_us=1)
        before = vault.mark()
        want(vault, ["one"], now_us=2)
        assert vault.mark() == before
        want(vault, ["one", "two"], now_us=3)
        assert [(w.authority, w.since_us) for w in wanted(vault)] == [("one", 1), ("two", 3)]
        assert stamps(vault) == ()


class TestHostileAnswers:
    """Promise: wrong message, nonce, root, policy, certificate, bytes, length, pace."""

    def refused(self, vault: Vault, authority: ChosenAuthority) -> Done:
        (done,) = stamped(vault, authority)
        assert done.stamp is None
        assert stamps(vault) == ()
        return done

    def test_an_old_answer_is_refused(self, vault: Vault, local: LocalAuthority) -> None:
        kept: list[bytes] = []

        def answer(request: bytes) -> bytes:
            kept.append(local.answer(request))
            return kept[0]

        with served(answer) as url:
            stamped(vault, chosen(local, url))
            settings.set_owner_name(vault, "Dominique", now_us=scene.NOON_US)
            (done,) = stamped(vault, chosen(local, url))
        assert isinstance(done.error, StampRefusedError)
        assert len(stamps(vault)) == 1

    def test_the_answer_to_somebody_else_s_request_for_the_same_is_refused(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        mark = vault.mark()
        message = str(Checkpoint(vault.origin, mark.size, mark.root)).encode()
        other = local.answer(ask_for_stamp(message).body)
        with served(lambda _: other) as url:
            done = self.refused(vault, chosen(local, url))
        assert isinstance(done.error, StampRefusedError)

    def test_another_message_is_refused(self, vault: Vault, local: LocalAuthority) -> None:
        def answer(request: bytes) -> bytes:
            at = request.index(bytes.fromhex("0420")) + 2
            return local.answer(request[:at] + bytes(32) + request[at + 32 :])

        with served(answer) as url:
            done = self.refused(vault, chosen(local, url))
        assert isinstance(done.error, StampRefusedError)

    def test_another_policy_is_refused(self, vault: Vault, local: LocalAuthority) -> None:
        with served(local.answer) as url:
            done = self.refused(vault, chosen(local, url, policy=OTHER_POLICY))
        assert isinstance(done.error, StampRefusedError)

    def test_another_authority_is_refused(
        self, vault: Vault, local: LocalAuthority, tmp_path: Path
    ) -> None:
        with served(new_authority(tmp_path / "other").answer) as url:
            done = self.refused(vault, chosen(local, url))
        assert isinstance(done.error, StampRefusedError)

    def test_a_changed_byte_is_refused(self, vault: Vault, local: LocalAuthority) -> None:
        def answer(request: bytes) -> bytes:
            token = bytearray(local.answer(request))
            token[-1] ^= 1
            return bytes(token)

        with served(answer) as url:
            assert isinstance(self.refused(vault, chosen(local, url)).error, StampRefusedError)

    @pytest.mark.parametrize(
        ("status", "kind", "drip_s"),
        [(500, STAMP, 0), (302, STAMP, 0), (200, "text/html", 0), (200, STAMP, 0.3)],
    )
    def test_an_answer_of_another_manner_is_none(
        self, vault: Vault, local: LocalAuthority, status: int, kind: str, drip_s: float
    ) -> None:
        with served(local.answer, status=status, kind=kind, drip_s=drip_s) as url:
            (done,) = stamp_now(vault, [chosen(local, url)], clock=real_us, timeout_s=1.0)
        assert isinstance(done.error, UnreachableError)
        assert stamps(vault) == ()

    def test_an_endless_answer_is_cut(self, vault: Vault, local: LocalAuthority) -> None:
        with served(lambda _: bytes(1 << 20)) as url:
            assert isinstance(self.refused(vault, chosen(local, url)).error, UnreachableError)

    def test_what_is_no_http_is_no_answer(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:

            def speak() -> None:
                other, _ = server.accept()
                with other:
                    other.recv(4096)
                    other.sendall(b"220 mail ready\r\n\r\n")

            thread = threading.Thread(target=speak)
            thread.start()
            url = f"http://127.0.0.1:{server.getsockname()[1]}/"
            with pytest.raises(UnreachableError, match="something else"):
                post(Channel("odd", url, "a/b", "a/b", 10), b"x", timeout_s=60.0)
            thread.join()


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "",
            "tsa.example",
            "ftp://tsa.example/",
            "file:///etc/passwd",
            "http://",
            "http://user:secret@tsa.example/",
            "http://tsa.example/#x",
            "http://tsa.example:99999/",
            "http://tsa.example:0/",
            "http://tsa.example/\r\nX: y",
            "http://ts\u00e4.example/",
            "http://[::1/",
            "http://tsa.example/" + "a" * 600,
        ],
    )
    def test_an_odd_address_is_refused(self, url: str) -> None:
        with pytest.raises(BadOptionError):
            host_of(url)

    def test_the_host_is_what_people_are_shown(self) -> None:
        assert host_of("https://tsa.example:8080/x?y=1") == "tsa.example"

    def test_a_query_is_part_of_the_address(self) -> None:
        with served(lambda body: body, kind="a/b") as url:
            assert post(Channel("echo", f"{url}x?y=1", "a/b", "a/b", 10), b"hello") == b"hello"


class TestAuthorities:
    def test_is_kept_listed_replaced_and_forgotten(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        add_authority(vault, chosen(local, "http://one.example/", name="one"))
        add_authority(vault, chosen(local, "http://two.example/", name="two"))
        add_authority(vault, chosen(local, "https://one.example/", name="one"))
        assert [a.url for a in authorities.authorities(vault)] == [
            "https://one.example/",
            "http://two.example/",
        ]
        assert [a.name for a in authorities.chosen_authorities(vault, "")] == ["one", "two"]
        assert authorities.remove_authority(vault, "o", now_us=1).name == "one"
        assert [a.name for a in authorities.authorities(vault)] == ["two"]

    def test_none_at_all_is_said(self, vault: Vault) -> None:
        with pytest.raises(NoAuthorityError):
            authorities.chosen_authorities(vault, "")

    def test_a_name_that_none_or_two_have_is_said(
        self, vault: Vault, local: LocalAuthority
    ) -> None:
        for name in ("test 1", "test 2"):
            add_authority(vault, chosen(local, "http://a.example/", name=name))
        with pytest.raises(NotFoundError):
            authorities.remove_authority(vault, "other", now_us=1)
        with pytest.raises(AmbiguousNameError):
            authorities.remove_authority(vault, "test", now_us=1)

    def test_an_odd_name_or_address_is_refused(self, vault: Vault, local: LocalAuthority) -> None:
        with pytest.raises(BadNameError):
            add_authority(vault, chosen(local, "http://a.example/", name="a/b"))
        with pytest.raises(BadOptionError):
            add_authority(vault, chosen(local, "a.example"))

    def test_a_file_that_pins_nothing_is_refused(
        self, local: LocalAuthority, tmp_path: Path
    ) -> None:
        path = tmp_path / "pem"
        for data in (b"", b"\xff", local.root.pem.encode()):
            path.write_bytes(data)
            with pytest.raises(BadCertificateError):
                read_authority(path, "")
        path.write_bytes(bytes(70_000))
        with pytest.raises(TooLargeError):
            read_authority(path, "")
        path.write_text(local.pem)
        assert read_authority(path, POLICY).policy == POLICY

    def test_without_the_extra_nothing_is_asked(
        self, vault: Vault, local: LocalAuthority, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
        with pytest.raises(MissingExtraError):
            stamped(vault, chosen(local, "http://127.0.0.1:1/"))
