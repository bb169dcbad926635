"""Caps on what a file may ask of us; beyond them it is refused with its reason."""

from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in MB are 10^6 bytes. Generous for a country, far below what harms the machine."""

    file_mb: float = 60.0
    unpacked_mb: float = 400.0
    ratio: float = 200.0  # unpacked to packed, of a zip's largest part
    parts: int = 2_000  # files in a zip
    rows: int = 2_000_000
    columns: int = 600
    cell_chars: int = 40_000
    features: int = 300_000
    vertices: int = 6_000_000
    vertices_each: int = 500_000
    memory_mb: int = 2_048
    seconds: float = 180.0
    lines: bool = False  # whether lines are read beside points and polygons: roads

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)
