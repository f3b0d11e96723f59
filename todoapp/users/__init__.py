"""People with one sign-in each: registering, signing in, sessions, tokens, preferences."""
