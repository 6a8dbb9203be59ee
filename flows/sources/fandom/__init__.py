"""Fandom: fans' wikis, which run on MediaWiki."""
