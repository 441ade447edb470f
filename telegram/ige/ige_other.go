//go:build !amd64 || purego

package ige

func encrypt(key, iv *[32]byte, dst, src []byte) { portableEncrypt(key, iv, dst, src) }
func decrypt(key, iv *[32]byte, dst, src []byte) { portableDecrypt(key, iv, dst, src) }
