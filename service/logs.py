"""Logs: one line of JSON an event, with its ``action``, and no data in it.

A trace names files and lines only: values of variables may hold what somebody sent.
"""

import json
import logging
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import structlog

_HERE = Path(__file__).resolve().parent.parent

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure_logs(level: str, where: Literal["stdout", "stderr"] = "stdout") -> None:
    """Set up structlog for this process, before anything is logged: left alone, it shows values.

    Lines go to standard output, which a service has for itself, or to standard error: to what that
    is when a line is written, since who calls a command from Python may have closed another one.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_values,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda *_: structlog.PrintLogger(getattr(sys, where)),
        cache_logger_on_first_use=False,
    )


def server_logs(level: str) -> dict[str, Any]:
    """The server's own lines in the same form, for its ``log_config``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": Lines}},
        "handlers": {
            "lines": {
                "class": "logging.StreamHandler",
                "formatter": "lines",
                "stream": "ext://sys.stderr",
            }
        },
        "loggers": {
            "uvicorn": {"handlers": ["lines"], "level": level.upper(), "propagate": False},
        },
    }


class Lines(logging.Formatter):
    """A record of the standard library as one line of JSON, without the values of an error."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "action": "server",
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            told |= traced(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def line_of(event: str, action: str, error: BaseException) -> str:
    """A line for a process that has no logger: what it is about, and where it came from."""
    now = datetime.now(UTC).isoformat()
    told = {"action": action, "event": event, "level": "error", "timestamp": now}
    return json.dumps(told | traced(error), ensure_ascii=False)


def traced(error: BaseException) -> dict[str, Any]:
    """Kinds of an error and of what caused it, and where it came from: places, no values."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 10:  # noqa: PLR2004 (chains may be long or go round)
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{_short(code.co_filename)}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return {"error": kinds, "trace": places}


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_HERE) and "site-packages" not in path.parts:
        return str(path.relative_to(_HERE))
    return "/".join(path.parts[-2:])


def _without_values(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event.update(traced(error))
    return event
