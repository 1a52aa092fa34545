"""Places in a text and the countries they lie in. Pure; below all stages, because several need it."""
