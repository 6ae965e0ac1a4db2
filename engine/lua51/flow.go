package lua51

import lua "github.com/yuin/gopher-lua"

// flow is the control flow graph of a function. It is made when an error is explained.
type flow struct {
	proto   *lua.FunctionProto
	code    []instruction
	live    []bool  // reachable from the first instruction
	first   []int32 // index in sources of the first predecessor of each instruction, and the end
	sources []int32 // predecessors of all instructions
}

// entry stands for the place before the first instruction, where parameters have their values.
const entry = -1

func newFlow(p *lua.FunctionProto) *flow {
	f := &flow{proto: p, code: make([]instruction, len(p.Code)), first: make([]int32, len(p.Code)+1)}
	for pc, word := range p.Code {
		f.code[pc] = instruction(word)
	}
	f.findLive()
	f.edges(func(_, to int) { f.first[to+1]++ })
	for pc := range f.code {
		f.first[pc+1] += f.first[pc]
	}
	f.sources = make([]int32, f.first[len(f.code)])
	filled := make([]int32, len(f.code))
	f.edges(func(from, to int) {
		f.sources[f.first[to]+filled[to]] = int32(from)
		filled[to]++
	})
	return f
}

// findLive marks the instructions that are reachable from the first.
func (f *flow) findLive() {
	f.live = make([]bool, len(f.code))
	open := []int{0}
	for len(open) > 0 {
		pc := open[len(open)-1]
		open = open[:len(open)-1]
		if pc < 0 || pc >= len(f.code) || f.live[pc] {
			continue
		}
		f.live[pc] = true
		first, second := f.next(pc)
		open = append(open, first, second)
	}
}

// next returns the successors of an instruction, without the words that are operands.
func (f *flow) next(pc int) (first, second int) {
	first, second = f.code[pc].next(pc)
	if first == pc+1 {
		first += f.code[pc].trailing(f.proto)
	}
	return first, second
}

// edges visits each edge of the graph.
func (f *flow) edges(visit func(from, to int)) {
	for pc := range f.code {
		if !f.live[pc] {
			continue
		}
		first, second := f.next(pc)
		for _, to := range [...]int{first, second} {
			if to >= 0 && to < len(f.code) {
				visit(pc, to)
			}
		}
	}
}

// before returns the predecessors of an instruction.
func (f *flow) before(pc int) []int32 { return f.sources[f.first[pc]:f.first[pc+1]] }

// truth is what is known of the value of a register. A test lets a value pass one way only, so it
// excludes paths.
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

// definitions returns the reaching definitions of a register at pc: the instructions that can have
// written the value that it has there. [entry] is among them if it can be a value from before the
// function began.
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
		for _, source := range f.before(to) {
			from := int(source)
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

// carries follows an edge backwards: whether the instruction writes the register, and whether
// control can have taken the edge with that value in the register.
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
		for _, source := range f.before(at) {
			if int(source) == from {
				return true
			}
			if !seen[int(source)] {
				seen[int(source)] = true
				open = append(open, int(source))
			}
		}
	}
	return false
}
