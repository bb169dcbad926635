"""What ``mizan doctor`` looks at on the machine: who can listen, memory for solves, open files."""

import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from geo.notes import Note, said
from service.settings import Settings

_LEAST_FILES = 1024
_MEMORY = Path("/proc/meminfo")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. ``advice`` says what to do when it is not well."""

    well: bool
    what: Note
    advice: Note | None = None


def on_the_machine(settings: Settings) -> Iterator[Finding]:
    """Findings that need neither home folder nor database."""
    yield _listeners(settings)
    yield from _memory(settings)
    files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = files == resource.RLIM_INFINITY
    yield Finding(
        unlimited or files >= _LEAST_FILES,
        Note(said("{n} files may be open at once."), n=_LEAST_FILES if unlimited else files),
        Note(said("Each reader takes one: raise LimitNOFILE in the unit, or ulimit -n.")),
    )


def _listeners(settings: Settings) -> Finding:
    """Passwords and cookies may pass a network only inside of TLS."""
    public = settings.public_url or ""
    if public:
        closed = public.startswith("https://") and settings.cookies_are_secure
    else:
        closed = settings.is_loopback
    return Finding(
        closed,
        Note(
            said("Nobody can listen on the way to {address}."),
            address=public or f"{settings.host}:{settings.port}",
        ),
        Note(
            said(
                "Put a TLS proxy in front and set MIZAN_PUBLIC_URL to its https address and "
                "MIZAN_SECURE_COOKIES to true; see deploy/README.md."
            )
        ),
    )


def _memory(settings: Settings) -> Iterator[Finding]:
    if settings.has_far_scheduler:
        return  # its workers have memory of their own
    try:
        lines = _MEMORY.read_text("ascii").splitlines()
        told = dict(line.split(":", 1) for line in lines)
        free = int(told["MemAvailable"].split()[0]) // 1024
    except (OSError, KeyError, ValueError):
        return  # not this kind of system: nothing is known, so nothing is said
    promised = settings.solve_workers * settings.solve_memory_mb
    yield Finding(
        free >= promised,
        Note(
            said("{free} MB of memory are free; solves may take {promised} MB."),
            free=free,
            promised=promised,
        ),
        Note(said("Lower MIZAN_SOLVE_WORKERS or MIZAN_SOLVE_MEMORY_MB, or add memory.")),
    )
