"""Stage 8: what came of it, in figures that give nothing and nobody away."""
