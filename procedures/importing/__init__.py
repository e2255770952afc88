"""Descriptions from the registers of others, and what had no place in them."""

from procedures.importing.imported import Common, Imported, RegisterRefused, read_codes
from procedures.importing.mapping import MappingRefused, TableMapping, read_mapping
from procedures.importing.netherlands import read_netherlands
from procedures.importing.ptv import read_ptv
from procedures.importing.table_files import read_json_records, read_table, table_csv, table_xlsx
from procedures.importing.xzufi import read_xzufi

__all__ = [
    "Common",
    "Imported",
    "MappingRefused",
    "RegisterRefused",
    "TableMapping",
    "read_codes",
    "read_json_records",
    "read_mapping",
    "read_netherlands",
    "read_ptv",
    "read_table",
    "read_xzufi",
    "table_csv",
    "table_xlsx",
]
