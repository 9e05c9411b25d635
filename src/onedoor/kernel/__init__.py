"""What every room stands on and no table belongs to.

Owns the words actor, refusal, reference, identity code, mask, vault, job name, page. Knows nothing of any room above it.
"""
