"""The audit trail: who did what to what, append-only, each entry chained to the one before."""
