"""What IMDb's GraphQL endpoint answers: pydantic models of what `queries.py` asks for, by subject.

GraphQL answers every field that was asked for, with null where there is nothing. So a field that is not there at all is
drift, and what it is missing from is not taken for complete.
"""
