"""eTranslation, the Commission's service: it takes texts and calls back with the translations."""

from translations.engines.etranslation.engine import ETranslationEngine
from translations.engines.etranslation.interface import ETranslationV1, ETranslationV2
from translations.engines.etranslation.letterbox import Letterbox
from translations.engines.etranslation.receiver import DeliveryReceiver

__all__ = [
    "DeliveryReceiver",
    "ETranslationEngine",
    "ETranslationV1",
    "ETranslationV2",
    "Letterbox",
]
