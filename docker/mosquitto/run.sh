#!/bin/sh
# Runs mosquitto, and has it read the list of revoked certificates again within seconds of a change.
#
#   run.sh LIST USERS COMMAND…
#
# LIST: what `crlfile` names. USERS: the file of its dynamic security, made empty if it is not there.
set -eu

list=$1 users=$2
shift 2
[ -f "$users" ] || (umask 077 && echo "{}" >"$users")

"$@" &
broker=$!
trap 'kill -TERM "$broker"' TERM INT
seen=$(cksum <"$list")
while kill -0 "$broker" 2>/dev/null; do
    sleep 3 &
    wait $! || true
    now=$(cksum <"$list") || continue
    if [ "$now" != "$seen" ]; then
        seen=$now
        kill -HUP "$broker"
    fi
done
wait "$broker"
