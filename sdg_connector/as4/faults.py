"""The SOAP fault that goes with an error of message security (AS4_CP_TA35, AS4_CP_TA37).

The ebMS error stands signed in the header; the fault says the same to a SOAP stack, in the body.
https://docs.oasis-open.org/wss-m/wss/v1.1.1/os/wss-SOAPMessageSecurity-v1.1.1-os.html, 12
"""

from lxml import etree

from sdg_connector.as4.errors import As4Refused, EbmsError
from sdg_connector.as4.message import SOAP
from sdg_connector.as4.tokens import WSSE

_CODES = {
    EbmsError.FAILED_AUTHENTICATION: "FailedCheck",
    EbmsError.FAILED_DECRYPTION: "FailedCheck",
    EbmsError.POLICY_NONCOMPLIANCE: "InvalidSecurity",
}
_REASONS = {
    "FailedCheck": "The signature or decryption was invalid",
    "FailedAuthentication": "The security token could not be authenticated or authorized",
    "InvalidSecurity": "An error was discovered processing the <wsse:Security> header",
}
"""The standard's own sentences: one for each code, so that they tell an attacker nothing more."""
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def write_fault(refused: As4Refused) -> etree._Element | None:
    """The fault of a refusal that is about message security; None for any other."""
    code = _CODES.get(refused.error)
    if code is None:
        return None
    if refused.rule.startswith("certificate/"):
        code = "FailedAuthentication"
    fault = etree.Element(f"{{{SOAP}}}Fault", nsmap={"S12": SOAP, "wsse": WSSE})
    outer = etree.SubElement(fault, f"{{{SOAP}}}Code")
    etree.SubElement(outer, f"{{{SOAP}}}Value").text = "S12:Sender"
    inner = etree.SubElement(outer, f"{{{SOAP}}}Subcode")
    etree.SubElement(inner, f"{{{SOAP}}}Value").text = f"wsse:{code}"
    reason = etree.SubElement(fault, f"{{{SOAP}}}Reason")
    text = etree.SubElement(reason, f"{{{SOAP}}}Text")
    text.set(_XML_LANG, "en")
    text.text = _REASONS[code]
    return fault
