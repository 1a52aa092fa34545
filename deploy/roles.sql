-- Two roles: one owns the tables and migrates, the other is the site, which cannot change the audit trail.
-- Run it once, as a superuser, connected to the site's database:
--
--     psql -d traceobject -v owner=traceobject_owner -v site=traceobject -f deploy/roles.sql
--
-- Then give both a password (\password traceobject), run 'manage.py migrate' and 'manage.py grants traceobject'
-- as the owner, and start the site as the other. docs/operators.md has the steps.

CREATE ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE ROLE :"site" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;

SELECT format('ALTER DATABASE %I OWNER TO %I', current_database(), :'owner') \gexec
ALTER SCHEMA public OWNER TO :"owner";

-- Nobody else makes tables or functions here (PostgreSQL 14 lets everybody).
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SELECT format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()) \gexec
