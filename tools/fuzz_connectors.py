"""Read damaged samples with every built-in connector; nothing but a clean error may come of it.

    python tools/fuzz_connectors.py --seed 1 --count 1000000 --seconds 300

Samples are those that the tests hold, and small files of the reference corpus where it is
there. The same seed damages them in the same way. Inputs are read whole, in parts, or packed
into an archive that is damaged in its turn; time and memory of each are bounded.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import importlib
import io
import lzma
import os
import random
import resource
import sys
import tarfile
import time
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from geowallet.connectors.api import HEAD_BYTES, PartsConnector, ReadOptions
from geowallet.connectors.archives import open_members
from geowallet.connectors.registry import BUILTIN
from geowallet.connectors.source import read_source_parts
from geowallet.model.errors import GeowalletError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from geowallet.connectors.api import Connector

    Reading = Callable[[Connector, bytes], None]

ROOT = Path(__file__).parent.parent
OPTIONS = ReadOptions(zone="Europe/Paris")
SLOW_S = 1.0
"""An input that takes longer is counted."""
MIB = 1 << 20
MEMORY_BYTES = 80 * MIB
"""An input, of some kilobytes, that takes more is counted; unpacking xz may take 72."""
TRACED_EVERY = 16
"""Of the others only the growth of the whole process is seen, which is a peak so far."""
MAX_SAMPLE_BYTES = 12_000
SAMPLES_EACH = 6
"""Per connector: small ones first, so that many inputs are read."""

AWKWARD = (
    *(b"NaN", b"-1", b"1e999", b"9" * 25, b"null", b"true", b'"', b"{", b"[", b"]", b"}"),
    *(b"<", b">", b"&", b"\x00", b"\xff\xfe", b"\r\n", b",", b";", b"-", b"", b"T25:61:61Z"),
    *("٣".encode(), b"[[[[", b"-0", b"0x1F", b"1_0"),
)
"""What replaces a piece of a sample."""


def main() -> None:
    """Read as many inputs as asked for and print what came of them."""
    parser = argparse.ArgumentParser(description="Fuzz the built-in connectors.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100_000, help="most inputs")
    parser.add_argument("--seconds", type=float, default=300, help="longest time")
    choices = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    samples = dict(all_samples())
    found = fuzz(samples, seed=choices.seed, count=choices.count, seconds=choices.seconds)
    for connector in BUILTIN:
        print(f"{connector.name:18s} {len(samples[connector.name])} samples")
    for what in sorted(found):
        print(f"{what}: {found[what]}")
    print(f"most memory of the process: {_peak_bytes() // MIB} MiB")
    sys.exit(1 if set(found) - set(COUNTED) else 0)


def fuzz(samples: dict[str, list[bytes]], *, seed: int, count: int, seconds: float) -> Counter[str]:
    """Return how many inputs were read and refused, and every finding with its number."""
    found: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
    until_s = time.monotonic() + seconds
    for index in range(count):
        connector = BUILTIN[index % len(BUILTIN)]
        if not samples[connector.name]:
            continue
        if time.monotonic() > until_s:
            break
        chance = random.Random(f"{seed}/{index}")  # noqa: S311  reproducible damage, no secret
        data = damaged(chance.choice(samples[connector.name]), chance)
        what, how = chance.choice(WAYS)
        if how is not _read_whole:
            found[what] += 1
        if how is _read_archive:
            data = packed(data, chance)
        found["inputs"] += 1
        found.update(_measured(connector, data, index, how))
    return found


def _measured(connector: Connector, data: bytes, index: int, how: Reading) -> Iterator[str]:
    """Yield what came of one input, and whether it took too long or too much."""
    traced = index // len(BUILTIN) % TRACED_EVERY == 0
    if traced:
        tracemalloc.start()
    before_s, before_bytes = time.monotonic(), _peak_bytes()
    yield from _outcome(connector, data, index, how)
    took_bytes = _peak_bytes() - before_bytes
    if traced:
        took_bytes = max(took_bytes, tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    if time.monotonic() - before_s > SLOW_S:
        yield f"{connector.name}: over {SLOW_S} s, input {index}"
    if took_bytes > MEMORY_BYTES:
        yield f"{connector.name}: over {MEMORY_BYTES // MIB} MiB, input {index}"


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _outcome(connector: Connector, data: bytes, index: int, how: Reading) -> Iterator[str]:
    try:
        connector.sniff(data[:HEAD_BYTES])
        how(connector, data)
    except GeowalletError:
        yield "refused"
    except Exception as error:  # noqa: BLE001  what is counted here is that nothing else is raised
        yield f"{connector.name}: {type(error).__name__}, input {index}"


def _read_whole(connector: Connector, data: bytes) -> None:
    connector.read(io.BytesIO(data), OPTIONS)


def _read_parts(connector: Connector, data: bytes) -> None:
    if isinstance(connector, PartsConnector):
        for _ in connector.read_parts(io.BytesIO(data), OPTIONS):
            pass
    else:
        _read_whole(connector, data)


def _read_archive(connector: Connector, data: bytes) -> None:
    for member in open_members("x" + connector.extensions[0], io.BytesIO(data)):
        _name, parts = read_source_parts(member.name, member.stream, options=OPTIONS)
        for _ in parts:
            pass


WAYS: tuple[tuple[str, Reading], ...] = (
    *(("", _read_whole),) * 5,
    *(("in parts", _read_parts),) * 2,
    ("archives", _read_archive),
)
"""How an input is read: five in eight whole."""
COUNTED = ("inputs", "refused", "in parts", "archives")
"""What is counted and is no finding."""


def packed(data: bytes, chance: random.Random) -> bytes:
    """Return an archive of ``data``, one in another now and then, mostly damaged."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice((_zipped, gzip.compress, bz2.compress, lzma.compress, _tarred))(data)
    return damaged(data, chance) if chance.random() < 0.8 else data


