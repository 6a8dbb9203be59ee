"""Operations on a session that both collecting and serving need, one module per subject."""
