"""Connectors of other packages in the real confinement."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from geowallet.app.intake import guests, trusting
from geowallet.app.intake.trust import trusted
from geowallet.app.intake.trusting import Lodger, State, distrust, lodgers, trust
from geowallet.app.locations import trust_file
from geowallet.connectors.api import ReadOptions, ReadResult
from geowallet.connectors.guests.packages import package_of
from geowallet.evaluator import trial, visit
from geowallet.evaluator.child import Pace
from geowallet.evaluator.escapes import ATTEMPTS, EXEC, SPIN
from geowallet.evaluator.worker import as_line
from geowallet.model.errors import (
    ArchiveError,
    ConnectorChangedError,
    ConnectorDigestError,
    ConnectorFailedError,
    ConnectorNotTrustedError,
    ConnectorTimeoutError,
    ConnectorUnconfinedError,
    ConnectorUnusableError,
    TrustFileError,
    UnknownConnectorError,
    UnknownFormatError,
)
from tests.connectors import strangers
from tests.connectors.samples_inline import GPX

ESCAPING = """
from geowallet.evaluator.escapes import ATTEMPTS, Targets, refusal
folder, tcp, udp, host, *without = stream.read().decode().split()[1:]
targets = Targets(folder, int(tcp), int(udp), int(host))
r = ReadResult(())
problems = [
    Problem(name, phrase("{errno} told", errno=refusal(attempt, targets)))
    for name, attempt in ATTEMPTS.items()
    if name not in without
]
return ReadResult((), tuple(problems))
"""
"""Makes the twelve attempts of `geowallet.evaluator.escapes`, but for the endless loop."""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GEOWALLET_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv(guests.SWITCH, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    return tmp_path / "site"


def read(
    data: bytes = strangers.SAMPLE, name: str = "x.str", form: str | None = None
) -> tuple[str, list[ReadResult]]:
    options = ReadOptions()
    found, parts = guests.read_source_parts(name, io.BytesIO(data), options=options, format=form)
    return found, list(parts)


def settle(site: Path, **parts: str) -> Path:
    """Install a stranger and trust it."""
    module = strangers.install(site, strangers.code(**parts))
    trust(package_of("stranger"))
    return module


class TestTrust:
    def test_off_until_trusted_and_nothing_of_it_runs(self, site: Path) -> None:
        strangers.install(site, "raise RuntimeError('this code ran')")
        assert lodgers() == (Lodger("stranger", "strange-stranger", "1.2", State.UNTRUSTED),)
        with pytest.raises(UnknownFormatError):
            read()
        with pytest.raises(ConnectorNotTrustedError, match="stranger"):
            read(form="stranger")
        assert "strange" not in sys.modules

    def test_what_is_trusted_reads_and_never_in_this_process(self, site: Path) -> None:
        settle(site)
        (lodger,) = lodgers()
        assert (lodger.state, lodger.extensions) == (State.TRUSTED, (".str",))
        for name, form in (("x.str", None), ("anything", "stranger")):
            found, (part,) = read(name=name, form=form)
            assert (found, part.fix_count) == ("stranger", 3)
        assert "strange" not in sys.modules

    def test_a_changed_byte_turns_it_off_and_says_so(self, site: Path) -> None:
        module = settle(site)
        module.write_text(module.read_text() + "\n")
        assert [lodger.state for lodger in lodgers()] == [State.CHANGED]
        for form in (None, "stranger"):
            with pytest.raises(ConnectorChangedError, match="stranger"):
                read(form=form)
        with pytest.raises(UnknownFormatError):
            read(name="x.dat")
        trust(package_of("stranger"))
        assert read()[0] == "stranger"

    def test_what_was_shown_is_what_is_trusted(self, site: Path) -> None:
        module = strangers.install(site, strangers.code())
        shown = package_of("stranger")
        module.write_text("raise RuntimeError('slipped in')")
        trust(shown)
        assert [lodger.state for lodger in lodgers()] == [State.CHANGED]

    def test_trust_is_taken_back(self, site: Path) -> None:
        settle(site)
        distrust("stranger")
        assert [lodger.state for lodger in lodgers()] == [State.UNTRUSTED]
        with pytest.raises(UnknownConnectorError):
            distrust("stranger")

    def test_a_package_that_is_gone_is_listed_and_harmless(
        self, site: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle(site)
        monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(site)])
        assert [lodger.state for lodger in lodgers()] == [State.GONE]
        with pytest.raises(UnknownFormatError):
            read()
        with pytest.raises(UnknownFormatError):
            read(form="stranger")

    def test_all_are_off_by_the_switch(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settle(site)
        monkeypatch.setenv(guests.SWITCH, "none")
        for form in (None, "stranger"):
            with pytest.raises(UnknownFormatError):
                read(form=form)

    def test_the_digest_that_was_asked_for_must_be_its(self, site: Path) -> None:
        strangers.install(site, strangers.code())
        package = package_of("stranger")
        with pytest.raises(ConnectorDigestError):
            trust(package, digest="0" * 64)
        assert trust(package, digest=f"sha256:{package.digest.upper()}").sha256 == package.digest

    def test_one_that_calls_itself_otherwise_is_not_trusted(self, site: Path) -> None:
        strangers.install(site, strangers.code(top="Stranger.name = 'gpx'"))
        with pytest.raises(ConnectorFailedError, match="otherwise"):
            trust(package_of("stranger"))
        assert trusted(trust_file()) == {}

    def test_one_that_takes_a_name_of_ours_cannot_be_used(self, site: Path) -> None:
        strangers.install(site, strangers.code(), name="gpx")
        (lodger,) = lodgers()
        assert lodger.state is State.UNUSABLE
        assert lodger.reason
        with pytest.raises(ConnectorUnusableError):
            guests.package_named("gpx")


class TestTheList:
    def test_is_of_its_owner_alone(self, site: Path) -> None:
        settle(site)
        assert stat.S_IMODE(trust_file().stat().st_mode) == 0o600

    def test_that_others_may_write_is_not_used(self, site: Path) -> None:
        settle(site)
        trust_file().chmod(0o620)
        with pytest.raises(TrustFileError, match="write"):
            read()
        assert read(GPX)[0] == "gpx"

    def test_of_another_owner_is_not_used(
        self, site: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle(site)
        monkeypatch.setattr(os, "getuid", lambda: 12_345)
        with pytest.raises(TrustFileError, match="write"):
            lodgers()

    @pytest.mark.parametrize(
        "text",
        ["", "[]", '{"schema": "geowallet.trust/2", "connectors": []}', '{"connectors": []}'],
    )
    @pytest.mark.usefixtures("site")
    def test_of_another_shape_is_not_used(self, text: str) -> None:
        trust_file().parent.mkdir()
        trust_file().write_text(text)
        with pytest.raises(TrustFileError, match="no such list"):
            lodgers()

    @pytest.mark.usefixtures("site")
    def test_that_cannot_be_read_is_said(self) -> None:
        trust_file().mkdir(parents=True)
        with pytest.raises(TrustFileError, match="cannot be read"):
            lodgers()

    def test_is_plain_json(self, site: Path) -> None:
        settle(site)
        (known,) = json.loads(trust_file().read_text())["connectors"]
        assert known["sha256"] == package_of("stranger").digest


@pytest.fixture
def targets() -> Iterator[list[str]]:
    with ExitStack() as stack:
        yield trial._targets(stack)


class TestConfinement:
    """Promise: "no other file, no network, no process, no key"."""

    def test_every_escape_is_refused(
        self, site: Path, targets: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle(site, read=ESCAPING)
        # What the attempts need is loaded before, so that each is really made.
        monkeypatch.setattr(visit, "as_line", _with("geowallet.evaluator.escapes"))
        _, (part,) = read(" ".join(("stranger", *targets)).encode())
        told = {problem.where: dict(problem.what.values)["errno"] for problem in part.problems}
        assert set(told) == set(ATTEMPTS)
        assert {name for name, errno in told.items() if errno == 0} == set()
        assert len({*told, SPIN}) == 12

    def test_the_attempts_bite_where_nothing_is_closed(
        self, site: Path, targets: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settle(site, read=ESCAPING)
        open_child = (
            "import sys; sys.path.append(sys.argv[1])\n"
            "from geowallet.evaluator import confine, resident, layers\n"
            "resident.lock_down = lambda *_: {name: 1 for name in layers.LayerName}\n"
            "resident.main(sys.argv[3:])"
        )
        monkeypatch.setattr("geowallet.evaluator.child.START", open_child)
        monkeypatch.setattr(visit, "as_line", _with("geowallet.evaluator.escapes"))
        # Another program would end this one.
        _, (part,) = read(" ".join(("stranger", *targets, EXEC)).encode())
        told = {problem.where: dict(problem.what.values)["errno"] for problem in part.problems}
        done = {name for name, errno in told.items() if errno == 0}
        assert done >= {"read-file", "write-file", "tcp", "udp", "unix-socket", "fork", "kill"}

    def test_an_endless_loop_is_stopped(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settle(site, read="while True: pass")
        monkeypatch.setattr(guests, "READING", Pace(quiet_s=1))
        with pytest.raises(ConnectorTimeoutError, match="stranger"):
            read(form="stranger")

    def test_one_that_drips_is_stopped(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        top = """
