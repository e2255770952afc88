"""Carry a user from a procedure to the evidence it needs."""
