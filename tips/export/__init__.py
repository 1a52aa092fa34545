"""Stage 6: CSV for investigators; each row says where it came from."""
