"""The words of the product: patients, exercises, doses, programmes, logs and the envelope.

Pure data and arithmetic. No solver, no files, no clock.
"""
