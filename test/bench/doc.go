// Package bench measures what the project promises about time and memory. It
// tests nothing but what virtual time says: other figures depend on the machine, and
// nobody should have to wait for them.
//
//	go test -run '^$' -bench . ./test/bench                   # all, about two minutes
//	go test -run '^$' -bench . -short ./test/bench            # without the largest busy world
//	go test -run '^$' -bench Start ./test/bench -args -million # a million nodes: 10 to 16 GB
//	go test -run '^$' -bench Closest8 -count 5 ./test/bench   # one, to compare
//
// README.md has what was seen, and how lookups fare in bad company.
package bench
