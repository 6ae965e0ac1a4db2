package compile

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// The layout of gopher-lua's instructions: six bits of opcode, then A, C and B, or A and one number
// in place of B and C.
const (
	maxA     = 1<<8 - 1
	maxB     = 1<<9 - 1
	maxBx    = 1<<18 - 1
	biasJump = maxBx >> 1 // is added to the distance of a jump
	isK      = 1 << 8     // set in an operand that is the index of a constant
	maxK     = isK - 1    // the highest constant that such an operand can name
)

func abc(op, a, b, c int) uint32 { return uint32(op<<26 | a<<18 | c<<9 | b) }
func abx(op, a, bx int) uint32   { return uint32(op<<26 | a<<18 | bx) }

func opcode(inst uint32) int { return int(inst >> 26) }

// Error is why a syntax tree cannot be compiled.
type Error struct {
	Line    int
	Message string
}

func (e *Error) Error() string { return e.Message }

// fail ends the compilation.
func fail(line int, format string, args ...any) {
	panic(&Error{line, fmt.Sprintf(format, args...)})
}

// assembler collects the instructions of a function.
type assembler struct {
	code  []uint32
	lines []int // of the instructions
}

// emit appends an instruction and returns its index.
func (a *assembler) emit(inst uint32, line int) int {
	a.code = append(a.code, inst)
	a.lines = append(a.lines, line)
	return len(a.code) - 1
}

// jump appends a jump whose target is set later.
func (a *assembler) jump(line int) int { return a.emit(abx(lua.OP_JMP, 0, biasJump), line) }

// land makes jumps go to the next instruction that is emitted.
func (a *assembler) land(jumps []int) { a.landAt(jumps, len(a.code)) }

// landAt makes jumps go to an instruction.
func (a *assembler) landAt(jumps []int, target int) {
	for _, at := range jumps {
		distance := target - at - 1
		if distance > biasJump || distance < -biasJump {
			fail(a.lines[at], "control structure too long")
		}
		a.code[at] = a.code[at]&^uint32(maxBx) | uint32(distance+biasJump)
	}
}

// groupMoves makes the first of several moves in a row do all of them, as gopher-lua's machine can.
// The others stay, for jumps into their midst.
func groupMoves(code []uint32, protos []*lua.FunctionProto) {
	run := 0
	for pc := 0; pc < len(code); pc++ {
		switch opcode(code[pc]) {
		case lua.OP_MOVE:
			run++
			continue
		case lua.OP_CLOSURE:
			endMoves(code, pc, run)
			pc += int(protos[code[pc]&maxBx].NumUpvalues) // pseudo-instructions for the captures
		case lua.OP_SETLIST:
			endMoves(code, pc, run)
			if code[pc]>>9&maxB == 0 {
				pc++ // a number
			}
		default:
			endMoves(code, pc, run)
		}
		run = 0
	}
}

func endMoves(code []uint32, end, run int) {
	if run < 2 {
		return
	}
	first := end - run
	code[first] = abc(lua.OP_MOVEN, int(code[first]>>18&maxA), int(code[first]&maxB), min(run-1, maxB))
}
