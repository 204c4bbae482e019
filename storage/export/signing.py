"""The signature of a WACZ file (WACZ Signing and Verification 0.1.0, anonymous signature).

The format knows ECDSA only, and the tools that check it P-384 with SHA-256 and signatures as two numbers side by side
(IEEE P1363), of the words `sha256:<hex>`. The archive's own key is Ed25519: from a signature of it over fixed words,
which is the same each time and never shown, a P-384 key is derived, so that all files of an archive carry one public
key; and the archive's key signs for that one (`vouched`), which stands in `datapackage.json`.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VERSION = "0.1.0"
DERIVE = b"Stop Press: derive the key that signs WACZ files, 1"
VOUCH = b"Stop Press: this P-384 key signs WACZ files of this archive, 1\n"
"""Before the DER of the P-384 key's SubjectPublicKeyInfo: what the archive's key signs."""

_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973
"""The order of the curve P-384 (FIPS 186-4, D.1.2.4)."""
_BYTES = 48


class ArchiveKey(Protocol):
    """The archive's Ed25519 key: `public.text` is base64 of its SubjectPublicKeyInfo, signatures are in base64."""

    @property
    def public(self) -> Any:
        """The public key."""

    def sign(self, content: bytes) -> str:
        """Return the signature of these bytes."""


class WaczSigner:
    """Signs the data packages of an archive's WACZ files."""

    def __init__(self, archive: ArchiveKey) -> None:
        seed = HKDF(algorithm=SHA384(), length=_BYTES + 8, salt=None, info=DERIVE).derive(
            b64decode(archive.sign(DERIVE))
        )
        self._key = ec.derive_private_key(int.from_bytes(seed) % (_ORDER - 1) + 1, ec.SECP384R1())
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public = b64encode(public).decode()
        self.vouched = {
            "archiveKey": archive.public.text,
            "waczKey": self.public,
            "waczKeySignature": archive.sign(VOUCH + public),
        }

    def signed_data(self, digest: str, *, created: str, software: str) -> dict[str, str]:
        """Return `signedData` for a `datapackage.json` with this digest; exactly the fields that the format allows."""
        numbers = decode_dss_signature(self._key.sign(digest.encode(), ec.ECDSA(SHA256())))
        raw = b"".join(number.to_bytes(_BYTES) for number in numbers)
        return {
            "hash": digest,
            "created": created,
            "software": software,
            "version": VERSION,
            "signature": b64encode(raw).decode(),
            "publicKey": self.public,
        }
