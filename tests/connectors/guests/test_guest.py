"""A guest with its child in this process: the real confinement is tried in tests/app."""

from __future__ import annotations

import io
import itertools
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from geowallet.connectors.api import ReadOptions
from geowallet.connectors.guests import guest as host_side
from geowallet.connectors.guests import inside, wire
from geowallet.connectors.guests.frames import ANSWER, END, FAILURE, PART, TRACE, answered
from geowallet.connectors.guests.guest import GuestConnector
from geowallet.connectors.guests.packages import package_of
from geowallet.model.errors import (
    ConnectorFailedError,
    ConnectorTimeoutError,
    NaiveTimeError,
    TooLargeError,
    UnreadableSourceError,
)
from geowallet.model.fixes import TimeKind
from geowallet.model.words import phrase
from geowallet.testing import connectors as kit
from tests.connectors import strangers

Make = Callable[..., GuestConnector]
Says = Callable[..., Iterator[bytes]]

UNREADABLE = """
from geowallet.model.errors import UnreadableSourceError as E
raise E(format='x', reason='y')"""
TELLING = """
r = rows(stream, options)
return ReadResult(r.traces, (Problem('at 48.6921', phrase('x')),))"""

END_OF_ALL = answered(END, b"")
NOTHING_MORE = answered(
    PART, msgspec.msgpack.encode({"problems": [], "untimed": 0, "note": None, "labels": []})
)


def here(name: str, module: str, setting: dict[str, Any], pieces: Any, *, patient: bool) -> Any:
    """Run the child's side in this process."""
    assert (name, module) == ("stranger", inside.__name__)
    sent = io.BytesIO(b"".join(pieces))
    heard: list[bytes] = []
    inside.prepare(setting)
    inside.serve(sent.read, heard.append)
    return iter(heard)


def saying(*heard: bytes) -> Says:
    """A child that says this, whatever it is asked."""
    return lambda *_, **__: iter(heard)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Make a guest from the code of a stranger."""
    monkeypatch.syspath_prepend(str(tmp_path))
    finders = list(sys.meta_path)

    def made(*, confined: Any = here, others: dict[str, str] | None = None, **parts: str) -> Any:
        strangers.install(tmp_path, strangers.code(**parts), others=others)
        return GuestConnector("stranger", (".str",), False, package_of("stranger"), confined)

    yield made
    sys.meta_path[:] = finders
    for module in ("strange", "beside", "beside.near"):
        sys.modules.pop(module, None)


def read(guest: GuestConnector, options: ReadOptions | None = None) -> Any:
    return guest.read(io.BytesIO(strangers.SAMPLE), options or ReadOptions())


class TestAnHonestGuest:
    def test_what_it_reads_arrives_whole(self, make: Make) -> None:
        result = read(make())
        assert [trace.device for trace in result.traces] == ["d0", "d1"]
        first = result.traces[0]
        assert first.time_kind is TimeKind.UTC
        assert first.fixes.time_us.tolist() == [1_000_000, 3_000_000]
        assert first.fixes.speed_mps.tolist() == [2.0, 2.0]
        assert np.isnan(first.fixes.accuracy_m).all()
        (problem, _years, _more) = (*result.problems, None, None)[:3]
        assert (problem.where, str(problem.what)) == ("line 7", "3 odd words")
        assert (result.untimed, str(result.note)) == (4, "a note")
        assert [label.value for label in result.labels] == ["bike"]

    def test_parts_and_pieces_are_one_result(
        self, make: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(wire, "MAX_FRAME_FIXES", 1)
        monkeypatch.setattr(host_side, "_PIECES", 1)
        guest = make()
        whole = read(guest)
        parts = list(guest.read_parts(io.BytesIO(strangers.SAMPLE), ReadOptions()))
        assert len(parts) == 3
        assert [len(trace.fixes) for trace in whole.traces] == [2, 1]
        assert whole.untimed == 4
        assert sum(part.fix_count for part in parts) == 3

    def test_one_that_reads_in_parts_is_asked_for_parts(self, make: Make) -> None:
        top = """
def read_parts(self, stream, options):
    for word in stream.read().split()[1:]:
        yield rows(io.BytesIO(b"stranger " + word), options)
