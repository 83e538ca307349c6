#!/bin/sh
# Passwords, the key of payloads and the codec server's token, each once: what exists is kept. Directory and files are for
# the containers' users, who are not yours, so only the directory above is closed to others.
set -eu

cd "$(dirname "$0")"
mkdir -p secrets
chmod 711 secrets
for name in postgres-password grafana-password codec-token; do
  [ -e "secrets/$name" ] || openssl rand -hex 24 > "secrets/$name"
done
[ -e secrets/payload-key ] || openssl rand -base64 32 > secrets/payload-key
chmod 444 secrets/postgres-password secrets/grafana-password secrets/codec-token secrets/payload-key
echo "secrets are in $(pwd)/secrets"
