"""Exports: functions from a programme to bytes or text.

``text`` holds the plain words that every export shares; ``ical`` writes calendars, with the time
zone definitions of ``vtimezone``.  No clock, no environment, no output files.
"""
