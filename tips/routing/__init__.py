"""Stage 4: hand each lead to each of its countries, once as far as anyone can see."""
