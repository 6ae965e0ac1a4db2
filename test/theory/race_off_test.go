//go:build !race

package theory

const underRace = false
