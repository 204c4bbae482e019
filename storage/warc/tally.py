"""What a segment's records came to, digested while they are written, so that its seal need not go through it again."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

_ID, _DIGEST = 16, 32
_RECORD = _ID + 2 * _DIGEST


class Tally:
    """The digests of each record of a segment and of the whole file, 80 bytes a record.

    It holds only as long as every byte of the file was seen on its way: it is `lost` once a record was taken back or
    came from elsewhere, and it speaks of the file that lies there only where that has the digest told here.
    """

    def __init__(self) -> None:
        self.lost = False
        self._file = sha256()
        self._records = bytearray()

    @property
    def file_digest(self) -> str:
        """The digest of all that was written to the file."""
        return f"sha256:{self._file.hexdigest()}"

    def wrote(self, content: bytes) -> None:
        """Take the next bytes of the file."""
        self._file.update(content)

    def add(self, record_id: str, head: bytes, block_digest: str) -> None:
        """Take a record: its id `<urn:uuid:...>`, its header to the empty line that ends it, its block's digest."""
        self._records += bytes.fromhex(record_id[10:46].replace("-", ""))
        self._records += sha256(head).digest()
        self._records += bytes.fromhex(block_digest.removeprefix("sha256:"))

    def records(self) -> Iterator[tuple[str, str, str]]:
        """Yield each record's id, the digest of its header and that of its block, in the order of the file."""
        for at in range(0, len(self._records), _RECORD):
            told = self._records[at : at + _RECORD]
            name = told[:_ID].hex()
            yield (
                f"<urn:uuid:{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}>",
                f"sha256:{told[_ID : _ID + _DIGEST].hex()}",
                f"sha256:{told[_ID + _DIGEST :].hex()}",
            )
