"""How the newsroom's pages look: two article templates, fronts, furniture."""
