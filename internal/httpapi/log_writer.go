package httpapi

import (
	"io"
	"runtime"
	"sync"
)

// mostUnwritten is how much of a log may wait to be written, in bytes. Above it a server waits for
// whoever reads its log, since nothing of that may be left out.
const mostUnwritten = 1 << 20

// LogWriter writes the lines of a log in the order in which they come, those that come together at
// once, so that no request waits for its line. What is not yet written when the process is killed
// is lost. It is safe for concurrent use.
type LogWriter struct {
	to io.Writer

	mu sync.Mutex
	// written is told when there is room again, and when nothing is left to be written.
	written sync.Cond
	// unwritten waits; spare is what was written last, to be used again.
	unwritten, spare []byte
	running          bool
}

// NewLogWriter makes one. Others may write to the same place if that is safe for concurrent use.
func NewLogWriter(to io.Writer) *LogWriter {
	w := &LogWriter{to: to}
	w.written.L = &w.mu
	return w
}

// Write takes a line. It never fails: there is nobody to tell that a log cannot be written.
func (w *LogWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.unwritten) >= mostUnwritten {
		w.written.Wait()
	}
	w.unwritten = append(w.unwritten, line...)
	if !w.running {
		w.running = true
		go w.run()
	}
	return len(line), nil
}

// run writes until nothing is left.
func (w *LogWriter) run() {
	runtime.Gosched() // whoever is awake has something to say too
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.unwritten) > 0 {
		text := w.unwritten
		w.unwritten, w.spare = w.spare[:0], nil
		w.written.Broadcast()
		w.mu.Unlock()
		_, _ = w.to.Write(text)
		w.mu.Lock()
		w.spare = text
	}
	w.running = false
	w.written.Broadcast()
}

// Flush waits until all that was taken before is written.
func (w *LogWriter) Flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.running {
		w.written.Wait()
	}
}
