package luabind

import (
	"strings"

	"github.com/lightdht/lightdht/engine/syntax"
)

// callsExperiment says whether experiment is called anywhere in the script but
// within functions. The source is one that the engine has compiled.
func callsExperiment(source string) (calls bool) {
	if strings.HasPrefix(source, "#") {
		source = "--" + source
	}
	chunk, err := syntax.Parse(source)
	if err != nil {
		return false
	}
	syntax.Walk(chunk.Body, func(x syntax.Expr) bool {
		if call, ok := x.(*syntax.Call); ok && call.Method == "" {
			name, ok := call.Func.(*syntax.Ident)
			calls = calls || ok && name.Name == "experiment"
		}
		_, isFunction := x.(*syntax.Function)
		return !isFunction
	})
	return calls
}
