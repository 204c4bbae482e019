"""A small news site on loopback that publishes, edits, hides and moves its articles, and keeps the truth about it.

It is the demo that the archive watches and the site that the tests crawl. It knows nothing of the archive.
"""

from newsroom.model import Event, Logged, Story
from newsroom.room import Newsroom

__all__ = ["Event", "Logged", "Newsroom", "Story"]
