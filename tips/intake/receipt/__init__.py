"""The receipt: see a tip's status, add to it, answer questions, delete contact details."""
