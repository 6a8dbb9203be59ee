"""Invented catalogues: compact facts (`model.py`) expanded to the bodies TMDb would send for them.

The bundled sample and the generator differ only in where their facts come from; everything TMDb's format demands is
written here once: `shows.py`, `seasons.py`, `credits.py`, `people.py`, `artwork.py`, joined by `source.py`.
"""
