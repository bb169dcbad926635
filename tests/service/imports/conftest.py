"""A small town of squares, and imports that read in this process (the child has its own tests)."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from service.imports import child, run
from service.imports.limits import Limits
from service.imports.options import Options
from service.imports.run import import_file
from service.imports.sandbox import read_raw
from service.imports.sniff import Format, sniff
from service.imports.summary import Summary
from service.store import Kind, Store, open_store
from tests.service.homes import lay_out

TODAY = date(2026, 1, 15)

# Sub-district, district, governorate: squares of one degree from 47 east, 30 north.
UNITS = (
    ("IQG02Q01N01", "Al-Siba", "السيبة", "IQG02Q01", "Abu Al-Khaseeb", "ابي الخصيب"),
    ("IQG02Q02N02", "Markaz Al-Basrah", "مركز البصرة", "IQG02Q02", "Al-Basrah", "البصرة"),
    ("IQG02Q05N03", "Markaz Al-Qurna", "مركز القرنة", "IQG02Q05", "Al-Qurna", "القرنة"),
    ("IQG02Q07N02", "Markaz Shat Al-Arab", "مركز شط العرب", "IQG02Q07", "Shat Al-Arab", "شط العرب"),
)


def town() -> dict:
    """The town as COD-AB would write it."""
    features = []
    for n, (code, en, ar, up, up_en, up_ar) in enumerate(UNITS):
        ring = [[47 + n, 30], [48 + n, 30], [48 + n, 31], [47 + n, 31], [47 + n, 30]]
        features.append(
            {
                "type": "Feature",
                "properties": {
                    "ADM3_PCODE": code, "ADM3_EN": en, "ADM3_AR": ar,
                    "ADM2_PCODE": up, "ADM2_EN": up_en, "ADM2_AR": up_ar,
                    "ADM1_PCODE": "IQG02", "ADM1_EN": "Al-Basrah", "ADM1_AR": "البصرة",
                    "validOn": "2019-06-03T00:00:00", "validTo": None,
                },
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(file: Path, limits: Limits, sheet: str | None = None):
        if sniff(file, limits) in {Format.GEOPACKAGE, Format.SHAPEFILE}:
            return read_raw(file, limits, sheet)  # GDAL with all its drivers is here
        return child._read(file, limits, sheet)

    monkeypatch.setattr(run, "read_raw", read)


@pytest.fixture
def store(tmp_path: Path, in_process: None) -> Iterator[Store]:
    lay_out(tmp_path / "home", the_town)
    with open_store(tmp_path / "home" / "mizan.db") as opened:
        yield opened


def the_town(store: Store) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "town.geojson"
        file.write_text(json.dumps(town()), encoding="utf-8")
        import_file(store, Kind.BOUNDARIES, file)


Bring = Callable[..., Summary]


@pytest.fixture
def bring(store: Store, tmp_path: Path) -> Bring:
    """Import a text (or bytes) as a file of a kind."""

    def do(
        kind: str,
        content: str | bytes,
        name: str = "file.csv",
        *,
        dry_run: bool = False,
        **options: object,
    ) -> Summary:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        found, _ = import_file(
            store,
            Kind(kind),
            file,
            options=Options.model_validate(options),
            today=TODAY,
            dry_run=dry_run,
        )
        return found

    return do