def read_parts(self, stream, options):
    import time
    until = time.monotonic() + 60
    while time.monotonic() < until:
        yield ReadResult(())
Stranger.read_parts = read_parts
"""
        settle(site, top=top)
        monkeypatch.setattr(guests, "READING", Pace(quiet_s=9, start_s=0))
        with pytest.raises(ConnectorTimeoutError):
            read(form="stranger")

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("return bytearray(1 << 30)", "more memory"),
            ("import os; os._exit(0)", "no connector may say"),
            ("import os; os._exit(3)", "without an answer"),
            ("import os; os.write(1, b'x' * 99); os._exit(0)", "no connector may say"),
            ("import os; os.abort()", "without an answer"),
            ("import socket", "stopped on this file"),
            ("import geowallet.vault.store", "stopped on this file"),
            ("open('/etc/hostname')", "stopped on this file"),
        ],
    )
    def test_what_it_may_not_do_is_an_error_with_its_name(
        self, code: str, reason: str, site: Path
    ) -> None:
        settle(site, read=code)
        with pytest.raises(ConnectorFailedError, match=f"stranger failed: .*{reason}"):
            read(form="stranger")

    def test_a_missing_layer_is_no_run(self, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settle(site)
        monkeypatch.setattr(visit, "missing", lambda _: ("seccomp/landlock",))
        for form in (None, "stranger"):
            with pytest.raises(ConnectorUnconfinedError, match="seccomp/landlock"):
                read(form=form)

    def test_an_error_of_the_source_itself_stays_what_it_is(self, site: Path) -> None:
        settle(site)

        class Damaged(io.BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                if self.tell() > 4096:
                    raise ArchiveError(reason="x")
                return super().read(size)

        stream = Damaged(strangers.SAMPLE + b" 1" * 100_000)
        options = ReadOptions()
        _, parts = guests.read_source_parts("x", stream, options=options, format="stranger")
        with pytest.raises(ArchiveError):
            list(parts)

    def test_a_source_larger_than_any_pipe_is_streamed(self, site: Path) -> None:
        settle(
            site,
            read="n = 0\nwhile b := stream.read(9999): n += len(b)\n"
            "return ReadResult((), untimed=n)",
        )
        _, (part,) = read(b"stranger" + b" " * 5_000_000)
        assert part.untimed == 5_000_008

    def test_the_tools_for_small_files_fit_its_memory(self, site: Path) -> None:
        code = "from geowallet.connectors.streams import whole\n"
        settle(site, read=code + "return ReadResult((), untimed=len(whole(stream)))")
        _, (part,) = read()
        assert part.untimed == len(strangers.SAMPLE)

    def test_one_that_does_not_read_to_the_end_may_answer(self, site: Path) -> None:
        settle(site, read="return ReadResult((), untimed=7)")
        _, (part,) = read(b"stranger" + b" " * 5_000_000)
        assert part.untimed == 7

    def test_the_kit_runs_with_it(self, site: Path) -> None:
        settle(site)
        found = guests.lodged("stranger", trusted(trust_file()))
        findings = found.check(strangers.SAMPLE, ReadOptions())
        assert "{what}: raises {kind}" in {finding.text for finding in findings}


def _with(module: str) -> Any:
    """Return a writer of the setting that has one more module loaded."""

    def written(setting: dict[str, Any]) -> bytes:
        return as_line(setting | {"modules": [*setting["modules"], module]})

    return written


def test_what_it_can_do_is_said_in_sentences() -> None:
    assert all(str(sentence).endswith(".") for sentence in trusting.CAN)
