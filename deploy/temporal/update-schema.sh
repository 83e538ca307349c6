#!/bin/sh
# The databases and their schemas, by the SQL tool of the server's own release. Its schemas are embedded; what is there already
# is left as it is, so that this is an upgrade as well.
set -eu

SQL_PASSWORD="$(cat "${SQL_PASSWORD_FILE:-/run/secrets/postgres-password}")"
export SQL_PASSWORD

for part in temporal:temporal temporal_visibility:visibility; do
  export SQL_DATABASE="${part%:*}"
  # Answers with an error where the database, or the table of versions, exists.
  temporal-sql-tool create-database --defaultdb postgres || echo "$SQL_DATABASE is there"
  temporal-sql-tool setup-schema --version 0.0 || echo "$SQL_DATABASE has versions"
  temporal-sql-tool update-schema --schema-name "postgresql/v12/${part#*:}"
done
