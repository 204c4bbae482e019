"""The instants that publishers claim, printed and structured, with their words kept. Local time exists only here.

`structured_stamp` reads what a page says to machines, `printed_stamps` what it says to people; `choose` puts all
of a page's stamps in order, of each kind the one to show first.
"""

from news.stamps.choosing import choose
from news.stamps.printed import printed_stamps
from news.stamps.structured import structured_stamp

__all__ = ["choose", "printed_stamps", "structured_stamp"]
