"""The tip form: its fields, its page, and the rules by which a tip is accepted."""
