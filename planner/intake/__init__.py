"""The door: files become models, or faults that say in which line and how to put it right.

``patient_file`` and ``clinic_file`` read, ``new`` writes a first patient file, ``schema`` lists
JSON Schemas, ``canonical`` gives the bytes that are hashed and kept.
"""
