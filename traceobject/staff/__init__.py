"""Who works here: users, their roles, the second factor, the countries of an officer."""
