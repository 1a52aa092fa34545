"""Staff: users, roles, sign-in with a second factor, and the countries of case officers."""
