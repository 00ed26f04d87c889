#!/bin/sh
# Installs the kit once for all users of a machine, read-only: hub/install.sh [PREFIX], /usr/local if not given.
# Dockerfile, devcontainer, Binder and TLJH run this and nothing else. Needs Node 20.19 or newer and npm.
set -eu
cd "$(dirname "$0")/.."
prefix=${1:-/usr/local}
kit=$prefix/lib/put-page

[ -d node_modules ] || npm ci --no-audit --no-fund
node pack/build.mjs --need
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
node dist/cli.js pack --out "$packed/kit.tar"

[ ! -e "$kit" ] || { chmod -R u+w "$kit"; rm -rf "$kit"; }
mkdir -p "$kit" "$prefix/bin"
tar -xf "$packed/kit.tar" -C "$kit" --strip-components 1
chmod -R a-w,a+rX "$kit"

printf '#!/bin/sh\nexec "%s/put-page" "$@"\n' "$kit" > "$prefix/bin/put-page"
chmod 755 "$prefix/bin/put-page"
# The kernel for Jupyter: each user's progress is kept in their own home.
"$prefix/bin/put-page" kernel install --prefix "$prefix"
