"""Stage 1: accept tips from the form, a receipt or a file, so that none is lost."""