Stranger.read_parts = read_parts
"""
        guest = make(read="raise KeyError", top=top)
        assert len(list(guest.read_parts(io.BytesIO(strangers.SAMPLE), ReadOptions()))) == 3
        assert read(guest).fix_count == 3

    def test_it_says_what_it_is_and_claims_its_own(self, make: Make) -> None:
        guest = make()
        assert guest.describe() == wire.Manners("stranger", [".str"], generic=False)
        assert (guest.sniff(b"stranger"), guest.sniff(b"friend")) == (True, False)

    def test_it_has_its_own_modules_and_files(self, make: Make) -> None:
        others = {
            "beside/__init__.py": "import pkgutil\n",
            "beside/near.py": "from . import pkgutil\nEND = pkgutil.get_data('beside', 'd.txt')\n",
            "beside/d.txt": ".xyz",
        }
        code = "import beside.near as near\nself.extensions = (near.END.decode(),)\nreturn True"
        guest = make(sniff=code, others=others)
        assert guest.sniff(b"x")
        guest = GuestConnector("stranger", (), False, guest.package, here)
        top = guest.package.files["strange.py"]
        assert b"beside" in top

    def test_a_file_that_it_does_not_carry_is_missing(self) -> None:
        with pytest.raises(FileNotFoundError):
            inside.Carried({}).get_data("x")
        assert inside.Carried({"a/b.py": b""}).find_spec("a", None) is not None
        assert inside.Carried({"a/b.py": b""}).find_spec("b", None) is None

    def test_the_owner_may_say_a_zone_and_no_secret(self, make: Make) -> None:
        seen: list[Any] = []

        def watching(*arguments: Any, patient: bool) -> Any:
            seen.append(arguments[2])
            return here(*arguments, patient=patient)

        code = (
            "assert (options.secret, options.unbox) == (None, None)\n"
            "devices = Devices()\n"
            "devices.add('', 0, TimeKind.NAIVE, 0.0, 1.0)\n"
            "return devices.result(options)"
        )
        guest = make(read=code, confined=watching)
        options = ReadOptions(zone="Europe/Paris", secret=b"s3cr1t", unbox=lambda _, box: box)
        result = read(guest, options)
        assert result.traces[0].fixes.time_us.tolist() == [-3_600_000_000]
        assert seen[0]["zone"] == "Europe/Paris"
        assert b"s3cr1t" not in repr(seen).encode()
        with pytest.raises(NaiveTimeError):
            read(guest)
        inside.prepare({"modules": ["no_such"], "zone": "No/Where"})

    def test_the_kit_runs_beside_it(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        found = (phrase("{what}: raises {kind}", what="a truncation", kind="KeyError"),)
        monkeypatch.setattr(kit, "check_connector", lambda *_, **__: found)
        assert make().check(strangers.SAMPLE, ReadOptions()) == found

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            (
                "from geowallet.model.errors import TooLargeError as E\nraise E(limit='x')",
                TooLargeError,
            ),
            (
                UNREADABLE,
                UnreadableSourceError,
            ),
        ],
    )
    def test_an_error_of_its_own_arrives(
        self, code: str, error: type[Exception], make: Make
    ) -> None:
        with pytest.raises(error):
            read(make(read=code))


class TestAFailingGuest:
    """Promise: "ConnectorFailedError: It crashed, or said what no connector may say"."""

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("raise KeyError('48.6921')", "stopped on this file"),
            ("raise SystemExit(0)", "stopped on this file"),
            ("raise TypeError('x')", "stopped on this file"),
            ("raise MemoryError", "more memory"),
            ("return None", "something else than traces"),
            ("import no_such_module", "stopped on this file"),
            (
                "from geowallet.model.errors import VaultLockedError as E\nraise E",
                "no connector may say",
            ),
            (
                "from geowallet.model.errors import TooLargeError as E\nraise E(limit='48.6921')",
                "no connector may say",
            ),
            (
                TELLING,
                "no connector may say",
            ),
        ],
    )
    def test_is_an_error_with_its_name_and_without_its_words(
        self, code: str, reason: str, make: Make
    ) -> None:
        with pytest.raises(ConnectorFailedError, match=f"stranger failed: .*{reason}") as caught:
            read(make(read=code))
        assert "48.69" not in str(caught.value)

    def test_code_that_does_not_load_says_so(self, make: Make) -> None:
        with pytest.raises(ConnectorFailedError, match="cannot be loaded"):
            make(top="import no_such_module").describe()

    def test_one_that_fails_to_sniff_claims_nothing(self, make: Make) -> None:
        assert not make(sniff="raise KeyError").sniff(b"x")

    def test_one_that_is_stopped_claims_nothing(self, make: Make) -> None:
        def late(*_: Any, **__: Any) -> Iterator[bytes]:
            raise ConnectorTimeoutError(name="stranger", seconds=20)

        guest = make(confined=late)
        assert not guest.sniff(b"x")
        with pytest.raises(ConnectorTimeoutError):
            read(guest)


def trace_frame(device: str = "", *, count: int = 1, goes_on: bool = False) -> bytes:
    packed = msgspec.msgpack.encode(wire.TraceHead(device, TimeKind.UTC, count, goes_on))
    columns = np.zeros(count * 7).tobytes()
    return answered(TRACE, struct.pack(">H", len(packed)) + packed + columns)


def part_frame(**counts: int) -> bytes:
    doubt = wire.Doubt("x", wire.Sentence("y", {}), 1)
    label = wire.Label(0, 0, "mode", "bike", "")
    part = wire.PartEnd(
        [doubt] * counts.get("problems", 0), 0, None, [label] * counts.get("labels", 0)
    )
    return answered(PART, msgspec.msgpack.encode(part))


class TestAHostileGuest:
    @pytest.mark.parametrize(
        "heard",
        [
            pytest.param([], id="nothing"),
            pytest.param([b"garbage of some length"], id="garbage"),
            pytest.param([NOTHING_MORE], id="no end"),
            pytest.param([END_OF_ALL, NOTHING_MORE], id="more after the end"),
            pytest.param([NOTHING_MORE, END_OF_ALL[:-1]], id="half an end"),
            pytest.param([answered(b"X", b""), END_OF_ALL], id="no such frame"),
            pytest.param([answered(ANSWER, b"\xc3"), END_OF_ALL], id="an answer to a reading"),
            pytest.param([answered(PART, b"\xc1"), END_OF_ALL], id="no message"),
            pytest.param([answered(PART, b"\x91" * 5000 + b"\x00")], id="a deep message"),
            pytest.param([answered(TRACE, b""), END_OF_ALL], id="no trace"),
            pytest.param([answered(FAILURE, b"\xc0")], id="no failure"),
            pytest.param(
                [answered(FAILURE, b"\x82\xa4code\xa5crash\xa7details\x91\x01")], id="list"
            ),
            pytest.param(
                [part_frame(problems=wire.MAX_PROBLEMS), part_frame(problems=1), END_OF_ALL],
                id="too many problems",
            ),
            pytest.param(
                [part_frame(labels=wire.MAX_LABELS), part_frame(labels=1), END_OF_ALL],
                id="too many labels",
            ),
            pytest.param(
                [*([trace_frame()] * (wire.MAX_TRACES + 1)), NOTHING_MORE, END_OF_ALL],
                id="too many traces",
            ),
        ],
    )
    def test_is_not_believed(self, heard: list[bytes], make: Make) -> None:
        with pytest.raises(ConnectorFailedError, match="no connector may say"):
            read(make(confined=saying(*heard)))

    def test_is_not_heard_without_end(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(host_side, "SPOKEN_BYTES", 100_000)
        endless = itertools.repeat(NOTHING_MORE)
        guest = make(confined=lambda *_, **__: endless)
        with pytest.raises(ConnectorFailedError, match="no connector may say"):
            for _part in guest.read_parts(io.BytesIO(b""), ReadOptions()):
                pass

    @pytest.mark.parametrize(
        "heard",
        [
            [END_OF_ALL],
            [answered(ANSWER, b"\xc3"), answered(ANSWER, b"\xc3"), END_OF_ALL],
            [answered(ANSWER, b"\x01"), END_OF_ALL],
            [NOTHING_MORE, END_OF_ALL],
        ],
    )
    def test_claims_nothing_by_another_answer(self, heard: list[bytes], make: Make) -> None:
        assert not make(confined=saying(*heard)).sniff(b"stranger")

    @pytest.mark.parametrize("ending", ["gpx", ".GPX", "../x", ".a b", "." + "x" * 17])
    def test_cannot_call_itself_anything(self, ending: str, make: Make) -> None:
        manners = {"name": "stranger", "extensions": [ending], "generic": False}
        answer = answered(ANSWER, msgspec.msgpack.encode(manners))
        with pytest.raises(ConnectorFailedError):
            make(confined=saying(answer, END_OF_ALL)).describe()


def test_a_host_that_hangs_up_is_an_end() -> None:
    with pytest.raises(EOFError):
        inside.Frames(io.BytesIO(b"\x00\x00").read).next()
