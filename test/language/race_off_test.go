//go:build !race

package language

// checked is how many programs the check runs.
const checked = fixedSeeds
