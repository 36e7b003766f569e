//go:build unix

package config

import (
	"os"
	"syscall"
	"testing"
)

func TestRootLocksNobodyOutOfTheirOwnFile(t *testing.T) {
	const somebody = 12345
	path := write(t, "tz: UTC\n")
	if err := os.Chown(path, somebody, somebody); err != nil {
		t.Skip("NOT PROVEN HERE: needs root: ", err)
	}
	mustSet(t, path, "tz", "CET")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || stat.Uid != somebody {
		t.Errorf("the file belongs to %+v now", info.Sys())
	}
	hasMode(t, path, 0o600)
}
