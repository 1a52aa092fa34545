"""Stage 2: find out what a new tip says again, and what it adds. Collapses, never deletes."""
