"""What admins mend: fields, pictures, questions of identity, pages of wikis, merges."""
