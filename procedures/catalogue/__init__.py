"""Descriptions in Latvian after real public services, as example and as data to rehearse with.

They are complete by articles 9 to 11 of Regulation (EU) 2018/1724, but nobody's official text:
fees, terms and addresses are those of an example. ``lv/emisiju-uzlime`` has no model, because
Latvia issues no emission stickers; it stands for procedure V4 of Annex II.
"""

from procedures.catalogue.shipped import load, load_all, names
from procedures.catalogue.shipped_situations import situations

__all__ = ["load", "load_all", "names", "situations"]
