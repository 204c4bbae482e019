"""What a check found: which object, what is wrong with it, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from shlex import quote
from typing import Literal

RESTORE = (
    "run `stoppress restore {key}`: it brings the right bytes back from an earlier version of the object. Where the "
    "store keeps none, as a directory does, add `--from FILE`, a copy of the object out of a copy of the store; put "
    "nothing else under its key"
)
"""What to do about an object that is damaged or gone; `{key}` stands for the finding's object."""
REREAD = (
    "see to its disk or its service (their logs say more), and copy what else lies there while it can be read; then "
    "run `stoppress verify` again. Where it still can't be read: " + RESTORE
)
UNLISTED = (
    "run `stoppress restore {key}`: it brings the manifest back from an earlier version, or, with `--from FILE`, from "
    "a copy of the store. If no version and no copy holds it, what it proved is lost: when the segment was sealed, its "
    "signature and its place in the chain, and `rebuild` leaves the segment out. Its captures remain where "
    "{stem}.warc.gz still lies: `stoppress import` of a copy of that file takes them in anew"
)
"""What to do about a manifest that is gone; `{key}` is its key, `{stem}` that without the ending."""
REBUILD = "run `stoppress rebuild`: the store is right, the catalogue is not"
RECOVER = "run `stoppress tick` or `stoppress crawl` for this site: it takes over what a dead process left"
KEEP = "keep the store as it is, and hold it against a copy, a witness or a timestamp to see which of them was changed"
UNSIGNED = (
    "if the key was not at hand, bring it back to where archive.key says, and crawl the site: the next signed manifest "
    "vouches for these. Was it at hand, their signatures were taken off: "
) + KEEP
INSPECT = "nothing of ours wrote it: look who did, keep a copy elsewhere, and take it out of the store"
UNPROVED = (
    "leave it where it is until you know who wrote it. Was it a seal of yours, " + UNLISTED + ". Was it not, keep a "
    "copy elsewhere, and take it out of the store"
)
"""What to do about a part of a segment that has no manifest; `{key}` and `{stem}` are its manifest's."""
SEE_FIRST = (
    "leave it where it is until the segments that have no manifest are seen to: it may have been sealed with one of "
    "them. Is it there then still, look who wrote it, keep a copy elsewhere, and take it out of the store"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be; `object` is a key of the store, a file of the spool, or a table's row."""

    object: str
    problem: str
    advice: str
    level: Literal["problem", "note"] = "problem"

    def __post_init__(self) -> None:
        """Put the object's key where its advice leaves room for it, as a shell takes it."""
        object.__setattr__(self, "advice", self.advice.replace("{key}", quote(self.object)))

    def row(self) -> dict[str, str]:
        """Return the finding as `verify --json` prints it."""
        return {"object": self.object, "problem": self.problem, "advice": self.advice, "level": self.level}
