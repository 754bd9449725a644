#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs shellcheck on every shell script: *.sh, and files without a suffix that start with #!/bin/sh.
set -eu
# shellcheck source-path=SCRIPTDIR source=files.sh
. "$(dirname "$0")/files.sh"
command -v shellcheck >/dev/null || exit 77
scripts=$(list_files '*' | while IFS= read -r file; do
	case ${file##*/} in
	*.sh) printf '%s\n' "$file" ;;
	*.*) ;;
	*)
		if head -n 1 "$root/$file" | grep -Eq '^#!.*[/ ](sh|bash|dash)$'; then
			printf '%s\n' "$file"
		fi
		;;
	esac
done)
need_files "$scripts"
cd "$root"
printf '%s\n' "$scripts" | tr '\n' '\0' | xargs -0 -n 8 -P "$(nproc)" shellcheck -x
