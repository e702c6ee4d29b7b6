#!/bin/sh
# Writes every file below a folder whose name ends with a suffix into one C table, ordered by name:
#     embed.sh FOLDER SUFFIX HEADER NAME OUTPUT
# makes NAMEs[] and NAME_count, which HEADER declares as EmbeddedFile's (common/embedded.h).
set -eu
folder=$1
suffix=$2
header=$3
table=$4
output=$5
{
    printf '#include "%s"\n\n' "$header"
    cd "$folder"
    find . -type f -name "*$suffix" | sed 's|^\./||' | LC_ALL=C sort >"$output.names"
    number=0
    while IFS= read -r name; do
        printf 'static const char text_%d[] = {' "$number"
        od -An -v -tx1 "$name" | sed 's/ \([0-9a-f][0-9a-f]\)/(char)0x\1,/g'
        printf '0};\n'
        number=$((number + 1))
    done <"$output.names"
    printf '\nconst EmbeddedFile %ss[] = {\n' "$table"
    number=0
    while IFS= read -r name; do
        printf '    {"%s", text_%d, sizeof text_%d - 1},\n' "$name" "$number" "$number"
        number=$((number + 1))
    done <"$output.names"
    printf '};\nconst size_t %s_count = sizeof %ss / sizeof %ss[0];\n' "$table" "$table" "$table"
} >"$output.new"
rm -f "$output.names"
mv "$output.new" "$output"
