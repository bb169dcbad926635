"""What a running service does by itself, day by day: keeps retention, lets old files go.

One thread, which looks every few minutes. It can be killed at any moment: what it does is due
again later.
"""

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from service.exploration.kept import sweep_answers
from service.imports.staging import Staging
from service.jobs.exploring import EXPLORED
from service.leftovers import forget_answers, sweep_orphans
from service.logs import traced
from service.settings import Settings
from service.store.cuts import write_past
from service.store.errors import StoreError
from service.store.retention import keep_retention, past_of
from service.store.store import Store

log = structlog.get_logger("service.upkeep")
_LOOK_S = 600.0


class Upkeep:
    """``start`` returns at once; ``stop`` waits for what is at work, two seconds at most."""

    def __init__(self, settings: Settings, store: Store, *, look_s: float = _LOOK_S) -> None:
        self._settings = settings
        self._store = store
        self._look_s = look_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        self._stopping.set()
        self._thread.join(timeout_s)

    def look(self) -> None:
        """Do what is due. What fails is logged and due again; nothing of the data is logged."""
        self._try("upkeep.past", self._keep_past)
        self._try("upkeep.retention", self._keep_retention)
        self._try("upkeep.explored", self._sweep_answers)
        self._try("upkeep.staging", lambda: Staging(self._settings.home).sweep())
        self._try("upkeep.orphans", lambda: sweep_orphans(self._settings.home))

    def _serve(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(self._look_s)

    def _try(self, action: str, act: Callable[[], object]) -> None:
        try:
            act()
        except (StoreError, OSError) as error:
            log.warning("not done now", action=action, error=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - one duty that stumbles must not end the others
            log.error("upkeep stumbled", action=action, **traced(error))  # noqa: TRY400 - no values

    def _keep_past(self) -> None:
        """What a kill left out beside the database, or another machine did to it."""
        write_past(self._settings.home, past_of(self._store))

    def _keep_retention(self) -> None:
        if not self._settings.purge_daily:
            return
        today = datetime.now().astimezone().date()
        months = {str(name): n for name, n in self._settings.retention_months.items()}
        home = self._settings.home
        done = keep_retention(self._store, months, today=today, forget=lambda: forget_answers(home))
        if done is not None:
            log.info("retention was kept", action="upkeep.retention", clean=done.is_clean)

    def _sweep_answers(self) -> None:
        settings = self._settings
        sweep_answers(
            settings.home / EXPLORED, days=settings.explored_days, most=settings.explored_most
        )
