package storage

import sqlite3 "modernc.org/sqlite/lib"

// SQLiteVersion is the version of the SQLite that is linked, such as "3.53.4". It opens nothing.
func SQLiteVersion() string { return sqlite3.SQLITE_VERSION }

// SchemaVersion is the newest schema that this evbook knows; it makes new databases with it.
func SchemaVersion() int { return schemaVersion }
