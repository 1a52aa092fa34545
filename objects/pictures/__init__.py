"""Pictures as values: bytes in, a result or a refusal out."""
