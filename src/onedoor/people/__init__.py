"""Natural and legal persons, their accounts and who may act for whom.

Owns the words person, organisation, account, membership, tries. Identity data are encrypted, masked, and unmasked only as an act.
"""
