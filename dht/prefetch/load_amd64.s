#include "textflag.h"

// func Load(p unsafe.Pointer, bytes uintptr)
// PREFETCHT1 skips the first-level cache, which the loads for the next eight events would fill.
TEXT ·Load(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ bytes+8(FP), BX
	ADDQ AX, BX
	ANDQ $~63, AX

line:
	CMPQ AX, BX
	JCC  done
	PREFETCHT1 (AX)
	ADDQ $64, AX
	JMP  line

done:
	RET
