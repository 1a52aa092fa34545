"""Twelve harmless objects for the demo: pictures drawn here, and questions as real sites ask them."""
