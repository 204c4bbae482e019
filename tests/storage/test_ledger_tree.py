"""Trees are RFC 9162's: known roots, and every leaf's path leads to the root and to no other."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from storage.ledger.tree import leaf_hash, path, root, root_by

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
"""The leaves, and below the roots over the first of them, that certificate transparency's own tests have."""

ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

hashes = st.lists(st.binary(max_size=8).map(leaf_hash), min_size=1, max_size=70)


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH as section 2.1.1 defines it."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


def test_the_known_roots_come_out() -> None:
    assert tuple(root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() for size in range(1, 9)) == ROOTS
    assert root([]) == sha256().digest()


@given(hashes)
def test_a_root_is_the_one_that_the_rfc_defines(leaves: list[bytes]) -> None:
    assert root(leaves) == by_the_book(leaves)


@given(hashes, st.data())
def test_a_path_leads_from_its_leaf_to_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = path(leaves, index)
    assert root_by(leaves[index], index=index, size=len(leaves), steps=steps) == root(leaves)
    assert root_by(leaf_hash(b"of no tree, for it is longer"), index=index, size=len(leaves), steps=steps) != root(
        leaves
    )
    assert root_by(leaves[index], index=index, size=len(leaves), steps=[*steps, leaves[0]]) is None
    assert root_by(leaves[index], index=len(leaves), size=len(leaves), steps=steps) is None
    if steps:
        assert root_by(leaves[index], index=index, size=len(leaves), steps=steps[1:]) is None
