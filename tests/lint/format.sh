#!/bin/sh
# SPDX-License-Identifier: MIT
# Every C file is as clang-format writes it.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
command -v clang-format >/dev/null || exit 77
files=$(list_files '*.c' '*.h')
need_files "$files"
cd "$root"
printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 -n 40 -P "$(nproc)" clang-format --dry-run -Werror
