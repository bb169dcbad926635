"""What an installation keeps: versions of data, scenarios, jobs, plans, accounts, audit log."""

from service.store.accounts import Accounts, AppToken
from service.store.audit import AuditCheck, AuditEntry
from service.store.datasets import Dataset, Kind, NewVersion
from service.store.decisions import Decision, Decisions
from service.store.errors import (
    BusyStoreError,
    ConflictError,
    DamagedStoreError,
    ImportRunningError,
    NewerStoreError,
    PurgedError,
    StoreError,
    UnknownError,
)
from service.store.grants import Grant, GrantKind, Grants
from service.store.jobs import Job, JobStatus
from service.store.opening import hold_service, open_store
from service.store.plans import PlanHead, SavedScenario, StoredPlan
from service.store.records import Records
from service.store.states import State
from service.store.store import Store

__all__ = [
    "Accounts", "AppToken", "AuditCheck", "AuditEntry", "BusyStoreError", "ConflictError",
    "DamagedStoreError", "Dataset", "Decision", "Decisions", "Grant", "GrantKind", "Grants",
    "ImportRunningError", "Job", "JobStatus", "Kind", "NewVersion", "NewerStoreError", "PlanHead",
    "PurgedError", "Records", "SavedScenario", "State", "Store", "StoreError", "StoredPlan",
    "UnknownError", "hold_service", "open_store",
]  # fmt: skip
