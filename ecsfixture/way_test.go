package ecsfixture_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// way is a way to the engine that can be blocked.
type way struct {
	engine, path string

	mu       sync.Mutex // guards the fields below
	listener net.Listener
	conns    []net.Conn
}

// newWay listens at path for the engine's socket.
func newWay(t *testing.T, engine, path string) *way {
	t.Helper()
	w := &way{engine: engine, path: path}
	w.open(t)
	t.Cleanup(w.block)
	return w
}

func (w *way) open(t *testing.T) {
	t.Helper()
	l, err := net.Listen("unix", w.path)
	require.NoError(t, err)
	w.mu.Lock()
	w.listener = l
	w.mu.Unlock()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			w.forward(in)
		}
	}()
}

func (w *way) forward(in net.Conn) {
	out, err := net.Dial("unix", w.engine)
	if err != nil {
		_ = in.Close()
		return
	}
	w.mu.Lock()
	w.conns = append(w.conns, in, out)
	w.mu.Unlock()
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.(*net.UnixConn).CloseWrite()
	}
	go pipe(out, in)
	go pipe(in, out)
}

// block ends all connections and takes no new ones.
func (w *way) block() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.conns = nil
}
