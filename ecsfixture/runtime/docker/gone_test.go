package docker_test

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

// proxy is a way to the engine that can be blocked.
type proxy struct {
	engine, path string

	mu       sync.Mutex // guards the fields below
	listener net.Listener
	conns    []net.Conn
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	p := &proxy{engine: strings.TrimPrefix(engineClient(t).DaemonHost(), "unix://"), path: filepath.Join(t.TempDir(), "s")}
	p.open(t)
	t.Cleanup(p.block)
	return p
}

func (p *proxy) open(t *testing.T) {
	t.Helper()
	l, err := net.Listen("unix", p.path)
	require.NoError(t, err)
	p.mu.Lock()
	p.listener = l
	p.mu.Unlock()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			p.forward(in)
		}
	}()
}

func (p *proxy) forward(in net.Conn) {
	out, err := net.Dial("unix", p.engine)
	if err != nil {
		_ = in.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, in, out)
	p.mu.Unlock()
	pipe := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		_ = to.(*net.UnixConn).CloseWrite()
	}
	go pipe(out, in)
	go pipe(in, out)
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

func (p *proxy) block() {
	p.mu.Lock()
	_ = p.listener.Close()
	p.mu.Unlock()
	p.cut()
}

func TestBrokenStreamsAreOpenedAgain(t *testing.T) {
	way := newProxy(t)
	r, err := docker.NewAt(t.Context(), "unix://"+way.path)
	require.NoError(t, err)
	p := run(t, newTask(t, r, runtime.TaskSpec{}), shell(t, `trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done`))
	p.line()
	way.cut()
	require.NoError(t, p.Stop(t.Context(), patience))
	require.Equal(t, 3, p.exit().ExitCode)
	require.Equal(t, []string{"ready", "bye"}, p.texts())
	require.NoError(t, r.Close(t.Context()))
}

func TestVanishedWithTheEngine(t *testing.T) {
	way := newProxy(t)
	r, err := docker.NewAt(t.Context(), "unix://"+way.path)
	require.NoError(t, err)
	p := run(t, newTask(t, r, runtime.TaskSpec{}), shell(t, "echo ready; exec sleep 1000"))
	p.line()
	begin := time.Now()
	way.block()
	e := p.event()
	require.Equal(t, runtime.Vanished, e.Kind)
	require.Contains(t, e.Reason, "the Docker engine went away")
	require.Less(t, time.Since(begin), 10*time.Second) // less than one, on a machine that isn't busy
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.Error(t, r.Close(ctx), "nothing can be removed")
	way.open(t)
	require.NoError(t, r.Close(t.Context()))
	requireNothingLeft(t, docker.LabelSession+"="+r.Session())
}
