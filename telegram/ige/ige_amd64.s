//go:build !purego

#include "textflag.h"

// MIX xors a round key with itself moved by one, two and three words, and with w.
#define MIX(key, w) \
	MOVO   key, X4 \
	PSLLDQ $4, X4  \
	PXOR   X4, key \
	PSLLDQ $4, X4  \
	PXOR   X4, key \
	PSLLDQ $4, X4  \
	PXOR   X4, key \
	PXOR   w, key

// EVEN and ODD make the next round key of their kind and store it.
#define EVEN(rcon, at) \
	AESKEYGENASSIST $rcon, X2, X1 \
	PSHUFD $0xff, X1, X1          \
	MIX(X0, X1)                   \
	MOVOU X0, at(BX)

#define ODD(at) \
	AESKEYGENASSIST $0, X0, X1 \
	PSHUFD $0xaa, X1, X1       \
	MIX(X2, X1)                \
	MOVOU X2, at(BX)

// func expandKey(key *[32]byte, keys *schedule)
TEXT ·expandKey(SB), NOSPLIT, $0-16
	MOVQ  key+0(FP), AX
	MOVQ  keys+8(FP), BX
	MOVOU (AX), X0
	MOVOU 16(AX), X2
	MOVOU X0, (BX)
	MOVOU X2, 16(BX)
	EVEN(0x01, 32)
	ODD(48)
	EVEN(0x02, 64)
	ODD(80)
	EVEN(0x04, 96)
	ODD(112)
	EVEN(0x08, 128)
	ODD(144)
	EVEN(0x10, 160)
	ODD(176)
	EVEN(0x20, 192)
	ODD(208)
	EVEN(0x40, 224)
	RET

// BLOCKS is the loop of both directions, which differ in their instructions and
// keys alone. With K0 and K14 the first and the last round key:
//
//	out[i] = rounds(K0 ^ in[i] ^ out[i-1]) ^ K14 ^ in[i-1]
//
// The last round xors a key by itself. Given K14 ^ in[i-1] ^ in[i+1] ^ K0 in place
// of K14 it gives what the next block's rounds begin with, so that the rounds
// follow each other with nothing between. All else waits for no round: the
// processor does it meanwhile, and loads what finds no place in a register.
//
// AX K0 · CX blocks · DI out · SI in · X0 the rounds' state · X3 … X15 K1 … K13 ·
// before in[i-1] · outer K0 ^ K14. in[i+1] is read before out[i] is written, and
// in[i] kept, so that out may be in.
#define BLOCKS(round, last) \
	DECQ  CX             \
	JZ    final          \
loop:                        \
	MOVOU before-16(SP), X2 \
	MOVOU outer-32(SP), X1  \
	PXOR  X1, X2         \
	MOVOU 16(SI), X1     \
	PXOR  X1, X2         \
	MOVOU (SI), X1       \
	MOVOU X1, before-16(SP) \
	ROUNDS(round)        \
	last  X2, X0         \
	MOVO  X0, X2         \
	MOVOU 16(SI), X1     \
	PXOR  X1, X2         \
	MOVOU (AX), X1       \
	PXOR  X1, X2         \
	MOVOU X2, (DI)       \
	ADDQ  $16, SI        \
	ADDQ  $16, DI        \
	DECQ  CX             \
	JNZ   loop           \
final:                       \
	MOVOU before-16(SP), X2 \
	MOVOU outer-32(SP), X1  \
	PXOR  X1, X2         \
	MOVOU (AX), X1       \
	PXOR  X1, X2         \
	ROUNDS(round)        \
	last  X2, X0         \
	MOVOU X0, (DI)       \
	RET

#define ROUNDS(round) \
	round X3, X0  \
	round X4, X0  \
	round X5, X0  \
	round X6, X0  \
	round X7, X0  \
	round X8, X0  \
	round X9, X0  \
	round X10, X0 \
	round X11, X0 \
	round X12, X0 \
	round X13, X0 \
	round X14, X0 \
	round X15, X0

// BEGIN makes the first block's state: out[-1] and in[-1] lie at these offsets of
// iv (BX), K0 at k0 of keys.
#define BEGIN(lastOut, lastIn, k0) \
	MOVOU lastIn(BX), X1   \
	MOVOU X1, before-16(SP) \
	MOVOU (AX), X0         \
	MOVOU 224(AX), X1      \
	PXOR  X0, X1           \
	MOVOU X1, outer-32(SP) \
	MOVOU k0(AX), X0       \
	MOVOU lastOut(BX), X1  \
	PXOR  X1, X0           \
	MOVOU (SI), X1         \
	PXOR  X1, X0

// func encryptBlocks(keys *schedule, iv *[32]byte, dst, src *byte, blocks int)
TEXT ·encryptBlocks(SB), NOSPLIT, $32-40
	MOVQ keys+0(FP), AX
	MOVQ iv+8(FP), BX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), SI
	MOVQ blocks+32(FP), CX
	BEGIN(0, 16, 0)
	MOVOU 16(AX), X3
	MOVOU 32(AX), X4
	MOVOU 48(AX), X5
	MOVOU 64(AX), X6
	MOVOU 80(AX), X7
	MOVOU 96(AX), X8
	MOVOU 112(AX), X9
	MOVOU 128(AX), X10
	MOVOU 144(AX), X11
	MOVOU 160(AX), X12
	MOVOU 176(AX), X13
	MOVOU 192(AX), X14
	MOVOU 208(AX), X15
	BLOCKS(AESENC, AESENCLAST)

#define INVERSE(at, key) \
	MOVOU  at(AX), key \
	AESIMC key, key

// func decryptBlocks(keys *schedule, iv *[32]byte, dst, src *byte, blocks int)
TEXT ·decryptBlocks(SB), NOSPLIT, $32-40
	MOVQ keys+0(FP), AX
	MOVQ iv+8(FP), BX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), SI
	MOVQ blocks+32(FP), CX
	BEGIN(16, 0, 224)
	INVERSE(208, X3)
	INVERSE(192, X4)
	INVERSE(176, X5)
	INVERSE(160, X6)
	INVERSE(144, X7)
	INVERSE(128, X8)
	INVERSE(112, X9)
	INVERSE(96, X10)
	INVERSE(80, X11)
	INVERSE(64, X12)
	INVERSE(48, X13)
	INVERSE(32, X14)
	INVERSE(16, X15)
	ADDQ $224, AX
	BLOCKS(AESDEC, AESDECLAST)
