"""Twelve harmless sample objects for the demo, with pictures drawn by code."""
