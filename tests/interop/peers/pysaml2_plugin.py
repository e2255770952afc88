"""A pytest plugin that runs pysaml2's own tests on our crypto backend.

pysaml2's test keys are RSA keys of 1024 bits that sign with PKCS#1 v1.5. Nothing of ours uses such
keys, so that limit is lowered here, for this run only; all other rules hold.
"""

from dataclasses import replace
from typing import Any

import saml2.sigver

import xmltrust.signature_value
from eidas.pysaml2_backend import XmltrustBackend, use_in_context
from xmltrust import EncryptionPolicy, SignatureAlgorithm, SignaturePolicy

_BITS = 1024
_original = saml2.sigver.security_context


def _security_context(configuration: Any) -> Any:
    context = _original(configuration)
    if context is not None:
        encryption = EncryptionPolicy().with_oaep_mgf1p().without_recipient_name()
        backend = XmltrustBackend(
            algorithm=SignatureAlgorithm.RSA_SHA256,
            signatures=replace(SignaturePolicy().with_rsa_pkcs1(), min_rsa_bits=_BITS),
            encryption=replace(encryption, min_rsa_bits=_BITS),
        )
        use_in_context(context, backend)
    return context


xmltrust.signature_value._LEAST_RSA_BITS = _BITS  # type: ignore[misc]
saml2.sigver.security_context = _security_context