def _zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/x", data)
        archive.writestr("b.txt", b"hello")
    return stream.getvalue()


def _tarred(data: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo("x")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def damaged(sample: bytes, chance: random.Random) -> bytes:
    """Return a sample with one to eight of its pieces changed."""
    data = bytearray(sample)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 4, 16, 64)))
        other = chance.randrange(len(data) + 1)
        data[start:end] = chance.choice(
            (
                bytes([chance.randrange(256)]),
                chance.choice(AWKWARD),
                data[other : other + chance.randrange(1, 200)],
                b"",
            )
        )
    if chance.random() < 0.1:
        del data[chance.randrange(len(data) + 1) :]
    return bytes(data)


def all_samples() -> Iterator[tuple[str, list[bytes]]]:
    """Yield the name of every connector with the samples that it claims and reads."""
    known = sorted({*_of_tests(), *_of_corpus()}, key=lambda data: (len(data), data))
    for connector in BUILTIN:
        good = [data for data in known if connector.sniff(data[:HEAD_BYTES])]
        yield connector.name, [data for data in good if _reads(connector, data)][:SAMPLES_EACH]


def _reads(connector: Connector, data: bytes) -> bool:
    try:
        result = connector.read(io.BytesIO(data), OPTIONS)
    except GeowalletError:
        return False
    return bool(result.fix_count or result.labels)


def _of_tests() -> Iterator[bytes]:
    for path in sorted((ROOT / "tests" / "connectors").glob("*.py")):
        module = importlib.import_module(f"tests.connectors.{path.stem}")
        for value in vars(module).values():
            if isinstance(value, bytes | str) and 40 <= len(value) <= MAX_SAMPLE_BYTES:
                yield value.encode() if isinstance(value, str) else value


def _of_corpus() -> Iterator[bytes]:
    corpus = Path(os.environ.get("GEOWALLET_CORPUS", ROOT.parent / "shared" / "data" / "corpus"))
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and "hostile" not in path.parts:
            size = path.stat().st_size
            if 40 <= size <= MAX_SAMPLE_BYTES:
                yield path.read_bytes()


if __name__ == "__main__":
    main()
