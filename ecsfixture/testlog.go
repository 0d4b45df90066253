package ecsfixture

import (
	"bytes"
	"io"
	"log/slog"
	"sync"
	"testing"
)

// newTestHandler logs to t.Log, which go test shows only where a test fails
// or with -v, until the test ends.
func newTestHandler(t testing.TB) slog.Handler {
	w := &testWriter{t: t}
	t.Cleanup(w.end)
	return slog.NewTextHandler(w, nil)
}

type testWriter struct {
	mu sync.Mutex // guards t, which is nil when the test has ended
	t  testing.TB
}

var _ io.Writer = (*testWriter)(nil)

func (w *testWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t != nil {
		w.t.Log(string(bytes.TrimSpace(b)))
	}
	return len(b), nil
}

func (w *testWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.t = nil
}
