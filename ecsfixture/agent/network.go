package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// hostName is how containers name the machine where the engine runs in a
// virtual one, as with Docker Desktop and podman machine.
const hostName = "host.docker.internal"

// Place is where containers are, seen from the agent.
type Place struct {
	// Forwards says that the runtime leads 169.254.170.2:80 to the
	// address of the task's agent.
	Forwards bool
	// Gateway is this machine's address in the containers' network; empty
	// or not an address of this machine if they are behind a virtual one.
	Gateway string
}

// network is where an agent listens.
type network struct {
	place    Place
	loopback string // host:port; empty if nothing listens
	gateway  string // host:port; empty without a gateway
	servers  []*http.Server
	done     []chan error
}

// Listen serves the agent on free ports of the loopback and of the gateway,
// nowhere else. It must come before the first task.
func (a *Agent) Listen(p Place) (err error) {
	n := &a.network
	n.place = p
	if n.loopback, err = n.serve("127.0.0.1", a); err != nil {
		return err
	}
	if p.Gateway != "" {
		// It fails where the engine is in a virtual machine, whose
		// gateway isn't this one; then the loopback is reached.
		n.gateway, _ = n.serve(p.Gateway, a)
	}
	return nil
}

func (n *network) serve(host string, h http.Handler) (string, error) {
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return "", fmt.Errorf("the agent can't listen: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- s.Serve(listener) }()
	n.servers, n.done = append(n.servers, s), append(n.done, done)
	return listener.Addr().String(), nil
}

// Close ends all connections and stops listening.
func (a *Agent) Close(ctx context.Context) error {
	var errs []error
	for i, s := range a.network.servers {
		if err := s.Shutdown(ctx); err != nil {
			errs = append(errs, fmt.Errorf("the agent is still answering: %w", err), s.Close())
		}
		if err := <-a.network.done[i]; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
	}
	a.network.servers = nil
	return errors.Join(errs...)
}

// way is how a task's containers come to the agent.
type way struct {
	base      string // of all URLs
	address   string // that the runtime forwards to; empty if it need not
	reachable bool
}

// way chooses the address for a task. A bridge task without a role does
// without 169.254.170.2, which would cost it a container more for each.
func (n *network) way(t *task) way {
	switch {
	case n.loopback == "" || t.NetworkMode == types.NetworkModeNone:
		return way{base: LinkLocal}
	case !n.place.Forwards || t.NetworkMode == types.NetworkModeHost:
		return way{base: "http://" + n.loopback, address: n.loopback, reachable: true}
	case t.NetworkMode == types.NetworkModeBridge && t.taskRole == nil:
		return way{base: "http://" + n.direct(), reachable: true}
	}
	return way{base: LinkLocal, address: n.forwarded(), reachable: true}
}

// direct is the address that containers in the bridge network can dial.
func (n *network) direct() string {
	if n.gateway != "" {
		return n.gateway
	}
	_, port, _ := net.SplitHostPort(n.loopback)
	return net.JoinHostPort(hostName, port)
}

// forwarded is the address that the runtime is given. It knows how to reach
// the host's loopback through a virtual machine.
func (n *network) forwarded() string {
	if n.gateway != "" {
		return n.gateway
	}
	return n.loopback
}
