"""Domibus' PMode XML and our agreements say the same."""

import pytest
import xmlschema

from sdg_connector.as4 import As4Misuse, Retry, RetryStrategy, SecurityProfile, TokenForm
from sdg_connector.as4.domibus_pmode import read_domibus_pmode, write_domibus_pmode
from tests.support.as4_pair import curve_keys, make_pair, modern_keys, rsa_keys


@pytest.mark.artefacts
def test_a_real_oots_configuration_is_read(artefacts):
    file = artefacts / "as4" / "domibus-5.2.1-answers" / "configuration_PMode_Domibus.xml"
    agreements = read_domibus_pmode(file.read_bytes(), certificates={})
    assert agreements.us == "blue_gw"
    legs = {pmode.leg.action: pmode.leg for pmode in agreements.pmodes}
    assert len(legs) == 4
    assert legs["ExecuteQueryRequest"].compress
    assert not legs["ExecuteQueryResponse"].compress
    assert legs["ExceptionResponse"].retry == Retry(
        minutes=12, attempts=4, strategy=RetryStrategy.CONSTANT
    )
    assert agreements.pmodes[0].agreement is None


@pytest.mark.artefacts
def test_what_is_written_is_valid_by_domibus_own_schema(artefacts, pair):
    file = artefacts / "as4" / "domibus-pmode-policies" / "domibus-pmode.xsd"
    xmlschema.XMLSchema(file).validate(write_domibus_pmode(pair.sending).decode())


@pytest.mark.parametrize(
    ("keys", "profile"),
    [
        (rsa_keys, SecurityProfile.RSA),
        (modern_keys, SecurityProfile.EDDSA),
        (curve_keys, SecurityProfile.ECDSA),
    ],
)
def test_the_certificates_say_which_curves_are_meant(keys, profile):
    pair = make_pair(keys("lv"), keys("es"), profile)
    certificates = {party.name: party.signing[0] for party in pair.sending.parties}
    again = read_domibus_pmode(write_domibus_pmode(pair.sending), certificates=certificates)
    assert {pmode.leg.profile for pmode in again.pmodes} == {profile}


@pytest.mark.parametrize("token", list(TokenForm))
def test_agreements_survive_writing_and_reading(pair, token):
    written = write_domibus_pmode(pair.bent(token=token).sending)
    certificates = {party.name: party.signing[0] for party in pair.sending.parties}
    again = read_domibus_pmode(written, certificates=certificates)
    assert write_domibus_pmode(again) == written
    assert {pmode.leg for pmode in again.pmodes} == {
        pmode.leg for pmode in pair.bent(token=token).sending.pmodes
    }
    assert again.party("es").signing == pair.spain.signing


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'retry="12;4;CONSTANT"', b'retry="often"'),
        (b'policy="eDeliveryAS4Policy_BST.xml"', b'policy="doNothingPolicy.xml"'),
        (b'service="service1"', b'service="nowhere"'),
        (b"<db:configuration", b"<db:other"),
        (b"<mpcs>", b"<mpcX>"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_our_own_mistake(pair, old, new):
    written = write_domibus_pmode(pair.sending)
    assert old in written
    with pytest.raises(As4Misuse):
        read_domibus_pmode(written.replace(old, new), certificates={})
