"""The rivers and towns that come with Mizan: for the base map, and for travel that can't swim."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def river_lines(data_dir: Path) -> Mapping[str, Any]:
    """GeoJSON lines (WGS84, generalised) beside the default boundaries; empty where none are."""
    return _joined(data_dir, "river*.geojson")


def town_points(data_dir: Path) -> Mapping[str, Any]:
    """GeoJSON points (WGS84) of the towns of the default boundaries, each with its source."""
    return _joined(data_dir, "places*.geojson")


def _joined(data_dir: Path, pattern: str) -> Mapping[str, Any]:
    features = [
        feature
        for path in sorted((data_dir / "boundaries").glob(pattern))
        for feature in json.loads(path.read_text("utf-8"))["features"]
    ]
    return {"type": "FeatureCollection", "features": features}
