#!/bin/sh
# Copies the notebooks into a user's folder: hub/give-notebooks.sh [KIT] [FOLDER]. What is there already stays as it is.
set -eu
kit=${1:-/usr/local/lib/put-page}
to=${2:-$HOME/put-page}
mkdir -p "$to/notebooks" "$to/docs"
for from in "$kit"/notebooks/*.ipynb; do
  copy=$to/notebooks/$(basename "$from")
  [ -e "$copy" ] || { cp "$from" "$copy" && chmod u+w "$copy"; }
done
# What the notebooks link to.
cp -f "$kit/docs/glossary.md" "$to/docs/" && chmod u+w "$to/docs/glossary.md"
