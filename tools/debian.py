"""What the tests want of Debian: browser, database server, QGIS, proxy; found or installed by root.

Without them the tests that need them are skipped and say why; with ``--install`` they are
installed where this machine allows it, so that nothing has to be skipped.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_CLUSTER = Path("/etc/postgresql-common/createcluster.conf")
FONTS = Path("/usr/share/fonts/truetype/noto")
DEBIANS_PYTHON = "/usr/bin/python3"
QGIS = Path("/usr/lib/python3/dist-packages/qgis/core/__init__.py")


def find() -> str | None:
    """Path of an installed Chromium, or ``None``; ``MIZAN_CHROMIUM`` overrides the search."""
    own = os.environ.get("MIZAN_CHROMIUM")
    if own:
        return own
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def find_postgresql() -> str | None:
    """Folder of PostgreSQL's server programs, or ``None``."""
    there = shutil.which("initdb")
    if there:
        return str(Path(there).parent)
    folders = [p.parent for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    return str(folders[-1]) if folders else None


def find_fonts() -> str | None:
    """Folder of fonts that have Arabic, or ``None``."""
    return str(FONTS) if any(FONTS.glob("NotoSansArabic*")) else None


def find_qgis() -> str | None:
    """The Python that has Debian's QGIS, or ``None``."""
    return DEBIANS_PYTHON if QGIS.exists() and Path(DEBIANS_PYTHON).exists() else None


def program(name: str) -> Callable[[], str | None]:
    """How a program is found: on PATH, or where only root looks."""
    return lambda: shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing the tests want, how to find it, and the packages that bring it."""

    name: str
    packages: tuple[str, ...]
    find: Callable[[], str | None]


WANTED = (
    Wanted("browser", ("chromium",), find),
    Wanted("fonts", ("fonts-noto-core",), find_fonts),
    Wanted("PostgreSQL", ("postgresql",), find_postgresql),
    Wanted("QGIS", ("python3-qgis",), find_qgis),
    Wanted("ogr2ogr", ("gdal-bin",), program("ogr2ogr")),
    Wanted("nginx", ("nginx-light",), program("nginx")),
    Wanted("openssl", ("openssl",), program("openssl")),
    Wanted("docker-compose", ("docker-compose",), program("docker-compose")),
)


def install(packages: list[str]) -> str:
    """Install packages with apt-get; an empty string, or the reason why it can't be done."""
    apt = shutil.which("apt-get")
    if apt is None:
        return "no apt-get on this machine"
    if os.geteuid() != 0:
        return f"not root; run: sudo apt-get install {' '.join(packages)}"
    if "postgresql" in packages and not NO_CLUSTER.exists():
        # The tests make clusters of their own; the package shall not start one of its own.
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n", encoding="utf-8")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    keep = ("-o", "Dpkg::Options::=--force-confold")
    for command in (
        [apt, "update", "-qq"],
        [apt, "install", "-y", "-qq", "--no-install-recommends", *keep, *packages],
    ):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        if done.returncode != 0:
            return f"apt-get {command[1]} failed: {done.stderr.strip()[-300:]}"
    return ""


def main() -> int:
    """Print what is here; exit 0 even if something is not: its tests then skip and say why."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--install", action="store_true")
    chosen = options.parse_args()
    absent = [one for one in WANTED if one.find() is None]
    reason = "not installed; run: python tools/debian.py --install"
    if absent and chosen.install:
        reason = install([package for one in absent for package in one.packages]) or reason
    for one in WANTED:
        path = one.find()
        print(f"{one.name}: {path}" if path else f"{one.name}: tests will be skipped: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
