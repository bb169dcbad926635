"""The assumptions about layers that are settings: maps, plans and files stand on the same ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from geo.choices import LayerChoices, assumed

ASSUMED = ("reporting", "unregistered", "spatial_rates")
"""Their names, in settings and in a task alike."""


class LayerSettings(Protocol):
    """What settings, and tasks that carry them to a worker, say about layers."""

    @property
    def reporting(self) -> Mapping[str, float]: ...
    @property
    def unregistered(self) -> tuple[float, float, float]: ...
    @property
    def spatial_rates(self) -> bool: ...


def choices_of(settings: LayerSettings) -> LayerChoices:
    """The choices of all layers. Raises ``FaultsError`` on factors that make no sense."""
    factors = assumed(settings.reporting, settings.unregistered)
    return replace(factors, spatial=settings.spatial_rates)
