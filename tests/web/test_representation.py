"""Whoever logs in for another person or an organisation reads so, and the request says so."""

import pytest

from sdg_connector.vocabulary import LegalPerson, NaturalPerson
from sdg_connector.web.person import PersonOnFile
from tests.support.portal_pair import Pair
from tests.support.walker import Walker


def log_in(pair: Pair, walker: Walker, citizen: str, *, applicant: str) -> Walker:
    walker.go(f"{pair.portal}/en/").submit("start")
    walker.submit("country-form", country="ES", level="substantial", applicant=applicant)
    walker.submit("to-node").submit("login", citizen=citizen, decision="continue")
    return walker.submit("consent", decision="agree").submit("to-portal")


@pytest.mark.parametrize(
    ("applicant", "represented", "acting"),
    [
        ("natural", "Alba Ruiz Costa", "Isabel Costa Rey"),
        ("legal", "Talleres Ñandú, S.L.", "Carmen Ibáñez Soto"),
    ],
)
def test_a_person_who_acts_for_another_is_told_on_whose_behalf(
    pair: Pair, walker: Walker, applicant: str, represented: str, acting: str
) -> None:
    log_in(pair, walker, acting.split(maxsplit=1)[0].lower(), applicant=applicant)
    assert walker.heading == f"Welcome, {acting}"
    (note,) = walker.tree.xpath("//*[@id='behalf']")
    assert f"You, {acting}, act for {represented.rstrip('.')}. The" in note.text_content()
    # A name that is in Latin letters anyway stands there once.
    assert len(walker.tree.xpath(f"//dd[.='{represented}']")) == 1
    walker.submit("find")
    assert acting in walker.tree.text_content()
    walker.submit("request", explicit="yes")
    person = pair.desk.asked[-1][1]
    subject, representative = person.as_subject(), person.acting()
    kind = NaturalPerson if applicant == "natural" else LegalPerson
    assert isinstance(subject, kind)
    assert isinstance(representative, NaturalPerson)
    assert (representative.family_name, representative.gender) == (
        " ".join(acting.split()[1:]),
        "Unspecified",
    )
    assert PersonOnFile.from_json(person.to_json()) == person


def test_whoever_acts_for_themselves_reads_nothing_of_the_kind(pair: Pair, walker: Walker) -> None:
    log_in(pair, walker, "ana", applicant="natural")
    assert walker.heading.startswith("Welcome, Ana")
    assert not walker.tree.xpath("//*[@id='behalf']")
    walker.submit("find").submit("request", explicit="yes")
    assert pair.desk.asked[-1][1].acting() is None


def test_an_applicant_that_is_not_offered_counts_as_oneself(pair: Pair, walker: Walker) -> None:
    log_in(pair, walker, "ana", applicant="everybody")
    assert walker.heading.startswith("Welcome, Ana")
