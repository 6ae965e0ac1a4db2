#include "textflag.h"

// func fetch(p unsafe.Pointer, bytes uintptr)
TEXT ·fetch(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), AX
	MOVQ bytes+8(FP), BX
	ADDQ AX, BX
	ANDQ $~63, AX

line:
	CMPQ AX, BX
	JCC  done
	PREFETCHT0 (AX)
	ADDQ $64, AX
	JMP  line

done:
	RET
