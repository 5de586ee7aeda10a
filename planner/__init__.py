"""Gradus: graded exposure and progressive overload, planned by a constraint solver.

The rooms, in the order in which a patient file passes through them:
``intake`` -> ``rules`` -> ``solver`` -> ``verify`` -> ``export``; ``domain`` holds the
words that all of them share.
"""

__version__ = "0.1.0"
