// Package memnet is a network within the process: its connections are those
// of [net.Pipe], so that they work in a testing/synctest bubble, where a real
// one would keep time from passing.
package memnet

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// Listener is a [net.Listener] within the process.
type Listener struct {
	address string
	conns   chan net.Conn
	closed  chan struct{}
	close   func()
}

// NewListener returns a listener of an address, which can be any text.
func NewListener(address string) *Listener {
	l := &Listener{address: address, conns: make(chan net.Conn), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

// Accept implements [net.Listener].
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (l *Listener) Close() error {
	l.close()
	return nil
}

// Addr implements [net.Listener].
func (l *Listener) Addr() net.Addr { return addr(l.address) }

// Dial connects to the listener.
func (l *Listener) Dial(ctx context.Context) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case l.conns <- there:
		return here, nil
	case <-l.closed:
		return nil, refused(l.address)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// refused is what the kernel says of a port where nothing listens.
func refused(address string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: addr(address), Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

// addr is the address of a listener.
type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }
