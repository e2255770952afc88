"""A whole login between both ends in memory."""

import json

import pytest
from eidas_world import ANA, COMPANY, ELENI, NOW, World

import eidas
from eidas import node as proxy_side


def test_a_natural_person_logs_in_with_all_that_was_asked_for(world: World) -> None:
    pending, form = world.ask(optional_attributes=("gender", "nationality", "current_address"))
    request = world.receive(form)
    identity = world.accept(world.answer(request), pending)
    person = identity.natural_person
    assert person is not None
    assert person.identifier.value == "ES/LV/12345678Z"
    assert (person.family_name.latin, person.given_name.latin) == ("García Núñez", "Ana")
    assert person.date_of_birth == ANA.date_of_birth
    assert person.gender is eidas.Gender.FEMALE
    assert person.nationality == ("ES", "FR")
    assert person.current_address == ANA.current_address
    assert identity.country == "ES"
    assert identity.level == eidas.LevelOfAssurance.SUBSTANTIAL
    assert identity.notified
    assert identity.warnings == ()


def test_what_was_not_asked_for_is_not_kept(world: World) -> None:
    pending, form = world.ask()
    person = world.accept(world.answer(world.receive(form)), pending).natural_person
    assert person is not None
    assert person.gender is None
    assert person.place_of_birth == ""


def test_names_come_in_both_scripts(world: World) -> None:
    pending, form = world.ask()
    person = world.accept(world.answer(world.receive(form), natural=ELENI), pending).natural_person
    assert person is not None
    assert person.family_name == eidas.Name("Papadopoulou", "Παπαδοπούλου")


def test_a_legal_person_logs_in(world: World) -> None:
    pending, form = world.ask(person="legal", optional_attributes=("lei",))
    value = world.answer(world.receive(form), natural=None, legal=COMPANY)
    identity = world.accept(value, pending)
    assert identity.legal_person == COMPANY
    assert identity.natural_person is None


@pytest.mark.parametrize("acting", [ANA, COMPANY], ids=["natural", "legal"])
@pytest.mark.parametrize("kind", ["natural", "legal"])
def test_each_kind_of_person_may_act_for_each(
    world: World, kind: str, acting: eidas.NaturalPerson | eidas.LegalPerson
) -> None:
    pending, form = world.ask(person=kind, allow_representation=True)
    persons = {"natural": ANA if kind == "natural" else None}
    value = world.answer(
        world.receive(form),
        **persons,
        legal=COMPANY if kind == "legal" else None,
        representative=acting,
    )
    identity = world.accept(value, pending)
    assert identity.representative == acting


def test_a_representative_is_refused_where_nobody_expects_one(world: World) -> None:
    pending, form = world.ask()
    value = world.answer(world.receive(form), representative=COMPANY)
    with pytest.raises(eidas.ResponseRefused) as refusal:
        world.accept(value, pending)
    assert refusal.value.rule == "response.representative"


def test_a_pending_login_survives_json(world: World) -> None:
    pending, form = world.ask()
    again = eidas.PendingLogin.from_json(json.loads(json.dumps(pending.to_json())))
    assert again == pending
    world.accept(world.answer(world.receive(form)), again)


@pytest.mark.parametrize("broken", [{}, {"request_id": 3}, {"levels": "x"}])
def test_a_broken_pending_login_is_our_own_mistake(broken: dict[str, object]) -> None:
    with pytest.raises(eidas.EidasMisuse):
        eidas.PendingLogin.from_json(broken)


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        (proxy_side.Refusal.CONSENT_DECLINED, eidas.LoginDeclined),
        (proxy_side.Refusal.CANCELLED, eidas.LoginCancelled),
        (proxy_side.Refusal.AUTHENTICATION_FAILED, eidas.AuthenticationFailed),
        (proxy_side.Refusal.LEVEL_NOT_AVAILABLE, eidas.LevelNotAvailable),
        (proxy_side.Refusal.ATTRIBUTES_NOT_AVAILABLE, eidas.AttributesNotAvailable),
        (proxy_side.Refusal.REQUEST_NOT_ACCEPTED, eidas.RequestNotAccepted),
        (proxy_side.Refusal.NODE_FAILED, eidas.NodeFailed),
    ],
)
def test_a_refusal_becomes_an_outcome_that_a_person_understands(
    world: World, refusal: proxy_side.Refusal, outcome: type[eidas.LoginNotCompleted]
) -> None:
    pending, form = world.ask()
    answer = proxy_side.build_refusal(
        world.receive(form),
        proxy=world.proxy,
        connector=world.connector,
        refusal=refusal,
        now=NOW,
        new_id=world.new_id,
    )
    with pytest.raises(eidas.LoginNotCompleted) as caught:
        world.accept(dict(answer.fields)["SAMLResponse"], pending)
    assert type(caught.value) is outcome
    assert caught.value.TITLE
    assert caught.value.ADVICE.endswith(".")


def test_repr_never_shows_a_value(world: World) -> None:
    pending, form = world.ask(optional_attributes=("current_address",))
    identity = world.accept(world.answer(world.receive(form)), pending)
    shown = repr(identity) + repr(identity.natural_person) + str(identity)
    for secret in ("Ana", "García", "12345678Z", "2001", "Calle"):
        assert secret not in shown
