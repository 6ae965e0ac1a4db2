#!/usr/bin/env bash
# The whole check of this module: what must pass before a change goes in.
# The tests among other implementations are apart, in test/interop.
#
#   test/check.sh              # about ten minutes on two cores
#   FUZZTIME=5s test/check.sh  # all fuzz targets for as long; default 3s, those of the wire 60s
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

step() { printf '\n== %s (at %d s)\n' "$*" "$SECONDS"; }

fail() {
	printf 'check: %s\n' "$*" >&2
	exit 1
}

check_format() {
	local unformatted
	unformatted=$(find . -name '*.go' -not -path '*/node_modules/*' -not -path './.*' -exec gofmt -l {} +)
	[[ -z $unformatted ]] || fail "gofmt -w these files:"$'\n'"$unformatted"
}

# go test lists the targets of a package before the line that names it.
fuzz_targets() {
	go test -list '^Fuzz' ./... >"$scratch/targets"
	awk '/^Fuzz/ { names[n++] = $1 }
	     /^ok/   { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }' "$scratch/targets"
}

# What a stranger can send is parsed here: these targets run longest.
wire='/(dht/krpc Fuzz(Parse|Item|PutItem|Filters|Samples)|dht/share Fuzz.*)$'

fuzz_time() {
	if [[ -n ${FUZZTIME:-} ]]; then
		echo "$FUZZTIME"
	elif [[ "$1 $2" =~ $wire ]]; then
		echo 60s
	else
		echo 3s
	fi
}

# fuzz runs one target, on one core. On a busy machine the fuzzer itself can miss its
# deadline. A failure that left no input behind is therefore tried again; a real one
# fails again.
fuzz() {
	local package=$1 name=$2 out
	out=$scratch/fuzz.${package//\//_}.$name
	fuzz_once "$package" "$name" >"$out" 2>&1 ||
		{ ! grep -q 'Failing input written' "$out" && fuzz_once "$package" "$name" >"$out" 2>&1; } ||
		{
			cat "$out"
			echo "$name in $package failed; commit the input it wrote to testdata along with the fix"
			return 1
		}
	printf '%s %s: %s\n' "$package" "$name" "$(tail -n 1 "$out")"
}

fuzz_once() {
	go test "$1" -run '^$' -fuzz "^$2\$" -fuzztime "$(fuzz_time "$1" "$2")" -parallel 1 </dev/null
}

check_fuzz() {
	local targets
	targets=$(fuzz_targets)
	[[ -n $targets ]] || fail "no fuzz target found"
	export -f fuzz fuzz_once fuzz_time
	export scratch wire
	xargs -P "$(nproc)" -L 1 bash -c 'fuzz "$@"' fuzz <<<"$targets" || fail "a fuzz target failed"
}

# Every example must end by itself, without an error. Those written in Go are
# run by go test.
check_examples() {
	local example
	local examples=(examples/*.lua)
	[[ -e ${examples[0]} ]] || {
		echo "skipped: there are no examples yet"
		return
	}
	go build -o "$scratch/lightdht" ./cmd/lightdht
	for example in "${examples[@]}"; do
		echo "$example"
		timeout 60 "$scratch/lightdht" run "$example" </dev/null >"$scratch/output" 2>&1 || {
			local code=$?
			cat "$scratch/output"
			fail "$example ended with exit code $code (124: not within 60 s)"
		}
	done
}

step "format"
check_format
step "go vet ./..."
go vet ./...
step "go mod tidy -diff"
go mod tidy -diff
step "go test -race ./..."
go test -race ./...
step "what the race detector makes too slow, or has nothing to do with"
go test -count=1 ./test/theory ./test/language ./dht ./dht/sim
step "every fuzz target"
check_fuzz
step "every example"
check_examples
step "all is well"
