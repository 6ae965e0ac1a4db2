//go:build !race

package sim

import "testing"

func notUnderRace(*testing.T) {}
