#!/bin/sh
# Writes what packages install besides the program into a folder: the manual page and the completions.
set -eu
cd "$(dirname "$0")/.."
folder=$1
mkdir -p "$folder"
for shell in bash zsh fish; do
	go run ./cmd/lightdht completion "$shell" >"$folder/lightdht.$shell"
done
gzip -9nc cmd/lightdht/man/lightdht.1 >"$folder/lightdht.1.gz"
