"""Speed, as commands that print a table and a ratio against a named reference run side by side."""
