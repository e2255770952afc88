"""Whether a procedure is fully online and open to other Member States, point by point.

Articles 6(2) and 13(2) of Regulation (EU) 2018/1724. Each point says what it rests on, so that an
auditor can follow it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from procedures.document import Path, show_path
from procedures.model import (
    Acknowledgement,
    Answer,
    EvidenceForm,
    MeansKind,
    Procedure,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of an article."""

    article: str
    """``6(2)(a)``, with what it is about where the letter has several parts."""
    question: Mapping[str, str]
    """What has to hold, in English and Latvian."""
    holds: bool | None
    """None when the description does not say."""
    rests_on: tuple[str, ...]
    """The fields of the description that say so."""


_AT_A_DISTANCE: Final = (
    ("identification", "Users identify at a distance", "Lietotāji identificējas attālināti"),
    ("information", "Users give information at a distance", "Lietotāji sniedz ziņas attālināti"),
    ("evidence", "Users give evidence at a distance", "Lietotāji iesniedz pierādījumus attālināti"),
    ("signature", "Users sign at a distance", "Lietotāji paraksta attālināti"),
    ("submission", "Users submit at a distance", "Lietotāji iesniedz pieteikumu attālināti"),
)
_PAPERLESS: Final = frozenset(EvidenceForm) - {EvidenceForm.PAPER}


def fully_online_points(procedure: Procedure) -> tuple[Point, ...]:
    """The points of article 6(2)."""
    online = procedure.online
    distance = tuple(
        Point(
            article=f"6(2)(a) {name}",
            question={"en": english, "lv": latvian},
            holds=None if online is None else _answered(getattr(online, name)),
            rests_on=_fields(("online", name)),
        )
        for name, english, latvian in _AT_A_DISTANCE
    )
    return (
        *distance,
        Point(
            article="6(2)(b)",
            question={
                "en": "Receipt is acknowledged automatically, unless the output comes at once",
                "lv": "Saņemšanu apliecina automātiski, ja vien rezultāts nav tūlītējs",
            },
            holds=None if online is None else online.acknowledgement is not Acknowledgement.NONE,
            rests_on=_fields(("online", "acknowledgement")),
        ),
        _output(procedure),
        Point(
            article="6(2)(d)",
            question={
                "en": "Users are notified electronically of the completion",
                "lv": "Par pabeigšanu lietotājam paziņo elektroniski",
            },
            holds=None if online is None else _answered(online.completion_notice),
            rests_on=_fields(("online", "completion_notice")),
        ),
        _presence(procedure),
    )


def cross_border_points(procedure: Procedure) -> tuple[Point, ...]:
    """The points of article 13(2)."""
    crossing = procedure.cross_border
    return (
        Point(
            article="13(2)(a)",
            question={
                "en": "The instructions are available in a language that many Europeans understand",
                "lv": "Norādījumi ir pieejami valodā, ko saprot daudzi Eiropas iedzīvotāji",
            },
            holds=procedure.page("en") is not None or procedure.title.of("en") is not None,
            rests_on=_fields(("pages",), ("title",)),
        ),
        Point(
            article="13(2)(b)",
            question={
                "en": "Information structured differently from the domestic one can be given",
                "lv": "Var sniegt ziņas, kuru struktūra atšķiras no vietējās",
            },
            holds=None if crossing is None else _answered(crossing.foreign_information),
            rests_on=_fields(("cross_border", "foreign_information")),
        ),
        _notified_means(procedure),
        Point(
            article="13(2)(d)",
            question={
                "en": "Evidence and output are electronic where they are for nationals",
                "lv": "Pierādījumi un rezultāts ir elektroniski, ja tādi tie ir vietējiem",
            },
            holds=_electronic(procedure),
            rests_on=_fields(("cross_border", "electronic_evidence"), ("evidence",), ("outputs",)),
        ),
        Point(
            article="13(2)(e)",
            question={
                "en": "Fees can be paid by cross-border payment services without discrimination",
                "lv": "Maksu bez diskriminācijas var samaksāt ar pārrobežu maksājumu pakalpojumiem",
            },
            holds=_payable(procedure),
            rests_on=_fields(("cross_border", "payment"), ("fees",)),
        ),
    )


def _output(procedure: Procedure) -> Point:
    outputs = procedure.outputs
    return Point(
        article="6(2)(c)",
        question={
            "en": "The output is electronic, or the law demands a physical one",
            "lv": "Rezultāts ir elektronisks vai tiesību akti prasa fizisku",
        },
        holds=all(one.electronic or one.by_law_physical for one in outputs) if outputs else None,
        rests_on=_fields(("outputs",)),
    )


def _presence(procedure: Procedure) -> Point:
    """Presence is an exception that needs a reason, and leaves the procedure not fully online."""
    at = [n for n, step in enumerate(procedure.steps) if step.presence is not None]
    return Point(
        article="6(3)",
        question={
            "en": "No step needs physical presence, or the exception is notified",
            "lv": "Neviens solis neprasa klātieni vai par izņēmumu ir paziņots",
        },
        holds=all(
            step.presence is None or bool(step.presence.notified) for step in procedure.steps
        ),
        rests_on=_fields(*(("steps", n, "presence") for n in at)) or ("steps",),
    )


def _notified_means(procedure: Procedure) -> Point:
    crossing = procedure.cross_border
    kinds = {one.kind for one in procedure.means}
    said = None if crossing is None else _answered(crossing.eidas)
    without_login = kinds <= {MeansKind.NONE, MeansKind.PASSWORD}
    return Point(
        article="13(2)(c)",
        question={
            "en": "Notified means of other Member States work wherever domestic means do",
            "lv": "Citu dalībvalstu paziņotie līdzekļi darbojas visur, kur darbojas vietējie",
        },
        holds=said if said is not True else without_login or MeansKind.NOTIFIED_EID in kinds,
        rests_on=_fields(("cross_border", "eidas"), ("means",)),
    )


def _electronic(procedure: Procedure) -> bool | None:
    crossing = procedure.cross_border
    said = None if crossing is None else _answered(crossing.electronic_evidence)
    if said is not True:
        return said
    return all(_PAPERLESS & set(need.forms) for need in procedure.evidence) and all(
        output.electronic or output.by_law_physical for output in procedure.outputs
    )


def _payable(procedure: Procedure) -> bool | None:
    crossing = procedure.cross_border
    said = None if crossing is None else _answered(crossing.payment)
    if said is not True:
        return said
    return all(fee.free or fee.cross_border is not False for fee in procedure.fees)


def _answered(answer: Answer) -> bool:
    return answer is not Answer.NO


@cache
def _fields(*paths: Path) -> tuple[str, ...]:
    return tuple(show_path(path) for path in paths)
