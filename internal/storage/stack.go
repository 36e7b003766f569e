package storage

import "runtime"

// growStack gives the goroutine the stack that SQLite needs, at once. In steps, each would copy
// what there is, and the deeper the calls are by then the longer that takes.
//
//go:noinline
func growStack() {
	var room [32 << 10]byte
	runtime.KeepAlive(&room)
}
