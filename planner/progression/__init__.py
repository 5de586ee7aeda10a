"""Ladders: how doses of an exercise, and exercises of a track, follow one another."""
