"""Stage 3: moderators read claims, best first, and decide."""
