"""Acts as they happened, sealed so that nothing can be altered, dropped or back-dated unseen.

Owns the words act, entry, batch, seal, root, proof, request key. Everything anyone does for a citizen leaves one entry here,
in the transaction of the act itself.
"""
