package simulated

import (
	"context"
	"sync"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// task is a [runtime.Task].
type task struct {
	rt      *Runtime
	spec    runtime.TaskSpec
	host    int // number of its address, 0 for none
	closing chan struct{}

	mu         sync.Mutex // guards what follows
	containers []*container
	closed     bool
}

// attach gives the task its address if its mode asks for one.
func (t *task) attach() (err error) {
	if t.spec.NetworkMode == runtime.AWSVPC {
		t.host, err = t.rt.addresses.take()
	}
	return runtime.Named(runtime.ContainerNetworking, err)
}

// Network implements [runtime.Task].
func (t *task) Network() runtime.Network {
	if t.host == 0 {
		return runtime.Network{}
	}
	return network(t.host)
}

// Create implements [runtime.Task].
func (t *task) Create(ctx context.Context, spec runtime.ContainerSpec) (runtime.Container, error) {
	c := &container{task: t, spec: spec}
	if err := t.rt.enter(ctx, Create, c.about()); err != nil {
		return nil, err
	}
	if err := c.prepare(ctx); err != nil {
		return nil, named(ctx, Create, err)
	}
	if err := t.add(c); err != nil {
		return nil, err
	}
	return c, nil
}

func (t *task) add(c *container) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return runtime.Errorf(runtime.CannotCreateContainer, "%s: the task is %w", c.spec.Name, ErrClosed)
	}
	for _, other := range t.containers {
		if other.spec.Name == c.spec.Name {
			return runtime.Errorf(runtime.CannotCreateContainer, "container %q is there already", c.spec.Name)
		}
	}
	c.id, c.number = c.identify(), t.rt.made.Add(1)
	t.containers = append(t.containers, c)
	return nil
}

// list is the containers in the order in which they were created.
func (t *task) list() []*container {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.containers[:len(t.containers):len(t.containers)]
}

// Close implements [runtime.Task]. What runs is killed, and events not yet
// delivered are dropped.
func (t *task) Close(ctx context.Context) error {
	if !t.isClosed() {
		if err := t.rt.enter(ctx, Close, Call{Task: t.spec.ID}); err != nil {
			return err
		}
	}
	late := reap(ctx, []*task{t}, nil)
	t.rt.mu.Lock()
	t.rt.late = append(t.rt.late, late...)
	t.rt.mu.Unlock()
	return stuck(late)
}

func (t *task) isClosed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.closed
}

// shut lets nothing new begin and tells whether it was the first to.
func (t *task) shut() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.closed = true
	close(t.closing)
	return true
}

// reap closes tasks and waits until all their goroutines have ended, and more
// Funcs have returned; it returns those that stay. The wait begins when all are
// killed, so that one slow Func doesn't hold up the others' end.
func reap(ctx context.Context, tasks []*task, more []*funcCall) (late []*funcCall) {
	for _, t := range tasks {
		first := t.shut()
		for _, c := range t.list() {
			c.shut()
		}
		if first {
			t.free()
		}
	}
	return await(ctx, tasks, more)
}

func (t *task) free() {
	if t.host != 0 {
		t.rt.addresses.put(t.host)
	}
	t.rt.remove(t)
}
