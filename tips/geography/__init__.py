"""Find places and their countries in a text. Pure, and below all stages, because several use it."""
