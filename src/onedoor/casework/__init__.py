"""Applications from draft to delivery: the acts, their states, and who may do them.

Owns the words application, reference, draft, receive, notice, correction, accept, stage, decision, delivery.
"""
