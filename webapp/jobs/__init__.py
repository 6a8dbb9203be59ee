"""Jobs: runs of collecting that editors and operators start, watch and cancel from the API."""
