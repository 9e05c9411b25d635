"""Files that people hand in, and papers that the city issues, numbered and sealed.

Owns the words file, paper, number, seal, verification.
"""
