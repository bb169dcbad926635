"""The waiting room of uploads as pages and programs reach it: whose files, within which caps."""

from service.auth.accounts import Account
from service.deps import House
from service.imports.limits import Limits
from service.imports.staging import Staged, Staging
from service.store import UnknownError


def staging_of(house: House) -> Staging:
    """The waiting room, with the caps of the settings."""
    settings = house.settings
    limits = Limits(
        file_mb=settings.upload_limit_mb,
        memory_mb=settings.import_memory_mb,
        seconds=settings.import_time_s,
    )
    return Staging(settings.home, limits)


def own_upload(house: House, account: Account, upload_id: str) -> Staged:
    """A waiting file of this account; what others brought is nobody else's. ``UnknownError``."""
    staged = staging_of(house).get(upload_id)
    if staged.owner != account.name:
        raise UnknownError("there is no such upload")
    return staged
