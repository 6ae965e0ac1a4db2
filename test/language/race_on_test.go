//go:build race

package language

// checked is how many programs the check runs. The race detector makes the engine ten times slower,
// and finds its races in the first of them; test/check.sh runs them all without it.
const checked = 300
