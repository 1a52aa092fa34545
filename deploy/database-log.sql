-- No tip in PostgreSQL's own log. Run it once, as a superuser, with the name of the site's role:
--
--     psql -v role=traceobject -f deploy/database-log.sql
--
-- It holds for new connections: restart the site afterwards. If the owner of the tables is another role (see
-- 'Two roles' in docs/operators.md), run it for that one, too. Why each setting: docs/decisions/030.

-- An error's message may quote a value; its statement and details quote the whole tip.
ALTER ROLE :"role" SET log_min_messages = log;
ALTER ROLE :"role" SET log_min_error_statement = panic;
ALTER ROLE :"role" SET log_error_verbosity = terse;
ALTER ROLE :"role" SET log_parameter_max_length = 0;
ALTER ROLE :"role" SET log_parameter_max_length_on_error = 0;

-- Statements that succeed.
ALTER ROLE :"role" SET log_statement = none;
ALTER ROLE :"role" SET log_duration = off;
ALTER ROLE :"role" SET log_min_duration_statement = -1;
ALTER ROLE :"role" SET log_min_duration_sample = -1;
ALTER ROLE :"role" SET log_transaction_sample_rate = 0;
ALTER ROLE :"role" SET debug_print_parse = off;
ALTER ROLE :"role" SET debug_print_rewritten = off;
ALTER ROLE :"role" SET debug_print_plan = off;
ALTER ROLE :"role" SET auto_explain.log_min_duration = -1;

-- When a process is killed, the server logs what it was running, unless the process never told.
ALTER ROLE :"role" SET track_activities = off;
