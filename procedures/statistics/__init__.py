"""Figures for the Commission, made from what a site knows already and from nobody's data."""

from procedures.statistics.access_log import read_access_log
from procedures.statistics.addresses import Site
from procedures.statistics.aggregation import (
    InformationStatistics,
    Metric,
    aggregate,
)
from procedures.statistics.assistance import AssistanceRequest, assistance_statistics, read_requests
from procedures.statistics.devices import Device, device_of, is_robot
from procedures.statistics.hits import Hit, StatisticsRefused
from procedures.statistics.matomo import read_matomo
from procedures.statistics.plausible import read_plausible
from procedures.statistics.tables import read_table

__all__ = [
    "AssistanceRequest",
    "Device",
    "Hit",
    "InformationStatistics",
    "Metric",
    "Site",
    "StatisticsRefused",
    "aggregate",
    "assistance_statistics",
    "device_of",
    "is_robot",
    "read_access_log",
    "read_matomo",
    "read_plausible",
    "read_requests",
    "read_table",
]
