package targetgroup

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// Network lets the functions of simulated containers serve real requests,
// within the process and in a testing/synctest bubble too: they listen on it,
// and groups with the option [Network.Dial] reach them.
type Network struct {
	mu        sync.Mutex // guards listeners
	listeners map[string]*member
}

// member is a listener that leaves the network when it is closed.
type member struct {
	*listener
	network *Network
}

// NewNetwork returns a network without listeners.
func NewNetwork() *Network { return &Network{listeners: map[string]*member{}} }

// Listen opens a port of a task, named by its ID or ARN.
func (n *Network) Listen(task string, port int) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	name := socket(task, port)
	if n.listeners[name] != nil {
		return nil, fmt.Errorf("listen on %s: %w", name, syscall.EADDRINUSE)
	}
	m := &member{newListener(name), n}
	n.listeners[name] = m
	return m, nil
}

// Dial is the option of groups whose targets are on the network.
func (n *Network) Dial() Option { return Dial(n.dial) }

func (n *Network) dial(ctx context.Context, t server.Target) (net.Conn, error) {
	name := socket(t.Task, t.Port)
	n.mu.Lock()
	m := n.listeners[name]
	n.mu.Unlock()
	if m == nil {
		return nil, refused(name)
	}
	return m.dial(ctx)
}

// Close closes the port.
func (m *member) Close() error {
	m.network.mu.Lock()
	if m.network.listeners[m.name] == m {
		delete(m.network.listeners, m.name)
	}
	m.network.mu.Unlock()
	return m.listener.Close()
}

func socket(task string, port int) string {
	return fmt.Sprintf("%s:%d", task[strings.LastIndexByte(task, '/')+1:], port)
}
