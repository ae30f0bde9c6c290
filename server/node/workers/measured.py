"""Edge: figures that live in plain attributes, shown to Prometheus when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

Figures = Mapping[str, float]
"""By metric name: one that ends in `_total` counts up, any other is as it is now."""
Labelled = Iterable[tuple[str, Mapping[str, str], float]]
"""Metric name, labels, figure; the same names always with the same labels."""


class Measured(Collector):
    """One process's figures, read at each collection."""

    def __init__(self, figures: Callable[[], Figures], labelled: Callable[[], Labelled] = tuple) -> None:
        self._figures = figures
        self._labelled = labelled

    def collect(self) -> Iterable[Metric]:
        """Called by the registry."""
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for name, figure in self._figures().items():
            families[name] = family = _family(name, ())
            family.add_metric((), figure)
        for name, labels, figure in self._labelled():
            if name not in families:
                families[name] = _family(name, tuple(labels))
            families[name].add_metric(tuple(labels.values()), figure)
        return families.values()


def registry_of(figures: Callable[[], Figures], labelled: Callable[[], Labelled] = tuple) -> CollectorRegistry:
    """A registry with these figures alone."""
    registry = CollectorRegistry()
    registry.register(Measured(figures, labelled))
    return registry


def _family(name: str, labels: tuple[str, ...]) -> CounterMetricFamily | GaugeMetricFamily:
    words = name.removesuffix("_total").replace("_", " ")
    if name.endswith("_total"):
        return CounterMetricFamily(name, words, labels=labels)
    return GaugeMetricFamily(name, words, labels=labels)
