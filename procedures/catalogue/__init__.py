"""Descriptions of real public services, shipped as example and as data to rehearse with."""

from procedures.catalogue.shipped import load, load_all, names

__all__ = ["load", "load_all", "names"]
