#!/usr/bin/env bash
# Trains every model of the zoo and publishes it: train.sh DIR OUT REPOSITORY
# DIR is a folder with the data, OUT gets the results, REPOSITORY the models. After an interruption it goes on.
set -euo pipefail
[ $# -eq 3 ] || { echo "usage: $0 DIR OUT REPOSITORY" >&2; exit 2; }
here=$(dirname "$0")
while read -r command; do
    command=${command/DIR/$1}
    command=${command/OUT/$2}
    command=${command/REPOSITORY/$3}
    echo "$command"
    # shellcheck disable=SC2086
    java -Xmx3g -jar "$here/../target/local-learning.jar" $command < /dev/null
done < "$here/commands.txt"
