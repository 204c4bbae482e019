"""What the desk did against what the archive caught of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from cli.demo.children import Line


@dataclass(slots=True)
class Score:
    """The desk's deeds so far, those of them that were caught, and the edits that were caught, in order."""

    deeds: list[Line] = field(default_factory=list)
    caught: list[Line] = field(default_factory=list)
    edits: list[Line] = field(default_factory=list)

    def done(self, deed: Line) -> None:
        """Note what the desk did."""
        self.deeds.append(deed)

    def seen(self, line: Line) -> None:
        """Note what the archive found, and whether it is what the desk did."""
        if line["classes"]:
            self.edits.append(line)
        self.caught += [deed for deed in self.waiting if _shows(line, deed)]

    @property
    def waiting(self) -> list[Line]:
        """Deeds that were not caught yet."""
        return [deed for deed in self.deeds if deed not in self.caught]

    @property
    def best(self) -> Line | None:
        """The edit that is most worth showing: one of the body alone, made without a word; or None."""
        wanted = {"stealth", "body"}
        return min(self.edits, key=lambda edit: len(wanted ^ set(edit["classes"])), default=None)

    def told(self) -> str:
        """Return the result in a sentence."""
        quiet = sum("stealth" in deed["classes"] for deed in self.caught)
        missed = "".join(
            f"\nNot caught before it was over or had changed again: {deed['words']}" for deed in self.waiting
        )
        return (
            f"The desk did {len(self.deeds)} things; the archive caught {len(self.caught)} of them, "
            f"{quiet} of which the desk did without a word (stealth).{missed}"
        )


def _shows(line: Line, deed: Line) -> bool:
    if line["page"] not in (deed["url"], deed["target"]):
        return False
    return set(deed["classes"]) <= set(line["classes"] or ()) if deed["classes"] else line["outcome"] == "new"
