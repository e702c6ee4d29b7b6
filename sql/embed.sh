#!/bin/sh
# Writes every .sql file below a folder into one C table, ordered by name: embed.sh FOLDER OUTPUT
set -eu
folder=$1
output=$2
{
    printf '#include "load/embedded.h"\n\n'
    cd "$folder"
    find . -name '*.sql' | sed 's|^\./||' | LC_ALL=C sort >"$output.names"
    number=0
    while IFS= read -r name; do
        printf 'static const char text_%d[] = {' "$number"
        od -An -v -tx1 "$name" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
        printf '0};\n'
        number=$((number + 1))
    done <"$output.names"
    printf '\nconst EmbeddedFile embedded_files[] = {\n'
    number=0
    while IFS= read -r name; do
        printf '    {"%s", text_%d, sizeof text_%d - 1},\n' "$name" "$number" "$number"
        number=$((number + 1))
    done <"$output.names"
    printf '};\nconst size_t embedded_file_count = sizeof embedded_files / sizeof embedded_files[0];\n'
} >"$output.new"
rm -f "$output.names"
mv "$output.new" "$output"
