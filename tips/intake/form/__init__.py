"""The tip form: what the public fills in, and the rules by which it is accepted."""
