from __future__ import annotations

import base64
import json
from pathlib import Path

import msgspec
import pytest
from nacl.bindings import crypto_secretbox

from geowallet.app.intake import ingest
from geowallet.app.intake.inspect import inspect
from geowallet.app.intake.sources import Source, sources
from geowallet.app.locations import Locations
from geowallet.connectors.api import ReadOptions, SourceLabel
from tests.app import scene

START_S = 1_777_881_600
START_US = START_S * 1_000_000
CAR = [
    {"name": "ignition_status", "value": "run", "timestamp": START_S},
    {"name": "odometer", "value": 1000.5, "timestamp": START_S},
    {"name": "latitude", "value": 48.0, "timestamp": START_S},
    {"name": "longitude", "value": 2.0, "timestamp": START_S},
]
SECRET = b"shared with the phone"


def ingested(here: Locations, path: Path, options: ReadOptions) -> ingest.Imported:
    manner = ingest.Manner(options, None, lambda: scene.NOON_US)
    with scene.opened(here) as vault:
        (file,) = ingest.ingest(vault, [str(path)], manner, progress=scene.no_progress).files
    return file


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    fix = {"_type": "location", "lat": 48.0, "lon": 2.0, "tst": START_S}
    nonce = bytes(24)
    box = nonce + crypto_secretbox(json.dumps(fix).encode(), nonce, SECRET.ljust(32, b"\0"))
    path = tmp_path / "sealed.json"
    data = base64.b64encode(box).decode()
    path.write_text(json.dumps({"_type": "encrypted", "data": data}))
    return path


def test_labels_are_kept_with_their_source(empty: Locations, tmp_path: Path) -> None:
    path = tmp_path / "car.json"
    path.write_text("".join(json.dumps(message) + "\n" for message in CAR))
    assert ingested(empty, path, ReadOptions()).outcome == "read"
    with scene.opened(empty) as vault:
        (source,) = sources(vault)
    assert source.labels == (
        SourceLabel(START_US, START_US, "ignition", "run"),
        SourceLabel(START_US, START_US, "odometer_m", "1000500"),
    )


def test_a_record_of_before_has_none() -> None:
    old = {
        "sha256": "", "container": "", "name": "", "length": 0, "connector": "gpx",
        "imported_us": 0, "problems": 0, "traces": [],
    }  # fmt: skip
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(old), type=Source).labels == ()


def test_a_sealed_source_is_read_with_its_secret(empty: Locations, sealed: Path) -> None:
    assert ingested(empty, sealed, ReadOptions(secret=SECRET)).fixes == 1
    (report,) = inspect([sealed], options=ReadOptions(secret=SECRET))
    assert (report.format, report.fixes) == ("owntracks", 1)


@pytest.mark.parametrize(
    ("secret", "code"), [(None, "source.encrypted"), (b"another", "source.wrong_secret")]
)
def test_without_its_secret_it_is_refused(
    empty: Locations, sealed: Path, secret: bytes | None, code: str
) -> None:
    file = ingested(empty, sealed, ReadOptions(secret=secret))
    assert (file.outcome, file.error and file.error.code) == ("refused", code)
    (report,) = inspect([sealed], options=ReadOptions(secret=secret))
    assert report.error is not None
    assert report.error.code == code
