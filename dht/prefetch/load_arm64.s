#include "textflag.h"

// func Load(p unsafe.Pointer, bytes uintptr)
TEXT ·Load(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD bytes+8(FP), R1
	ADD  R0, R1
	AND  $~63, R0

line:
	CMP  R1, R0
	BHS  done
	PRFM (R0), PLDL1KEEP
	ADD  $64, R0
	JMP  line

done:
	RET
