//go:build race

package theory

const underRace = true
