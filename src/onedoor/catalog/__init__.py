"""The city's one catalogue: what can be done, by whom, with which papers, within which time.

Owns the words catalogue item, service item, version, option, material, step, form, guide, synonym, short code.
"""
