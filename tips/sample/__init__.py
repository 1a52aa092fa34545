"""Sample data for the demo, made by the same functions that real people's clicks call."""
