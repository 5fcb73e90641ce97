"""A real agent in a hurry: its memory over a day that passes in two hours."""
