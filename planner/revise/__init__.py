"""Revisions of a living programme: what is carried from one to the next, and what is different."""
