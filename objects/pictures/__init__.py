"""Picture processing without side effects: bytes in, a result or a refusal out."""
