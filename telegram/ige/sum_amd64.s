//go:build !purego

#include "textflag.h"

// func hasSHA() bool
TEXT ·hasSHA(SB), NOSPLIT, $0-1
	XORL AX, AX
	CPUID
	CMPL AX, $7
	JB   no
	MOVL $7, AX
	XORL CX, CX
	CPUID
	SHRL $29, BX
	ANDL $1, BX
	MOVB BX, ret+0(FP)
	RET
no:
	MOVB $0, ret+0(FP)
	RET

// FOUR is four rounds of SHA-256 over the schedule's words in cur, with the
// constants at k, and makes next of them and of last, which came before cur.
#define FOUR(k, cur, last, next) \
	MOVOU k(BX), X0        \
	PADDD cur, X0          \
	SHA256RNDS2 X0, X1, X2 \
	MOVO  cur, X7          \
	PALIGNR $4, last, X7   \
	PADDD X7, next         \
	SHA256MSG2 cur, next   \
	PSHUFD $0x0e, X0, X0   \
	SHA256RNDS2 X0, X2, X1 \
	SHA256MSG1 cur, last

// PLAIN is four rounds without making words.
#define PLAIN(k, cur) \
	MOVOU k(BX), X0        \
	PADDD cur, X0          \
	SHA256RNDS2 X0, X1, X2 \
	PSHUFD $0x0e, X0, X0   \
	SHA256RNDS2 X0, X2, X1

#define WORDS(at, m) \
	MOVOU at(R9), m    \
	MOVOU 256(BX), X7  \
	PSHUFB X7, m

// BEFORE, A, B, C, D and AFTER are a block's decryption, as BLOCKS in ige_amd64.s
// has it, with room between for hashing: X8 the rounds' state, X11 … X15 and R8 the
// keys of rounds 1 … 13.
#define BEFORE \
	MOVOU before-16(SP), X9 \
	MOVOU outer-32(SP), X10 \
	PXOR  X10, X9           \
	MOVOU 16(SI), X10       \
	PXOR  X10, X9           \
	MOVOU (SI), X10         \
	MOVOU X10, before-16(SP)

#define A \
	AESDEC X11, X8 \
	AESDEC X12, X8 \
	AESDEC X13, X8

#define B \
	AESDEC X14, X8   \
	AESDEC X15, X8   \
	MOVOU (R8), X10  \
	AESDEC X10, X8

#define C \
	MOVOU 16(R8), X10 \
	AESDEC X10, X8    \
	MOVOU 32(R8), X10 \
	AESDEC X10, X8    \
	MOVOU 48(R8), X10 \
	AESDEC X10, X8

#define D \
	MOVOU 64(R8), X10  \
	AESDEC X10, X8     \
	MOVOU 80(R8), X10  \
	AESDEC X10, X8     \
	MOVOU 96(R8), X10  \
	AESDEC X10, X8     \
	MOVOU 112(R8), X10 \
	AESDEC X10, X8

#define AFTER \
	AESDECLAST X9, X8 \
	MOVO  X8, X9      \
	MOVOU 16(SI), X10 \
	PXOR  X10, X9     \
	MOVOU 224(AX), X10 \
	PXOR  X10, X9     \
	MOVOU X9, (DI)    \
	ADDQ  $16, SI     \
	ADDQ  $16, DI

#define INVERSE(at, key) \
	MOVOU  at(AX), key \
	AESIMC key, key

#define KEEP(at, to) \
	INVERSE(at, X10)   \
	MOVOU X10, to(R8)

// func decryptHash(keys *schedule, iv *[32]byte, dst, src *byte, groups int, constants *[68]uint32, state *[8]uint32)
//
// Decrypts groups of four blocks, and meanwhile hashes as many bytes of dst: those
// that begin 64 bytes further to the front. The two chains of instructions need
// nothing of each other, so the shorter one costs hardly any time. A block must
// follow in src. iv becomes the following block's.
TEXT ·decryptHash(SB), NOSPLIT, $192-56
	MOVQ keys+0(FP), AX
	MOVQ iv+8(FP), R10
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), SI
	MOVQ groups+32(FP), CX
	MOVQ constants+40(FP), BX
	MOVQ state+48(FP), DX
	LEAQ round6-192(SP), R8
	LEAQ -64(DI), R9
	INVERSE(208, X11)
	INVERSE(192, X12)
	INVERSE(176, X13)
	INVERSE(160, X14)
	INVERSE(144, X15)
	KEEP(128, 0)
	KEEP(112, 16)
	KEEP(96, 32)
	KEEP(80, 48)
	KEEP(64, 64)
	KEEP(48, 80)
	KEEP(32, 96)
	KEEP(16, 112)
	MOVOU (R10), X8
	MOVOU X8, before-16(SP)
	MOVOU 224(AX), X8
	MOVOU (AX), X10
	PXOR  X8, X10
	MOVOU X10, outer-32(SP)
	MOVOU 16(R10), X10
	PXOR  X10, X8
	MOVOU (SI), X10
	PXOR  X10, X8

	// The instructions want the state as ABEF and CDGH.
	MOVOU   (DX), X1
	MOVOU   16(DX), X2
	PSHUFD  $0xb1, X1, X1
	PSHUFD  $0x1b, X2, X2
	MOVO    X1, X7
	PALIGNR $8, X2, X1
	PBLENDW $0xf0, X7, X2

group:
	MOVOU X1, abef-48(SP)
	MOVOU X2, cdgh-64(SP)

	BEFORE
	A
	WORDS(0, X3)
	PLAIN(0, X3)
	B
	WORDS(16, X4)
	PLAIN(16, X4)
	SHA256MSG1 X4, X3
	C
	WORDS(32, X5)
	PLAIN(32, X5)
	SHA256MSG1 X5, X4
	D
	WORDS(48, X6)
	FOUR(48, X6, X5, X3)
	AFTER

	BEFORE
	A
	FOUR(64, X3, X6, X4)
	B
	FOUR(80, X4, X3, X5)
	C
	FOUR(96, X5, X4, X6)
	D
	FOUR(112, X6, X5, X3)
	AFTER

	BEFORE
	A
	FOUR(128, X3, X6, X4)
	B
	FOUR(144, X4, X3, X5)
	C
	FOUR(160, X5, X4, X6)
	D
	FOUR(176, X6, X5, X3)
	AFTER

	BEFORE
	A
	FOUR(192, X3, X6, X4)
	B
	FOUR(208, X4, X3, X5)
	C
	FOUR(224, X5, X4, X6)
	D
	PLAIN(240, X6)
	AFTER

	MOVOU abef-48(SP), X7
	PADDD X7, X1
	MOVOU cdgh-64(SP), X7
	PADDD X7, X2
	ADDQ  $64, R9
	DECQ  CX
	JNZ   group

	PSHUFD  $0x1b, X1, X1
	PSHUFD  $0xb1, X2, X2
	MOVO    X1, X7
	PBLENDW $0xf0, X2, X1
	PALIGNR $8, X7, X2
	MOVOU   X1, (DX)
	MOVOU   X2, 16(DX)
	MOVOU   before-16(SP), X10
	MOVOU   X10, (R10)
	MOVOU   -16(DI), X10
	MOVOU   X10, 16(R10)
	RET
