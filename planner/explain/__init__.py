"""Explanations: why a line is there, why something else is not, why nothing is possible, and what would help.

Everything here asks the rules and the solver again; nothing is canned.
"""
