package simulated

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// container is a [runtime.Container]. An idle one has no goroutine and no
// timer.
type container struct {
	task   *task
	spec   runtime.ContainerSpec
	script *script
	id     string
	number int64 // in the order of creation, over all tasks

	busy sync.WaitGroup // timers and goroutines that may call back

	mu         sync.Mutex // guards what follows, and the run
	run        *run       // nil while nothing runs
	mail       []message  // not yet delivered
	delivering bool
	calls      []*funcCall // that may not have returned
	closed     bool
}

var (
	_ runtime.Container = (*container)(nil)
	_ runtime.Executor  = (*container)(nil)
)

// about tells what a fault hears of an operation on the container.
func (c *container) about() Call {
	return Call{Task: c.task.spec.ID, Container: c.spec.Name, Image: c.spec.Image}
}

// prepare finds the script and follows it as far as creation goes.
func (c *container) prepare(ctx context.Context) error {
	rt := c.task.rt
	if c.script = rt.script(&c.spec); c.script == nil {
		c.script = unscripted
		if rt.strict {
			return fmt.Errorf("simulated: strict: no script is for container %q of image %q", c.spec.Name, c.spec.Image)
		}
	}
	if err := pause(ctx, c.script.slowCreate, c.task.closing); err != nil {
		return err
	}
	return c.script.failCreate
}

func (c *container) identify() string {
	sum := sha256.Sum256([]byte(c.task.spec.ID + " " + c.spec.Name))
	return hex.EncodeToString(sum[:])
}

// ID implements [runtime.Container].
func (c *container) ID() string { return c.id }

// Start implements [runtime.Container].
func (c *container) Start(ctx context.Context) (runtime.Started, error) {
	err := c.task.rt.enter(ctx, Start, c.about())
	if err == nil {
		err = pause(ctx, c.script.slowStart, c.task.closing)
	}
	if err == nil {
		err = c.script.failStart
	}
	if err != nil {
		return runtime.Started{}, named(ctx, Start, err)
	}
	return c.launch()
}

func (c *container) launch() (runtime.Started, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return runtime.Started{}, runtime.Errorf(runtime.CannotStartContainer, "%s: the task is %w", c.spec.Name, ErrClosed)
	case c.run != nil:
		return runtime.Started{}, runtime.Errorf(runtime.CannotStartContainer, "container %q is running already", c.spec.Name)
	}
	r := &run{c: c, actions: c.script.actions, done: make(chan struct{})}
	if err := r.bind(); err != nil {
		return runtime.Started{}, runtime.Named(runtime.CannotStartContainer, err)
	}
	c.run = r
	r.agenda.now = time.Now()
	r.open()
	r.begin()
	return runtime.Started{At: r.agenda.now, Bindings: r.bindings}, nil
}

// Stop implements [runtime.Container]. A grace of 0 is a kill. Once it has
// sent the signal the container stops also if ctx ends.
func (c *container) Stop(ctx context.Context, grace time.Duration) error {
	if err := c.task.rt.enter(ctx, Stop, c.about()); err != nil {
		return err
	}
	r := c.signal(grace)
	if r == nil {
		return nil
	}
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// signal stops what runs and returns it, nil if nothing does.
func (c *container) signal(grace time.Duration) (stopping *run) {
	_ = c.steer(func(r *run) {
		stopping = r
		if grace <= 0 {
			r.kill()
			return
		}
		r.after(grace, r.kill)
		r.terminate()
	})
	return stopping
}

// shut kills what runs and drops what isn't delivered.
func (c *container) shut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.run != nil {
		c.run.kill()
	}
	c.mail = nil
}
