"""Who wrote something, as talk shows them."""

AUTHOR = """
    (select json_build_object('id', author.id, 'username', author.username, 'display_name', author.display_name,
                              'role', author.role, 'is_deleted', author.status = 'deleted')
     from accounts.users author where author.id = {who}) as author"""
"""A JSON object about the user whose id `{who}` is; null for nobody."""
