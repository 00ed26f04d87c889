/** What a reader finds when the kit is unpacked. */
export const START_TEXT = `put-page: five kernel threads, one question

You need Node 20.19 or newer (node --version). Nothing else, and no network.

  Linux, macOS    ./put-page doctor      says whether this machine will do
                  ./put-page start       opens the notebooks in your browser
  Windows         put-page doctor
                  put-page start

Nothing is written into this folder. Your copies and your progress are kept in your home
(~/.local/state/put-page, on Windows %LOCALAPPDATA%\\put-page), or in DIR with: start --state DIR

If macOS refuses a file that was downloaded: xattr -dr com.apple.quarantine .
docs/workshop.md is for whoever teaches with it.
`;

export const LAUNCH_SH = `#!/bin/sh
command -v node >/dev/null || { echo "put-page: there is no node here; install Node 20.19 or newer from https://nodejs.org" >&2; exit 1; }
exec node "$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/dist/cli.js" "$@"
`;

export const LAUNCH_WINDOWS = '@echo off\r\nnode "%~dp0dist\\cli.js" %*\r\n';
