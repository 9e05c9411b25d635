"""What people are told: in the inbox, by text message, by e-mail. Stored first, sent by the worker, retried, swept.

Owns the words message, channel, delivery.
"""
