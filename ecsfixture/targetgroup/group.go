package targetgroup

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// Group is a target group with a listener of its own. It is an
// [http.Handler] too: what comes to it goes to one of its healthy targets, to
// each in turn.
type Group struct {
	ARN, Name string

	front  *front
	checks sync.WaitGroup

	mu       sync.Mutex // guards what follows; never held across a request
	settings settings
	targets  []*target // as they were registered; draining ones too
	turn     int
	closed   bool
}

func newGroup(arn string) *Group {
	g := &Group{ARN: arn, Name: nameOf(arn), settings: defaults()}
	g.front = &front{handler: g}
	return g
}

// nameOf returns the name in …:targetgroup/NAME/ID.
func nameOf(arn string) string {
	parts := strings.Split(arn, "/")
	return parts[min(1, len(parts)-1)]
}

func (g *Group) configure(opts []Option) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, opt := range opts {
		opt(&g.settings)
	}
}

func (g *Group) current() settings {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.settings
}

// URL returns where the group listens, http://127.0.0.1:port; the first call
// opens the port. In a testing/synctest bubble nothing can listen: see
// [Group.Client].
func (g *Group) URL() string { return g.front.URL() }

// Client returns a client that brings every request to the group, whatever
// its URL, without a network: for testing/synctest too.
func (g *Group) Client() *http.Client { return g.front.Client() }

// Status is a target at a moment.
type Status struct {
	server.Target
	State    State
	Reason   string // of an unhealthy target
	Requests int    // that it has got
	InFlight int    // of them
}

// Targets returns the targets as they were registered, draining ones too.
func (g *Group) Targets() []Status {
	g.mu.Lock()
	defer g.mu.Unlock()
	var list []Status
	for _, t := range g.targets {
		list = append(list, Status{t.Target, t.state(), t.health.reason, t.requests, t.inFlight})
	}
	return list
}

var errClosed = errors.New("the target group is closed")

// register adds a target and begins to check its health.
func (g *Group) register(of server.Target, health func(server.TargetHealth)) error {
	t := newTarget(of, g.current().dial)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return errClosed
	}
	g.targets = append(g.targets, t)
	g.checks.Go(func() { g.watch(t, health) })
	return nil
}

// deregister drains a target and takes it out.
func (g *Group) deregister(ctx context.Context, of server.Target) error {
	t := g.drain(of)
	if t == nil {
		return nil
	}
	defer g.remove(t)
	return t.drained(ctx, g.current().delay)
}

// drain keeps new requests from a target; it is nil if there is no such.
func (g *Group) drain(of server.Target) *target {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.IndexFunc(g.targets, func(t *target) bool { return !t.draining && t.is(of) })
	if i < 0 {
		return nil
	}
	t := g.targets[i]
	t.draining = true
	t.stopChecks()
	t.settle()
	return t
}

func (g *Group) remove(t *target) {
	g.mu.Lock()
	g.targets = slices.DeleteFunc(g.targets, func(other *target) bool { return other == t })
	g.mu.Unlock()
	t.end()
}

// close takes all targets out, without their delay.
func (g *Group) close(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	targets := g.targets
	g.targets = nil
	g.mu.Unlock()
	err := g.front.close(ctx)
	for _, t := range targets {
		t.stopChecks()
		t.end()
	}
	g.checks.Wait()
	return err
}
