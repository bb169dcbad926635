"""Taking a version back: what was there before holds again, and both stay on record."""

from service.store import Dataset, Store


def undo(store: Store, sequence: int, *, actor: str) -> Dataset:
    """Take a version back, with its entry in the audit log; the version as it was.

    Raises:
        UnknownError: there is no such version.
        ConflictError: it is not active (any more): somebody else was faster.

    """
    with store.write():
        found = store.datasets.get(sequence)
        store.datasets.undo(sequence, actor)
        store.audit.append("import_undone", actor=actor, subject=found.id)
    return found
