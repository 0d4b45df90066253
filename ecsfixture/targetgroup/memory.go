package targetgroup

import (
	"context"
	"fmt"
	"net"
	"sync"
	"syscall"
)

// listener is a [net.Listener] within the process. Its connections are those
// of [net.Pipe], so that it works in a testing/synctest bubble.
type listener struct {
	name   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newListener(name string) *listener {
	return &listener{name: name, conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *listener) Addr() net.Addr { return address(l.name) }

// address is that of a listener.
type address string

func (address) Network() string  { return "memory" }
func (a address) String() string { return string(a) }

// dial connects to the listener.
func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, refused(l.name)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func refused(name string) error { return fmt.Errorf("connect to %s: %w", name, syscall.ECONNREFUSED) }
