#!/bin/sh
# A PostgreSQL server of its own for a test: prints its address, and runs until its standard input ends. Then it is stopped and
# its files are gone: whoever started it need not clean up, and can't forget to.
set -eu

bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d /tmp/martlet-postgres.XXXXXX)
as_user=
if [ "$(id -u)" = 0 ]; then
    # PostgreSQL refuses to run as root.
    chown postgres "$folder"
    as_user="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
chmod 711 "$folder"
$as_user "$bin/initdb" --pgdata "$folder/data" --auth trust --username martlet --encoding UTF8 --no-sync >"$folder/log" 2>&1 \
    || { cat "$folder/log" >&2; exit 1; }
# Only through a socket, and without waiting for the disk: what it keeps is not meant to last.
$as_user "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c max_connections=200 \
    -c unix_socket_permissions=0777 ${MARTLET_TEST_POSTGRES:--c fsync=off} >>"$folder/server.log" 2>&1 </dev/null &
server=$!
trap 'kill -INT $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$folder"' EXIT
trap 'exit 0' INT TERM
tries=0
until "$bin/pg_isready" -q -h "$folder" -U martlet; do
    tries=$((tries + 1))
    if [ $tries -gt 150 ]; then cat "$folder/server.log" >&2; exit 1; fi
    sleep 0.1
done
echo "host=$folder user=martlet dbname=postgres"
cat >/dev/null
