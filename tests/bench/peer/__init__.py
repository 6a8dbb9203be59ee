"""What a user would otherwise write over the same database: FastAPI, SQLModel, pydantic; and the least that any app must do."""
