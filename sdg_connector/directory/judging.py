"""Which published rules a document of the Common Services breaks, by their numbers."""

import re
from typing import Final

from sdg_connector.directory.errors import DirectoryRefused
from sdg_connector.directory.rules import broken_rules, kind_of
from sdg_connector.regrep import RegRepRefused
from sdg_connector.regrep.reader import read_root
from sdg_connector.vocabulary import CommonServicesLine

_STRUCTURE: Final = re.compile(r"-S[0-9]+[a-z]?\Z")
"""How the number of a rule about structure ends, in the published files."""


def breaches(body: bytes, *, line: CommonServicesLine | None = None) -> tuple[str, ...]:
    """The rules of severity error that a document breaks, each as ``EB-EVI: R-EB-EVI-S016``.

    ``line`` is the one that was asked for; without it the document says. We send no document that
    breaks one. Bytes that are no XML break no rule here; the reader refuses them.
    """
    try:
        root = read_root(body)
    except RegRepRefused:
        return ()
    kind = kind_of(root)
    broken = broken_rules(root, kind=kind, line=line, errors_only=True)
    found = {one.rule.id for one in broken}
    return tuple(f"{kind}: {one}" for one in sorted(found))


def refuse_misshapen(body: bytes, *, line: CommonServicesLine | None = None) -> tuple[str, ...]:
    """Raise ``DirectoryRefused`` for an answer that lacks what the rules of its structure demand.

    Gives the rules about values that it breaks, for whoever runs the portal: one wrong value among
    the hundreds of a directory must not stop the person. The record of this choice is
    ``docs/decisions/2026-11-26-what-a-directory-may-get-wrong.md``.
    """
    broken = breaches(body, line=line)
    for one in broken:
        rule = one.rpartition(" ")[2]
        if _STRUCTURE.search(rule):
            raise DirectoryRefused(
                rule=rule,
                expected="an answer with every part that its rules demand",
                found="one that breaks the rule",
            )
    return broken
