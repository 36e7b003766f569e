-- The two roles of a database for evbook. A superuser runs this once, connected to that database:
--
--   psql --dbname=DATABASE --file=roles.sql
--
-- and then gives each a password with psql's \password. evbook_owner has the tables: evbook migrate
-- and evbook move go by this name. evbook is for everything else, serve above all: it changes rows,
-- and can neither change what guards them nor empty or drop a table.

CREATE ROLE evbook_owner LOGIN;
CREATE ROLE evbook LOGIN;

-- Tables that others might make in a schema of all would be taken for evbook's.
CREATE SCHEMA evbook AUTHORIZATION evbook_owner;
ALTER ROLE evbook_owner SET search_path = evbook;
ALTER ROLE evbook SET search_path = evbook;

-- evbook doctor and evbook serve --require-sync look whether a standby is synchronous.
GRANT pg_read_all_stats TO evbook;

-- What the owner makes, now and with later migrations.
GRANT USAGE ON SCHEMA evbook TO evbook;
ALTER DEFAULT PRIVILEGES FOR ROLE evbook_owner IN SCHEMA evbook
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO evbook;
ALTER DEFAULT PRIVILEGES FOR ROLE evbook_owner IN SCHEMA evbook
  GRANT USAGE ON SEQUENCES TO evbook;
