"""Settings: one frozen object, built once by the composition root (CLI or ``create_app``).

Every field can be given as an environment variable ``MIZAN_<FIELD>``. Nothing is read when this
module is imported.
"""

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url

import service

DATABASE_FILE = "mizan.db"


def checkout_data() -> Path:
    """The ``data`` folder beside the packages (default boundaries, demo)."""
    return Path(service.__file__).resolve().parent.parent / "data"


class Settings(BaseSettings):
    """What an installation may choose. All state lives under ``home``."""

    model_config = SettingsConfigDict(
        env_prefix="MIZAN_", frozen=True, extra="forbid", env_ignore_empty=True
    )

    home: Path = Field(default=Path("var"), description="folder of all state")
    database_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy URL; default: SQLite in home. May carry a password.",
    )
    data_dir: Path = Field(
        default_factory=checkout_data, description="default boundaries and demo files"
    )

    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str | None = Field(default=None, description="address that users see, if proxied")
    secure_cookies: bool | None = Field(
        default=None, description="default: Secure wherever host is not loopback"
    )

    language: Literal["ar", "en"] = Field(default="ar", description="language of a first visit")
    digits: Literal["latn", "arab"] = Field(default="latn", description="digits in pages, reports")

    basemap: str | None = Field(
        default=None,
        description="base map: a .pmtiles file, or https://host/{z}/{x}/{y}.png of a tile server",
    )
    basemap_credit: str = Field(default="", description="who made the base map; stands on the map")

    reporting: dict[str, Annotated[float, Field(ge=1, le=100)]] = Field(
        default_factory=dict,
        description='assumed incidents behind each reported one, JSON: {"domestic_violence": 4}',
    )
    unregistered: tuple[float, float, float] = Field(
        default=(1.0, 1.0, 1.0),
        description="assumed families for each registered one: low, best, high, JSON: [1, 1.3, 2]",
    )
    spatial_rates: bool = Field(
        default=False, description="shrink rates towards neighbours, not to all areas"
    )

    session_hours: float = Field(default=12.0, gt=0, le=24 * 30)
    lockout_failures: int = Field(default=5, ge=1, description="wrong passwords before a pause")
    lockout_minutes: float = Field(default=15.0, gt=0)
    sign_in_failures_per_min: int = Field(
        default=30, ge=1, description="wrong passwords or tokens from one address before a pause"
    )
    glass_hours: int = Field(default=8, ge=1, le=72, description="longest break-glass access")

    solve_time_limit_s: float = Field(default=60.0, gt=0, description="of one solve, all tiers")
    solve_memory_mb: int = Field(default=2048, ge=256)
    solve_workers: int = Field(default=1, ge=1, le=64, description="worker processes for jobs")
    scheduler: str = Field(
        default="own",
        pattern=r"^(own|beside|tls://[\w.:\[\]-]+:\d{1,5})$",
        description="who solves: own (a cluster on this machine), beside (children of the "
        "service), or tls://host:port of a scheduler",
    )
    scheduler_keys: Path | None = Field(
        default=None, description="folder of the cluster's keys: ca.pem, cert.pem, key.pem"
    )
    job_attempts: int = Field(default=3, ge=1, le=10, description="before a lost job is failed")
    details_time_s: float = Field(
        default=240.0,
        gt=0,
        description="of working out a plan's reasons, waits, postings, roster, visiting days",
    )

    body_limit_mb: float = Field(default=64.0, gt=0, description="largest request body")
    request_deadline_s: float = Field(default=30.0, gt=0)
    upload_limit_mb: float = Field(default=60.0, gt=0, description="largest file to import")
    import_memory_mb: int = Field(default=2048, ge=256, description="of the parsing process")
    import_time_s: float = Field(default=180.0, gt=0, description="of the parsing process")

    retention_months: dict[
        Literal["severe", "incidents", "arrivals", "requests"], Annotated[int, Field(ge=1)]
    ] = Field(
        default_factory=dict,
        description='months that rows are kept, JSON: {"severe": 60}; older ones are removed',
    )
    purge_daily: bool = Field(
        default=True, description="the running service removes rows that are older, once a day"
    )
    explored_days: float = Field(
        default=90.0, gt=0, description="days that answers of explorations are kept"
    )
    explored_most: int = Field(default=20_000, ge=0, description="answers of explorations kept")

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @field_validator("basemap")
    @classmethod
    def _basemap_is_one(cls, named: str | None) -> str | None:
        """An address needs its three places and no quote; anything else is a file of that kind."""
        if named is None or named.endswith(".pmtiles"):
            return named
        parts = urlsplit(named)
        wanted = all(place in parts.path for place in ("{z}", "{x}", "{y}"))
        host = re.fullmatch(r"[\w.{}-]+(:\d+)?", parts.netloc)
        if parts.scheme not in {"https", "http"} or not wanted or not host:
            raise ValueError("a .pmtiles file, or an address with {z}, {x} and {y}")
        return named

    @model_validator(mode="after")
    def _far_needs_keys(self) -> Self:
        """Whoever may speak to a scheduler may run anything there."""
        if self.has_far_scheduler and self.scheduler_keys is None:
            raise ValueError("MIZAN_SCHEDULER elsewhere needs MIZAN_SCHEDULER_KEYS")
        return self

    @property
    def has_far_scheduler(self) -> bool:
        """Whether solves go to a scheduler that somebody else started."""
        return self.scheduler not in {"own", "beside"}

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in use."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.home / DATABASE_FILE).resolve()}"

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the SQLite file and not a server."""
        return make_url(self.database).get_backend_name() == "sqlite"

    @property
    def is_loopback(self) -> bool:
        return self.host in {"127.0.0.1", "::1", "localhost"}

    @property
    def cookies_are_secure(self) -> bool:
        return self.secure_cookies if self.secure_cookies is not None else not self.is_loopback
