package engine

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

func (e *Engine) openMath() {
	lib := e.library("math")
	lib.RawSetString("huge", lua.LNumber(math.Inf(1)))
	chance := rand.New(e.random)
	e.define(lib,
		function{"random", func(L *lua.LState) int { return mathRandom(L, chance) }},
		function{"randomseed", func(L *lua.LState) int {
			seed := math.Float64bits(float64(L.CheckNumber(1)))
			chance = rand.New(rand.NewPCG(seed, seed)) // the script's own from now on
			return 0
		}},
	)
}

// mathRandom is math.random([[low,] high]).
func mathRandom(L *lua.LState, chance *rand.Rand) int {
	if L.GetTop() == 0 {
		L.Push(lua.LNumber(chance.Float64()))
		return 1
	}
	low, high, arg := lua.LNumber(1), L.CheckNumber(1), 1
	if L.GetTop() > 1 {
		low, high, arg = high, L.CheckNumber(2), 2
	}
	low, high = lua.LNumber(math.Floor(float64(low))), lua.LNumber(math.Floor(float64(high)))
	if !(low <= high) {
		L.ArgError(arg, "interval is empty")
	}
	if math.Abs(float64(low)) > 1<<53 || math.Abs(float64(high)) > 1<<53 {
		L.ArgError(arg, "number too large")
	}
	L.Push(low + lua.LNumber(chance.Int64N(int64(high-low)+1)))
	return 1
}
