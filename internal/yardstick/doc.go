// Package yardstick measures how near evbook comes to what the machine can do. Its benchmarks run
// the whole table of docs/performance.md in one go, each figure beside its yardstick in the same
// minutes: a server that decodes and answers but stores nothing, the design that evbook began with,
// the bare sync of the disk, the sqlite3 shell, pgbench, PocketBase. Tests alone import it.
package yardstick
