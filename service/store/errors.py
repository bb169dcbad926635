"""What can go wrong with the store; each message says what to do next."""


class StoreError(Exception):
    """The store can't do this; its state is unchanged."""


class DamagedStoreError(StoreError):
    """The database is damaged, cut, older than what was acknowledged, or gone.

    Nothing is written. ``mizan restore FILE`` puts back a backup; the damaged files are kept aside.
    """


class NewerStoreError(StoreError):
    """The database was made by a newer Mizan; update the program, or restore an older backup."""


class BusyStoreError(StoreError):
    """Somebody else is writing, or the database is away; try again in a moment."""


class FullDiskError(StoreError):
    """The disk is full or failing; nothing was changed. Reading goes on."""


class ConflictError(StoreError):
    """Somebody else changed this first; look at their change, then decide again."""


class ImportRunningError(ConflictError):
    """Another import of the same kind of data is at work; wait for its end, then look again."""


class UnknownError(StoreError, LookupError):
    """There is no such thing in the store."""


class PurgedError(UnknownError):
    """It was there; rows of it were purged since, so it can't be shown as it was."""
