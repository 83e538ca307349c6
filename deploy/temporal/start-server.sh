#!/bin/sh
# The image's own start, with the password from a file: it would else stand in `docker inspect`.
set -eu

POSTGRES_PWD="$(cat /run/secrets/postgres-password)"
export POSTGRES_PWD
exec /etc/temporal/entrypoint.sh
