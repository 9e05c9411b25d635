"""Where the city works and who may do what there.

Owns the words region, agency, site, window, department, post, posting, authorisation (per item and per stage).
"""
