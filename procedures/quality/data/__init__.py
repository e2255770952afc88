"""The rules that a description is judged by, as data."""
