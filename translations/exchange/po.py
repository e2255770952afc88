"""PO files of gettext, for translators who work with Poedit, Weblate or their like."""

from datetime import UTC, datetime

from translations.errors import ExchangeRefused, Misuse, UnknownLanguage
from translations.exchange.xliff import ReviewUnit, State
from translations.languages import read_code
from translations.result import Origin, Translated

_RULE = "PO"
_SOURCE = "X-Source-Language"
_MAX_BYTES = 50_000_000


def write_po(texts: dict[str, Translated], *, now: datetime) -> bytes:
    """The sentences of translated texts; what nobody checked is ``fuzzy``, doubts are comments.

    The key of the text is the context. All texts must share their two languages (`Misuse`).
    """
    import polib  # noqa: PLC0415  only who exchanges PO files needs it

    pairs = {(text.source_language, text.target_language) for text in texts.values()}
    if len(pairs) != 1:
        raise Misuse(f"a PO file holds one pair of languages, not {len(pairs)}")
    source, target = pairs.pop()
    file = polib.POFile()
    file.metadata = {
        "Language": target, _SOURCE: source, "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
        "PO-Revision-Date": now.astimezone(UTC).strftime("%Y-%m-%d %H:%M+0000"),
        "X-Generator": "sdg-connector",
    }  # fmt: skip
    for key, text in texts.items():
        for segment in {one.source: one for one in text.segments}.values():
            human = segment.origin is Origin.HUMAN
            doubts = [f"{finding.doubt}: {finding.detail}" for finding in segment.findings]
            file.append(
                polib.POEntry(
                    msgctxt=key, msgid=segment.source, msgstr=segment.target,
                    comment="\n".join(doubts), flags=[] if human else ["fuzzy"],
                )
            )  # fmt: skip
    return str(file).encode("utf-8")


def read_po(data: bytes) -> tuple[ReviewUnit, ...]:
    """Every translated entry of a PO file; without ``fuzzy`` a person stands behind it.

    The languages are the headers ``X-Source-Language`` (English when it lacks) and ``Language``.
    Raises `ExchangeRefused`.
    """
    import polib  # noqa: PLC0415  only who exchanges PO files needs it

    if len(data) > _MAX_BYTES:
        raise ExchangeRefused(_RULE, f"at most {_MAX_BYTES} bytes", f"{len(data)}")
    try:
        # The library opens a file when the text is the name of one: a line before it prevents that.
        file = polib.pofile("#\n" + data.decode("utf-8-sig"))
        source = read_code(file.metadata.get(_SOURCE, "en"))
        target = read_code(file.metadata.get("Language", ""))
    except UnknownLanguage as error:
        raise ExchangeRefused(_RULE, "a Language header", str(error)) from None
    except Exception as error:  # noqa: BLE001  the library raises whatever a broken file provokes
        raise ExchangeRefused(_RULE, "a PO file in UTF-8", type(error).__name__) from None
    return tuple(
        ReviewUnit(
            key=entry.msgctxt or "", source_language=source, target_language=target,
            source=entry.msgid, target=entry.msgstr,
            state=State.TRANSLATED if entry.fuzzy else State.REVIEWED,
        )
        for entry in file
        if entry.msgstr and not entry.obsolete
    )  # fmt: skip
