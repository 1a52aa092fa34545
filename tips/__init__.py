"""Tips: intake, matching, triage, routing, the desk, export. A stage imports only those before it."""
