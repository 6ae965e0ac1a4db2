package compile

import lua "github.com/yuin/gopher-lua"

// The layout of gopher-lua's instructions: six bits of opcode, then A, C and B, or A and one number in place of B and C.
const (
	maxA     = 1<<8 - 1
	maxB     = 1<<9 - 1
	maxBx    = 1<<18 - 1
	biasJump = maxBx >> 1 // what a jump's distance is stored with
	isK      = 1 << 8     // an operand with this bit is the number of a constant
	maxK     = isK - 1    // the highest constant that such an operand can name
)

func abc(op, a, b, c int) uint32 { return uint32(op<<26 | a<<18 | c<<9 | b) }
func abx(op, a, bx int) uint32   { return uint32(op<<26 | a<<18 | bx) }

func opcode(inst uint32) int { return int(inst >> 26) }

// emit appends an instruction and returns where it stands.
func (f *function) emit(inst uint32, line int) int {
	f.code = append(f.code, inst)
	f.lines = append(f.lines, line)
	return len(f.code) - 1
}

// jump appends a jump whose target is set later.
func (f *function) jump(line int) int { return f.emit(abx(lua.OP_JMP, 0, biasJump), line) }

// land makes jumps go to what is emitted next.
func (f *function) land(jumps []int) { f.landAt(jumps, len(f.code)) }

// landAt makes jumps go to an instruction.
func (f *function) landAt(jumps []int, target int) {
	for _, at := range jumps {
		distance := target - at - 1
		if distance > biasJump || distance < -biasJump {
			f.fail(f.lines[at], "control structure too long")
		}
		f.code[at] = f.code[at]&^uint32(maxBx) | uint32(distance+biasJump)
	}
}

// groupMoves lets the first of several moves in a row do them all, as gopher-lua's machine can. The others stay, for
// jumps into their midst.
func groupMoves(code []uint32, protos []*lua.FunctionProto) {
	run := 0
	for pc := 0; pc < len(code); pc++ {
		switch opcode(code[pc]) {
		case lua.OP_MOVE:
			run++
			continue
		case lua.OP_CLOSURE:
			endMoves(code, pc, run)
			pc += int(protos[code[pc]&maxBx].NumUpvalues) // these only say what is captured
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
