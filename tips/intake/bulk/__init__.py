"""Tips in bulk: from CSV files and mailboxes."""
