"""Find Debian's Chromium for the browser tests, or install it where this machine allows."""

import argparse
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """Path of an installed Chromium, or ``None``; ``MIZAN_CHROMIUM`` overrides the search."""
    own = os.environ.get("MIZAN_CHROMIUM")
    if own:
        return own
    return next((path for path in map(shutil.which, NAMES) if path), None)


def install() -> str:
    """Install Chromium with apt-get; returns an empty string or the reason why it can't."""
    apt = shutil.which("apt-get")
    if apt is None:
        return "no apt-get on this machine"
    if os.geteuid() != 0:
        return "not root; run: sudo apt-get install chromium fonts-noto-core"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        [apt, "update", "-qq"],
        [apt, "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-core"],
    ):
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)  # noqa: S603 (fixed words)
        if done.returncode != 0:
            return f"{' '.join(command[1:3])} failed: {done.stderr.strip()[-300:]}"
    return ""


def main() -> int:
    """Print where the browser is; exit 0 even without one, the tests then skip and say why."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--install", action="store_true")
    wanted = options.parse_args()
    reason = "none installed"
    if find() is None and wanted.install:
        reason = install()
    path = find()
    print(f"browser: {path}" if path else f"browser tests will be skipped: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
