//go:build !race

package dht_test

import "testing"

func notUnderRace(*testing.T) {}
