"""What we know about news. Pure: opens no path of ours, no network, no clock (design.md, section 2)."""
