"""The constraints of CPSV-AP and the terms of our own, as data."""
