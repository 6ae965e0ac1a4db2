package engine

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/exact"
)

func (e *Engine) openMath() {
	lib := e.library("math")
	lib.RawSetString("huge", lua.LNumber(math.Inf(1)))
	chance := rand.New(e.random)
	for _, f := range []struct {
		name string
		of   func(float64) float64
	}{
		{"acos", exact.Acos}, {"asin", exact.Asin}, {"atan", exact.Atan}, {"cos", exact.Cos}, {"cosh", exact.Cosh},
		{"exp", exact.Exp}, {"log", exact.Log}, {"log10", exact.Log10}, {"sin", exact.Sin}, {"sinh", exact.Sinh},
		{"tan", exact.Tan}, {"tanh", exact.Tanh},
	} {
		e.define(lib, function{f.name, func(L *lua.LState) int {
			L.Push(lua.LNumber(f.of(float64(L.CheckNumber(1)))))
			return 1
		}})
	}
	ofTwo := func(f func(x, y float64) float64) lua.LGFunction {
		return func(L *lua.LState) int {
			L.Push(lua.LNumber(f(float64(L.CheckNumber(1)), float64(L.CheckNumber(2)))))
			return 1
		}
	}
	e.define(lib,
		function{"atan2", ofTwo(exact.Atan2)},
		function{"ldexp", func(L *lua.LState) int {
			const most = 1 << 16 // more than there are exponents
			k := min(max(integer(L, 2), -most), most)
			L.Push(lua.LNumber(math.Ldexp(float64(L.CheckNumber(1)), k)))
			return 1
		}},
		function{"pow", ofTwo(exact.Pow)},
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
