package targetgroup

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// State is the health of a target as [DescribeTargetHealth] words it.
//
// [DescribeTargetHealth]: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html
type State string

// The states of a target.
const (
	Initial   State = "initial"
	Healthy   State = "healthy"
	Unhealthy State = "unhealthy"
	Draining  State = "draining"
)

// target is a registered target.
type target struct {
	server.Target
	transport *http.Transport

	checking   context.Context // ends when the target is deregistered
	stopChecks context.CancelFunc
	living     context.Context // ends when it is out: what is in flight then is cut off
	cut        context.CancelFunc
	idle       chan struct{} // closed when it is draining and nothing is in flight

	// Group.mu guards what follows.
	health   tally
	draining bool
	inFlight int
	requests int
}

func newTarget(of server.Target, dial func(context.Context, server.Target) (net.Conn, error)) *target {
	t := &target{Target: of, health: tally{state: Initial}, idle: make(chan struct{})}
	t.checking, t.stopChecks = context.WithCancel(context.Background())
	t.living, t.cut = context.WithCancel(context.Background())
	t.transport = &http.Transport{
		DialContext:           func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx, of) },
		ResponseHeaderTimeout: idleTimeout,
		DisableCompression:    true, // the client's business
		MaxIdleConnsPerHost:   100,
	}
	return t
}

// idleTimeout is the default of a load balancer's idle_timeout.timeout_seconds.
const idleTimeout = 60 * time.Second

func (t *target) is(of server.Target) bool {
	return t.Task == of.Task && t.Container == of.Container && t.Port == of.Port
}

// state is what the target's state is called; Group.mu is held.
func (t *target) state() State {
	if t.draining {
		return Draining
	}
	return t.health.state
}

// settle notes the end of the draining; Group.mu is held.
func (t *target) settle() {
	if t.draining && t.inFlight == 0 {
		close(t.idle)
	}
}

// drained waits until nothing is in flight or the delay is over.
func (t *target) drained(ctx context.Context, delay time.Duration) error {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-t.idle:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// end cuts off what is in flight and closes the connections.
func (t *target) end() {
	t.cut()
	t.transport.CloseIdleConnections()
}
