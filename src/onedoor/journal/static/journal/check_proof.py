#!/usr/bin/env python3
"""Check that an entry stands in a city's sealed journal: python3 check_proof.py PROOF.json [ROOTS.txt or a root in hex]

Needs nothing but Python 3. Take the roots from somewhere else than the proof: from your own copy, a newspaper, a mail you kept.
"""

# ruff: noqa: T201
import hashlib
import json
import os
import sys


def digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def main(proof_file: str, kept: str = "") -> int:
    with open(proof_file, encoding="utf-8") as file:
        proof = json.load(file)
    batch = proof["batch"]
    node = digest(b"\x00", proof["entry"].encode())
    for side, beside in proof["path"]:
        other = bytes.fromhex(beside)
        node = digest(b"\x01", other, node) if side == "left" else digest(b"\x01", node, other)
    if node.hex() != batch["root"]:
        print("WRONG: the entry does not lead to the root of its batch")
        return 1
    told = f"{batch['number']} {batch['count']} {batch['sealed_at']}".encode()
    if digest(b"\x02", bytes.fromhex(batch["previous"]), node, told).hex() != batch["chained"]:
        print("WRONG: number, moment or chain of the batch were changed")
        return 1
    if not kept:
        print(f"The proof agrees with itself. Now compare this root with one kept elsewhere:\n{batch['number']} {node.hex()}")
        return 0
    lines = [f"{batch['number']} - - {kept} -"]
    if os.path.exists(kept):
        with open(kept, encoding="ascii") as file:
            lines = file.read().splitlines()
    roots = [line.split()[3] for line in lines if line.startswith(f"{batch['number']} ")]
    if node.hex() not in roots:
        print(f"WRONG: the kept root of batch {batch['number']} is {roots[0] if roots else 'not there'}, not {node.hex()}")
        return 1
    print(f"RIGHT: this entry was sealed in batch {batch['number']} at {batch['sealed_at']}:\n{proof['entry']}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) in {2, 3} else __doc__)
