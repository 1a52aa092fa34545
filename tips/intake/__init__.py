"""Stage 1: take a tip in, from the form or from a file, and never lose it."""
