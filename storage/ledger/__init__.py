"""The ledger: what makes removal, insertion and back-dating show in the store itself.

Each manifest carries the root of a Merkle tree over all that its segment holds (`tree`, `leaves`), the digest of the
manifest before it, and a signature (`keys`, `signing`); authorities may say when it existed (`timestamps`). One record
or object can be proved alone (`proving`). `docs/evidence.md` says what that is worth, and how to check it by hand.
"""
