package stdlib

import (
	"math"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/lightdht/lightdht/engine/lua51"

	"github.com/lightdht/lightdht/engine/exact"
)

// degree is one degree in radians.
const degree float64 = math.Pi / 180

func (l *Library) openMath(L *lua.LState) lua.LValue {
	lib := L.NewTable()
	lib.RawSetString("huge", lua.LNumber(math.Inf(1)))
	lib.RawSetString("pi", lua.LNumber(math.Pi))
	for _, f := range []struct {
		name string
		of   func(float64) float64
	}{
		{"abs", math.Abs}, {"acos", exact.Acos}, {"asin", exact.Asin}, {"atan", exact.Atan}, {"ceil", math.Ceil}, {"cos", exact.Cos}, {"cosh", exact.Cosh},
		{"deg", func(x float64) float64 { return x / degree }}, {"exp", exact.Exp}, {"floor", math.Floor}, {"log", exact.Log},
		{"log10", exact.Log10}, {"rad", func(x float64) float64 { return x * degree }}, {"sin", exact.Sin}, {"sinh", exact.Sinh},
		{"sqrt", math.Sqrt}, {"tan", exact.Tan}, {"tanh", exact.Tanh},
	} {
		define(L, lib, function{f.name, func(L *lua.LState) int {
			L.Push(lua.LNumber(f.of(lua51.Number(L, 1))))
			return 1
		}})
	}
	for _, f := range []struct {
		name string
		of   func(x, y float64) float64
	}{{"atan2", exact.Atan2}, {"fmod", math.Mod}, {"mod", math.Mod}, {"pow", exact.Pow}} {
		define(L, lib, function{f.name, func(L *lua.LState) int {
			L.Push(lua.LNumber(f.of(lua51.Number(L, 1), lua51.Number(L, 2))))
			return 1
		}})
	}
	define(L, lib,
		function{"frexp", mathFrexp},
		function{"ldexp", mathLdexp},
		function{"max", extreme(func(x, y float64) bool { return x > y })},
		function{"min", extreme(func(x, y float64) bool { return x < y })},
		function{"modf", mathModf},
	)
	l.openRandom(L, lib)
	return lib
}

func (l *Library) openRandom(L *lua.LState, lib *lua.LTable) {
	chance := rand.New(l.host.Random)
	define(L, lib,
		function{"random", func(L *lua.LState) int { return mathRandom(L, chance) }},
		function{"randomseed", func(L *lua.LState) int {
			seed := math.Float64bits(lua51.Number(L, 1))
			chance = rand.New(rand.NewPCG(seed, seed)) // the host's source is not used any more
			return 0
		}},
	)
}

// extreme is max or min.
func extreme(better func(x, y float64) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		best := lua51.Number(L, 1)
		for i := 2; i <= L.GetTop(); i++ {
			if x := lua51.Number(L, i); better(x, best) {
				best = x
			}
		}
		L.Push(lua.LNumber(best))
		return 1
	}
}

func mathFrexp(L *lua.LState) int {
	fraction, exponent := math.Frexp(lua51.Number(L, 1))
	L.Push(lua.LNumber(fraction))
	L.Push(lua.LNumber(exponent))
	return 2
}

func mathLdexp(L *lua.LState) int {
	const most = 1 << 16 // beyond every exponent
	x := lua51.Number(L, 1)
	L.Push(lua.LNumber(math.Ldexp(x, min(max(lua51.Integer(L, 2), -most), most))))
	return 1
}

// mathModf is math.modf(x). The fraction has the sign of x, and is 0 if x is infinite.
func mathModf(L *lua.LState) int {
	x := lua51.Number(L, 1)
	whole := math.Trunc(x)
	fraction := x - whole
	if math.IsInf(x, 0) {
		fraction = 0
	}
	L.Push(lua.LNumber(whole))
	L.Push(lua.LNumber(math.Copysign(fraction, x)))
	return 2
}

// mathRandom is math.random([[low,] high]).
func mathRandom(L *lua.LState, chance *rand.Rand) int {
	low, high, arg := 1.0, 0.0, 1
	switch L.GetTop() {
	case 0:
		L.Push(lua.LNumber(chance.Float64()))
		return 1
	case 1:
		high = math.Trunc(lua51.Number(L, 1))
	case 2:
		low, high, arg = math.Trunc(lua51.Number(L, 1)), math.Trunc(lua51.Number(L, 2)), 2
	default:
		lua51.Raise(L, "wrong number of arguments")
	}
	if !(low <= high) {
		lua51.ArgError(L, arg, "interval is empty")
	}
	if math.Abs(low) > 1<<53 || math.Abs(high) > 1<<53 {
		lua51.ArgError(L, arg, "number too large")
	}
	L.Push(lua.LNumber(low + float64(chance.Int64N(int64(high-low)+1))))
	return 1
}
