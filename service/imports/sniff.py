"""What a file really is, by its first bytes; its name is never trusted."""

import zipfile
from enum import StrEnum
from pathlib import Path

from geo.notes import said
from service.imports.limits import Limits
from service.imports.table import refuse


class Format(StrEnum):
    """Formats that are read."""

    TEXT = "csv"
    SHEET = "xlsx"
    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    SHAPEFILE = "shapefile zip"


_READ_THESE = said("Give it as CSV, XLSX, GeoJSON, GeoPackage or a zipped shapefile.")
_HEAD = 4096
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def sniff(path: Path, limits: Limits) -> Format:
    """The format by content.

    Raises:
        FaultsError: it is none of ours, too large, or a zip that unpacks to too much.

    """
    size = path.stat().st_size
    if size == 0:
        raise refuse(said("The file is empty."), said("Export it again."))
    if size > limits.file_mb * 1e6:
        raise refuse(
            said("The file has {mb} MB; {limit} MB are allowed."),
            said("Split it, or leave out columns that are not needed."),
            mb=round(size / 1e6, 1),
            limit=limits.file_mb,
        )
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK"):
        return _sniff_zip(path, limits)
    if head.startswith(b"SQLite format 3\x00"):
        return Format.GEOPACKAGE
    if head.startswith(_OLD_OFFICE):
        raise refuse(
            said("This is an old Excel file (xls), or one with a password."),
            said("Save it as XLSX without a password."),
        )
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Format.TEXT  # UTF-16 with its mark
    if b"\x00" in head or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8")):
        raise refuse(said("This is no table: its content is binary."), _READ_THESE)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<"):
        raise refuse(
            said("This is XML (KML, GML, VRT or a web page), which is not read."), _READ_THESE
        )
    if text.startswith((b"{", b"[")):
        return Format.GEOJSON
    return Format.TEXT


def _sniff_zip(path: Path, limits: Limits) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise refuse(
            said("The zip is damaged or cut."), said("Make it again, or give the file unpacked.")
        ) from error
    unpacked = sum(part.file_size for part in parts)
    worst = max((part.file_size / max(part.compress_size, 1) for part in parts), default=0.0)
    if len(parts) > limits.parts or unpacked > limits.unpacked_mb * 1e6 or worst > limits.ratio:
        raise refuse(
            said("The zip would unpack to {mb} MB in {parts} parts, {ratio} times its size."),
            said("Save the table again without empty rows and formats, or as CSV."),
            mb=round(unpacked / 1e6),
            parts=len(parts),
            ratio=round(worst),
        )
    if any(part.flag_bits & 1 for part in parts):
        raise refuse(said("The zip has a password."), said("Give it without a password."))
    names = [part.filename.lower() for part in parts]
    if "xl/workbook.xml" in names:
        return Format.SHEET
    if any(name.endswith(".shp") for name in names):
        return Format.SHAPEFILE
    raise refuse(said("The zip holds neither a workbook nor a shapefile."), _READ_THESE)
