"""The calendar of working days and the limits that promise when something is done.

Owns the words working day, notice (of the State Council), limit, pause, extension, due, late. Limits are computed, never counted.
"""
