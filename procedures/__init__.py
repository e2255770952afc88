"""Describe a service as the Single Digital Gateway law asks, and prove it."""
