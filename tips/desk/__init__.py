"""Stage 5: case officers see their countries' referrals, acknowledge them and report outcomes."""
