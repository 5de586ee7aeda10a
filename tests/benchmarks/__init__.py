"""The benchmark: realistic patients, the planner and its peers on the same work.

``python -m tests.benchmarks --help`` says how to run it.
"""
