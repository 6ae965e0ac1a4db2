package lua51

import lua "github.com/yuin/gopher-lua"

// flow is how control can go through a function. It is made when an error is to be explained.
type flow struct {
	proto *lua.FunctionProto
	code  []instruction
	from  [][]int // the instructions before each one
	after []int   // the one that follows, words that are no instructions left out
}

// entry stands for the place before the first instruction, where parameters have their values.
const entry = -1

func newFlow(p *lua.FunctionProto) *flow {
	f := &flow{proto: p, code: make([]instruction, len(p.Code)), from: make([][]int, len(p.Code))}
	for pc, word := range p.Code {
		f.code[pc] = instruction(word)
	}
	for pc := 0; pc < len(f.code); pc++ {
		at, i := pc, f.code[pc]
		extra := i.trailing(p)
		pc += extra
		first, second := i.next(at)
		if first == at+1 {
			first += extra
		}
		f.edge(at, first)
		f.edge(at, second)
	}
	return f
}

func (f *flow) edge(from, to int) {
	if to >= 0 && to < len(f.code) {
		f.from[to] = append(f.from[to], from)
	}
}

// truth is what is known of a value: a test of it lets it pass only one way.
type truth int

const (
	unknown truth = iota
	falsy
	truthy
)

func truthOf(v lua.LValue) truth {
	switch {
	case v == nil:
		return unknown
	case lua.LVAsBool(v):
		return truthy
	}
	return falsy
}

// definitions lists the instructions that can have given a register the value that it has before pc. [entry] is among
// them if it can be one from before the function began.
func (f *flow) definitions(pc, register int, value truth) []int {
	var found []int
	seen := make(map[int]bool)
	open := []int{pc}
	for len(open) > 0 {
		to := open[len(open)-1]
		open = open[:len(open)-1]
		if to == 0 {
			found = append(found, entry)
		}
		for _, from := range f.from[to] {
			switch defines, passes := f.carries(from, to, register, value); {
			case !passes || seen[from] && !defines:
			case defines:
				if !seen[from] {
					found = append(found, from)
				}
				seen[from] = true
			default:
				seen[from] = true
				open = append(open, from)
			}
		}
	}
	return found
}

// carries says what happens to a register on the way from one instruction to the next: whether the instruction gives it
// its value, and whether control can have come this way at all, with that value in the register.
func (f *flow) carries(from, to, register int, value truth) (defines, passes bool) {
	i := f.code[from]
	first, last := i.writes()
	defines = register >= first && register <= last
	if i.op() != lua.OP_TEST && i.op() != lua.OP_TESTSET {
		return defines, true
	}
	tested := i.a()
	if i.op() == lua.OP_TESTSET {
		defines = register == i.a() && to == from+1
		tested = i.b()
	}
	if tested != register && !defines || value == unknown {
		return defines, true
	}
	jumps := (value == truthy) == (i.c() != 0) // to the jump behind the test
	return defines, jumps == (to == from+1)
}

// reaches reports whether control can get from one instruction to another.
func (f *flow) reaches(from, to int) bool {
	seen := map[int]bool{}
	open := []int{to}
	for len(open) > 0 {
		at := open[len(open)-1]
		open = open[:len(open)-1]
		for _, before := range f.from[at] {
			if before == from {
				return true
			}
			if !seen[before] {
				seen[before] = true
				open = append(open, before)
			}
		}
	}
	return false
}
