"""An authority's own figures: how services are rated, finished, used electronically, liked."""

from procedures.figures.compiling import Figures, Uses, compiled, read_uses
from procedures.figures.measures import Ratings, Share, net_promoter_score, system_usability
from procedures.figures.open_data import write_csv, write_json
from procedures.figures.report import write_report
from procedures.figures.surveys import read_net_promoter, read_system_usability

__all__ = [
    "Figures",
    "Ratings",
    "Share",
    "Uses",
    "compiled",
    "net_promoter_score",
    "read_net_promoter",
    "read_system_usability",
    "read_uses",
    "system_usability",
    "write_csv",
    "write_json",
    "write_report",
]
