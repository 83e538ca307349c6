#!/bin/sh
# Passwords, the key of payloads and the codec server's token, each once: what exists is kept. The files can be read by the
# containers' users, who are not yours, and on this machine by nobody else: the folder around theirs is closed.
set -eu

cd "$(dirname "$0")"
mkdir -p secrets/files
chmod 700 secrets
chmod 755 secrets/files
for name in postgres-password grafana-password codec-token; do
  [ -e "secrets/files/$name" ] || openssl rand -hex 24 > "secrets/files/$name"
done
[ -e secrets/files/payload-key ] || openssl rand -base64 32 > secrets/files/payload-key
chmod 444 secrets/files/*
echo "secrets are in $(pwd)/secrets/files"
