"""Where the data lives: sessions, bulk writes, migrations, derive, commands, the object store."""
