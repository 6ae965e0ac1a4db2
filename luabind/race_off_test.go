//go:build !race

package luabind

const underRace = false
