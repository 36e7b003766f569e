package pgcluster

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which the system counts a process's time.
const tick = 10 * time.Millisecond

// Used is how much of the processors' time the server, this process, and all that they have started
// have used since they began: what differs between two calls is what was done meanwhile. Only
// children of this process that have ended are counted. It is 0 where there is no /proc.
func (s *Server) Used() (total time.Duration) {
	own := strconv.Itoa(os.Getpid())
	server := ""
	if s.run != nil {
		server = strconv.Itoa(s.run.Process.Pid)
	}
	// The pattern is a constant and well formed.
	paths, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range paths {
		text, _ := os.ReadFile(path) // an error says that the process has ended
		// The name stands in brackets and may hold anything; then come the state and the parent.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) < 15 {
			continue
		}
		switch pid := filepath.Base(filepath.Dir(path)); {
		case pid == own, pid == server:
			total += ticks(fields[11:15]) // with those of children that have ended
		case fields[1] == server:
			total += ticks(fields[11:13])
		}
	}
	return total
}

// ticks adds up times as the system tells them.
func ticks(fields []string) (total time.Duration) {
	for _, field := range fields {
		n, _ := strconv.Atoi(field) // the system writes numbers
		total += time.Duration(n) * tick
	}
	return total
}
