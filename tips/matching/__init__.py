"""Stage 2: compare tips as texts. Pure: no database, no settings, no clock."""
