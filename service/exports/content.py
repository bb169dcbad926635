"""An export as bytes with the words that HTTP and a folder need about them."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """File kinds that leave, by their extension."""

    GEOJSON = "geojson"
    GPKG = "gpkg"
    PARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"

    @property
    def media_type(self) -> str:
        return {
            Format.GEOJSON: "application/geo+json",
            Format.GPKG: "application/geopackage+sqlite3",
            Format.PARQUET: "application/vnd.apache.parquet",
            Format.CSV: "text/csv; charset=utf-8",
            Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format.PDF: "application/pdf",
        }[self]


@dataclass(frozen=True, slots=True)
class Content:
    """What is handed to a browser or written to a file; ``rows`` is for the audit log."""

    body: bytes
    media_type: str
    filename: str
    serial: str
    rows: int

    @property
    def sha256(self) -> str:
        """Hash of the bytes, as the audit log keeps it."""
        return hashlib.sha256(self.body).hexdigest()
