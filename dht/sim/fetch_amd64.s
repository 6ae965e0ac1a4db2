#include "textflag.h"

// func fetch(p unsafe.Pointer, bytes uintptr)
// Not into the first cache: what is fetched for the next eight events would fill it.
TEXT ·fetch(SB), NOSPLIT, $0-16
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
