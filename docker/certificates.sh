#!/bin/sh
# Makes the certificates of a deployment with openssl: an authority, the broker, the cloud, one for each device.
#
#   docker/certificates.sh FOLDER BROKER_HOST DEVICE…
#
# BROKER_HOST is the name by which devices reach the broker; inside compose it is also called `broker`. What exists
# is kept, so that a device can be added later. Keep ca.key off the servers: whoever holds it can be any device.
set -eu
umask 077

[ $# -ge 3 ] || { echo "usage: $0 FOLDER BROKER_HOST DEVICE…" >&2; exit 2; }
folder=$1 host=$2
shift 2
mkdir -p "$folder"
cd "$folder"

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null; }

if [ ! -f ca.key ]; then
    new_key ca
    openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj "/CN=Fallwatch authority" -out ca.crt \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign"
fi

# issue NAME USAGE ALTERNATIVE_NAMES OWNER
issue() {
    [ ! -f "$1.crt" ] || return 0
    new_key "$1"
    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
    {
        echo "basicConstraints=critical,CA:FALSE"
        echo "keyUsage=critical,digitalSignature"
        echo "extendedKeyUsage=$2"
        echo "subjectAltName=$3"
        echo "subjectKeyIdentifier=hash"
        echo "authorityKeyIdentifier=keyid"
    } >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days 825 \
        -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    rm "$1.csr" "$1.ext"
    # The containers run as these users and must read their own key; nobody else may.
    chown "$4" "$1.key" 2>/dev/null || echo "$folder/$1.key: give it to user $4 (chown), as root" >&2
}

issue broker serverAuth "DNS:$host,DNS:broker,DNS:localhost" 1883
issue cloud clientAuth DNS:cloud 10001
for device in "$@"; do
    issue "$device" clientAuth "DNS:$device" 10001
done

# The list of certificates that count no more, empty at first; `fallwatch cloud revoke` writes it anew.
mkdir -p revoked
if [ ! -f revoked/devices.crl ]; then
    : >index.txt
    printf '[ca]\ndefault_ca=list\n[list]\ndatabase=index.txt\ndefault_md=sha256\n' >list.cnf
    openssl ca -gencrl -config list.cnf -keyfile ca.key -cert ca.crt -crldays 3650 -out revoked/devices.crl
    rm -f index.txt index.txt.attr list.cnf
fi
chmod 755 revoked
chmod 644 ./*.crt revoked/devices.crl
