"""Known positions, names and secrets go in; nothing that comes out holds them."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from geowallet.app import wallet
from geowallet.app.desk import desk
from geowallet.app.locations import Locations
from geowallet.app.travel import trips
from geowallet.crypto.encoding import unb64u
from geowallet.crypto.keys import KdfCost
from geowallet.model.mobility import Point
from geowallet.verify.open import open_sealed_export
from tests.app import scene
from tests.faults.forked import program

pytestmark = pytest.mark.slow

LAT_DEG, LON_DEG = 48.1234567, 2.7654321
HOME = Point(LAT_DEG, LON_DEG)
OFFICE = Point(48.1987654, 2.7123987)

SPOKEN = "seventeen purple herons dancing"
DESK_SPOKEN = "ostrich ledger umbrella desk"

PLACE_NAMES = ("Canaryhome Nightingale", "Canarywork Kingfisher")
PLATE = "CN-987-RY"
DEVICE = "canaryphone"
FILE_FOLDER = "canaryfolder"

NEAR = 0.00005
"""How far, in degrees, a number may be from a planted one and still tell it: 5 metres."""


def forms_of(value: float) -> list[bytes]:
    """Return how a coordinate may be written, whole and shortened to some 100 metres."""
    micro, seven = round(value * 1e6), round(value * 1e7)
    minutes = (value % 1) * 60
    texts = [
        *(f"{value:.{digits}f}" for digits in range(3, 8)),
        *(f"{int(value * 10**digits) / 10**digits:.{digits}f}" for digits in range(3, 8)),
        str(seven),
        str(micro),
        f"{value:.7e}",
        f"{value:.5e}",
        f"{value:.7E}",
        f"{int(value)}{minutes:07.4f}",
        value.hex(),
    ]
    texts += [text.replace(".", ",") for text in texts if "." in text]
    packed = [
        struct.pack(order + kind, number)
        for order in "<>"
        for kind, number in (("d", value), ("i", seven), ("q", seven), ("i", micro))
    ]
    return [text.encode() for text in texts] + packed + [p.hex().encode() for p in packed]


COORDINATES = [
    form
    for value in (LAT_DEG, LON_DEG, OFFICE.lat_deg, OFFICE.lon_deg)
    for form in forms_of(value)
    if len(form) >= 5  # two figures after the point would also be hours
]


@dataclasses.dataclass
class Outside:
    """A machine with one owner, and all that its commands said."""

    root: Path
    said: list[tuple[str, int, bytes]] = dataclasses.field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("home", "tmp", "state", "out"):
            (self.root / name).mkdir(parents=True)
        (self.root / "pp").write_text(SPOKEN + "\n")
        (self.root / "desk-pp").write_text(DESK_SPOKEN + "\n")

    @property
    def locations(self) -> Locations:
        return Locations(self.root / "wallet.gwv", self.root / "desk", self.root / "state")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root / "home"),
            "TMPDIR": str(self.root / "tmp"),
            "GEOWALLET_WALLET": str(self.root / "wallet.gwv"),
            "GEOWALLET_STATE": str(self.root / "state"),
            "GEOWALLET_DESK": str(self.root / "desk"),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "LC_ALL": "C.UTF-8",
        } | {key: value for key, value in os.environ.items() if key.startswith("COVERAGE")}

    def run(self, *arguments: str, status: int | None = 0, who: str = "pp") -> str:
        """Run one command, keep what it said, and return its stdout."""
        spoken = {"GEOWALLET_PASSPHRASE_FILE": str(self.root / who)}
        done = program(arguments, self.environment | spoken, self.root / "out")
        command = " ".join(arguments[:3])
        self.said += [(command, done.status, done.out), (command, -1, done.err)]
        shown = (command, done.status, done.err.decode()[-400:])
        assert status is None or done.status == status, shown
        assert b"[bug]" not in done.err, shown
        assert b"Traceback" not in done.err, shown
        return done.out.decode()

    def look(self, *arguments: str, status: int | None = 0, who: str = "pp") -> str:
        """Run a command that changes nothing, as text and as JSON; return the JSON."""
        self.run(*arguments, status=status, who=who)
        return self.run(*arguments, "--json", status=status, who=who)

    def place_at(self, point: Point) -> str:
        """Return the id of the place at ``point``; the commands do not tell where it is."""
        with wallet.opened(self.locations, SPOKEN.encode) as vault:
            found = trips.places(vault)
        (near,) = [p.id for p in found if is_near(p.centre, point)]
        return near

    def files(self) -> Iterator[Path]:
        """Yield every file on this machine that the owner did not put there."""
        own = {
            self.root / "pp",
            self.root / "desk-pp",
            self.root / "recovery",
            self.root / "recovery-2",
        }
        for path in sorted(self.root.rglob("*")):
            planted = FILE_FOLDER in path.parts
            if path.is_file() and path not in own and not planted and "venv" not in path.parts:
                yield path


def is_near(one: Point, other: Point) -> bool:
    return max(abs(one.lat_deg - other.lat_deg), abs(one.lon_deg - other.lon_deg)) < 0.001


def gpx(points: int, *, broken: bool) -> bytes:
    rows = "".join(
        f'<trkpt lat="{LAT_DEG}" lon="{LON_DEG}"><time>2026-05-07T10:{n:02d}:00Z</time></trkpt>'
        for n in range(points)
    )
    whole = f'<gpx version="1.1" creator="x"><trk><trkseg>{rows}</trkseg></trk></gpx>'
    return whole[:-40].encode() if broken else whole.encode()


def plant(folder: Path) -> dict[str, Path]:
    """Write good and damaged files about the canary and return them by name."""
    folder.mkdir()
    files = {f"day{n}": folder / f"2026-05-0{n}.csv" for n in (4, 5)}
    for number, path in zip((4, 5), files.values(), strict=True):
        day = scene.car_day_between(scene.days_of_may(number)[0], HOME, OFFICE)
        path.write_bytes(day)
    bad = {
        "cut.gpx": gpx(5, broken=True),
        "latitude.csv": f"time,lat,lon\n2026-05-04T10:00:00Z,{LAT_DEG}x,{LON_DEG}\n".encode(),
        "nan.csv": f"time,lat,lon\nyesterday,{LAT_DEG},{LON_DEG}\n,,{LON_DEG}\n".encode(),
        "range.csv": f"time,lat,lon\n2026-05-04T10:00:00Z,{LON_DEG}9999,{LAT_DEG}99\n".encode(),
        "swapped.geojson": json.dumps(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [f"{LAT_DEG}"]}}
        ).encode(),
        "cut.geojson": f'{{"type":"FeatureCollection","features":[{{"a":[{LON_DEG},'.encode(),
        "noise.bin": f"{LAT_DEG} {LON_DEG} ".encode() * 50 + bytes(range(256)),
        "cut.csv.gz": gzip.compress(gpx(9, broken=False))[:-9],
        "naive.csv": f"time,lat,lon\n04/05/2026 10:00,{LAT_DEG},{LON_DEG}\n".encode(),
        "points.plt": f"Geolife\nWGS 84\n\n\n\n0\n{LAT_DEG},{LON_DEG},0,x,y,z\n".encode(),
        "dtd.gpx": f'<!DOCTYPE g [<!ENTITY a "{LAT_DEG}">]><gpx lat="&a;"/>'.encode(),
    }
    for name, body in bad.items():
        (folder / name).write_bytes(body)
        files[name] = folder / name
    with zipfile.ZipFile(folder / "mixed.zip", "w") as archive:
        archive.writestr("inner.gpx", gpx(4, broken=True))
        archive.writestr("inner.csv", bad["latitude.csv"])
    return files | {"mixed.zip": folder / "mixed.zip"}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    """The whole story by hand, and much that goes wrong in it."""
    box = Outside(tmp_path_factory.mktemp("machine"))
    files = plant(box.root / FILE_FOLDER)
    cheap_keys(box)
    box.run(
        *("init", "--recovery-file", str(box.root / "recovery-2")),
        *("--wallet", str(box.root / "second.gwv")),
    )
    box.look("inspect", *map(str, files.values()), status=None)
    box.run("ingest", str(files["day4"]), str(files["day5"]))
    box.run("ingest", *map(str, files.values()), "--json", status=None)
    box.run("ingest", str(box.root / FILE_FOLDER), status=None)
    live(box)
    agree(box)
    leave(box)
    fail(box, files)
    return box


def cheap_keys(box: Outside) -> None:
    """Make wallet and desk with the least stretching: a hundred commands open them."""
    new = wallet.create_wallet(box.locations, SPOKEN.encode(), cost=KdfCost.LEAST)
    (box.root / "recovery").write_text(new.recovery + "\n")
    desk.create_desk(box.locations.desk, "Exemple SAS", DESK_SPOKEN.encode(), cost=KdfCost.LEAST)


def live(box: Outside) -> None:
    """Name places, set hours, add a vehicle, look at trips."""
    for kind, name, point in zip(("home", "work"), PLACE_NAMES, (HOME, OFFICE), strict=True):
        box.run("place", "name", box.place_at(point), name, "--kind", kind)
    box.run("work", "set", "--hours", "mon-fri 08:30-18:00", "--zone", "Europe/Paris")
    box.run("vehicle", "add", "clio", "--plate", PLATE, "--power", "5")
    for noun in ("place", "vehicle"):
        box.look(noun, "list")
    box.look("work", "show")
    listed = [json.loads(line) for line in box.look("trip", "list", "--all").splitlines()]
    assert len(listed) >= 8
    for trip in listed[:2]:
        box.look("trip", "show", trip["trip"])


def agree(box: Outside) -> None:
    second = str(box.root / "second-desk")
    box.run("desk", "init", "Exemple SAS", "--desk", second, who="desk-pp")
    for template, name in (("work-hour-mileage", "mileage"), ("soft-mobility-commute", "commute")):
        box.run("desk", "offer", template, "--name", name, "--covers", "2026", who="desk-pp")
        box.look("contract", "show", f"{name}.offer")
        box.run("contract", "accept", f"{name}.offer", "--as", "Camille Martin", "--yes")
        box.run("desk", "open", f"{name}.contract", who="desk-pp")
        box.look("contract", "preview", name, "--period", "2026-05")
    box.look("contract", "list")


def leave(box: Outside) -> None:
    for name in ("mileage", "commute"):
        said = box.run("export", name, "--period", "2026-05", "--confirm", name, "--json")
        receipt = json.loads(said.splitlines()[0])["receipt"]
        box.look("verify", f"{name}-2026-05.jwe", "--checks", who="desk-pp")
        box.run("desk", "open", f"{name}-2026-05.jwe", who="desk-pp")
        box.look("evidence", "trace", receipt)
    be_seen(box)
    box.look("evidence", "list", "--all")
    box.look("evidence", "check")
    box.look("vault", "check")
    box.look("doctor")
    box.look("desk", "list", who="desk-pp")


def be_seen(box: Outside) -> None:
    """Show the log to a witness, and to other tools."""
    folder = ("--folder", str(box.root / "witness"))
    made = box.run("witness", "init", "exemple.fr/w", *folder, "--json", who="desk-pp")
    key = json.loads(made.splitlines()[0])["key"]
    asked = box.run("evidence", "witness-request", "a.request", "--key", key, "--json")
    log_key = json.loads(asked.splitlines()[0])["log_key"]
    box.run("witness", "sign", "a.request", *folder, "--key", log_key, who="desk-pp")
    box.run("evidence", "witness-add", "a.cosigned")
    box.run("evidence", "proof", "3", "three.tlog-proof")
    box.run("evidence", "export", "--prov", "log.json")
    box.look("evidence", "timeline")
    box.look("evidence", "stamp", status=4)


def fail(box: Outside, files: dict[str, Path]) -> None:
    """Do what must not work."""
    wrong = box.root / "tmp-wrong"
    wrong.write_text("not the right passphrase at all\n")
    box.run("lock")
    box.look("trip", "list", status=5, who=wrong.name)
    wrong.unlink()
    box.run("unlock")
    box.look("init", "--recovery-file", str(box.root / "again"), status=8)
    box.look("place", "name", "nowhere", "x", status=4)
    box.look("place", "name", PLACE_NAMES[0], "bad\x1bname", status=None)
    box.look("trip", "show", "tZZZZZ", status=4)
    box.look("trip", "list", "--month", "never", status=2)
    box.look("contract", "show", str(files["day4"]), status=3)
    box.look("contract", "accept", str(files["cut.gpx"]), "--yes", status=3)
    box.look("contract", "preview", "mileage", "--period", "2027-05", status=6)
    box.look("export", "mileage", "--period", "2026-05-04", "--confirm", "mileage", status=6)
    box.look("export", "mileage", "--period", "2026-05", "--confirm", "another", status=None)
    box.look("verify", str(files["day4"]), status=3, who="desk-pp")
    box.look("desk", "open", "mileage-2026-05.jwe", status=8, who="desk-pp")
    box.look("evidence", "trace", "nothing", status=4)
    damage(box)
    box.look("vault", "check", status=26)
    box.look("trip", "list", status=None)
    box.run("doctor", status=None)
    box.run("lock")


def damage(box: Outside) -> None:
    """Flip a bit in the last page of the wallet."""
    wallet = box.root / "wallet.gwv"
    body = bytearray(wallet.read_bytes())
    for at in range(8192, len(body), 4096):
        body[at + 2048] ^= 1
    wallet.write_bytes(bytes(body))


def found_in(body: bytes, canaries: list[bytes]) -> list[bytes]:
    return [canary for canary in canaries if canary in body]


class TestCanary:
    """Promise: no position leaves the wallet, not in an error, a log or a file."""

    def test_the_canary_is_in_the_files_that_were_read(self, machine: Outside) -> None:
        body = (machine.root / FILE_FOLDER / "2026-05-04.csv").read_bytes()
        assert found_in(body, COORDINATES)

    def test_every_command_was_heard(self, machine: Outside) -> None:
        statuses = {status for _, status, _ in machine.said}
        assert len(machine.said) > 100
        assert {0, 2, 3, 4, 5, 6, 8, 26} <= statuses
        assert sum(len(body) for _, _, body in machine.said) > 20_000

    def test_no_command_says_a_coordinate(self, machine: Outside) -> None:
        for command, _, body in machine.said:
            assert (command, found_in(body, COORDINATES)) == (command, [])

    def test_no_number_near_a_coordinate_is_said(self, machine: Outside) -> None:
        for command, _, body in machine.said:
            assert (command, near(body)) == (command, [])

    def test_no_file_holds_a_coordinate(self, machine: Outside) -> None:
        files = list(machine.files())
        assert {".gwv", ".jwe", ".csv", ".txt", ".contract", ".offer", ".head", ".jsonl"} <= {
            path.suffix for path in files
        }
        texts = [form for form in COORDINATES if len(form) > 5]
        for path in files:
            assert (path.name, found_in(path.read_bytes(), texts)) == (path.name, [])

    def test_names_of_places_stay_with_the_owner(self, machine: Outside) -> None:
        names = [name.encode() for name in (*PLACE_NAMES, PLATE)]
        for path in machine.files():
            assert (path.name, found_in(path.read_bytes(), names)) == (path.name, [])
        shown = {command.split()[0] for command, _, body in machine.said if found_in(body, names)}
        assert shown <= {"place", "trip", "vehicle"}

    def test_no_secret_is_said_or_kept(self, machine: Outside) -> None:
        papers = [(machine.root / name).read_bytes() for name in ("recovery", "recovery-2")]
        groups = b" ".join(papers).split()
        assert len(groups) == 16
        secrets = [SPOKEN.encode(), DESK_SPOKEN.encode(), *groups]
        secrets += [group.replace(b"-", b"") for group in groups]
        for command, _, body in machine.said:
            assert (command, found_in(body, secrets)) == (command, [])
        for path in machine.files():
            assert (path.name, found_in(path.read_bytes(), secrets)) == (path.name, [])

    def test_opened_exports_hold_figures_only(self, machine: Outside) -> None:
        reader = desk.open_desk(machine.root / "desk", DESK_SPOKEN.encode)
        exports = sorted((machine.root / "out").glob("*.jwe"))
        assert len(exports) == 2
        for path in exports:
            for body in parts_of(open_sealed_export(path.read_bytes(), reader.sealing_jwk)):
                names = [name.encode() for name in (*PLACE_NAMES, PLATE, DEVICE)]
                assert found_in(body, [*COORDINATES, *names]) == []

    def test_nothing_is_left_in_the_temporary_folder_or_at_home(self, machine: Outside) -> None:
        left = [p for folder in ("tmp", "home") for p in (machine.root / folder).rglob("*")]
        assert [path for path in left if path.is_file()] == []
        assert not list(machine.root.rglob("*-journal"))


def parts_of(sd_jwt: str) -> list[bytes]:
    """Return the claims and every disclosure of an export, decoded."""
    jwt, *disclosures = sd_jwt.rstrip("~").split("~")
    assert disclosures
    return [unb64u(part) for part in (*jwt.split(".")[:2], *disclosures)]


def near(body: bytes) -> list[float]:
    """Return the decimal numbers in ``body`` that are within metres of a planted one."""
    planted = (LAT_DEG, LON_DEG, OFFICE.lat_deg, OFFICE.lon_deg)
    numbers = [float(m) for m in re.findall(rb"\d{1,3}\.\d{4,}", body)]
    return [n for n in numbers if any(abs(n - p) < NEAR for p in planted)]
