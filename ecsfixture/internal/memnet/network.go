package memnet

import (
	"context"
	"net"
	"os"
	"sync"
	"syscall"
)

// Network has at most one listener at each address. Its zero value is an
// empty network.
type Network struct {
	mu        sync.Mutex // guards listeners
	listeners map[string]*member
}

// member is a listener that leaves the network when it is closed.
type member struct {
	*Listener
	network *Network
	dialled func(net.Listener)
}

// Listen opens an address.
func (n *Network) Listen(address string) (net.Listener, error) {
	return n.ListenLazily(address, func(net.Listener) {})
}

// ListenLazily opens an address; dialled is called with the listener before each
// connection, so that who listens needs no goroutine until somebody comes.
func (n *Network) ListenLazily(address string, dialled func(net.Listener)) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[address] != nil {
		return nil, &net.OpError{Op: "listen", Net: "tcp", Addr: addr(address), Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	if n.listeners == nil {
		n.listeners = map[string]*member{}
	}
	m := &member{NewListener(address), n, dialled}
	n.listeners[address] = m
	return m, nil
}

// Dial connects to an address.
func (n *Network) Dial(ctx context.Context, address string) (net.Conn, error) {
	n.mu.Lock()
	m := n.listeners[address]
	n.mu.Unlock()
	if m == nil {
		return nil, refused(address)
	}
	m.dialled(m)
	return m.Dial(ctx)
}

// Close closes the address.
func (m *member) Close() error {
	m.network.mu.Lock()
	if m.network.listeners[m.address] == m {
		delete(m.network.listeners, m.address)
	}
	m.network.mu.Unlock()
	return m.Listener.Close()
}
