// Package docker runs tasks in a Docker engine, by way of testcontainers-go.
package docker

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// Runtime runs tasks in a Docker engine. It implements [runtime.Runtime].
type Runtime struct {
	options
	engine *engine
	labels map[string]string // on all that it makes

	life   context.Context // ends with Close
	end    context.CancelFunc
	events sync.WaitGroup // the goroutine that reads the event stream
	calls  inflight       // of NewTask
	pulls  flights[runtime.Image]
	shared flights[string] // the network and the shared volumes, by name

	mu         sync.Mutex            // guards the fields below
	tasks      map[*Task]struct{}    // not closed yet
	containers map[string]*Container // by ID: who hears of events
	execs      map[string]chan int   // by ID: who waits for an exit code
	network    string                // the ID of the network of awsvpc tasks

	sharedUsed map[string]bool // the shared volumes of its tasks; guarded by sharedUsers
}

var _ runtime.Runtime = (*Runtime)(nil)

// New connects to the Docker engine. Where none answers the error is
// [ErrNoEngine]. The first call in a process also removes what killed
// processes left; see [Sweep].
func New(ctx context.Context, opts ...Option) (*Runtime, error) {
	eng, err := connect(ctx)
	if err != nil {
		return nil, err
	}
	used.Store(true)
	return newRuntime(ctx, eng, newOptions(opts)), nil
}

func newRuntime(ctx context.Context, eng *engine, o options) *Runtime {
	eng.log = o.log
	sweepOnce.Do(func() { eng.sweepDead(ctx) })
	r := &Runtime{
		options: o, engine: eng, labels: sessionLabels(o.session),
		tasks: map[*Task]struct{}{}, containers: map[string]*Container{},
		execs: map[string]chan int{}, sharedUsed: map[string]bool{},
	}
	r.life, r.end = context.WithCancel(context.WithoutCancel(ctx))
	r.events.Go(r.watch)
	return r
}

func (e *engine) sweepDead(ctx context.Context) {
	removed, err := e.sweep(ctx, labelled(LabelOwner), ownerIsDead)
	if err != nil {
		e.log.Warn("could not remove all that killed processes left", "error", err)
	}
	if len(removed) > 0 {
		e.log.Info("removed what killed processes left", "removed", namesOf(removed))
	}
}

// Session is the value of the label [LabelSession] on all that the runtime
// makes.
func (r *Runtime) Session() string { return r.session }

// scoped ends a context with the runtime.
func (r *Runtime) scoped(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(r.life, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil) }
}

// Close implements [runtime.Runtime]. It returns when all is gone, or when
// ctx ends with an error that says what isn't.
func (r *Runtime) Close(ctx context.Context) error {
	if err := r.closeTasks(ctx); err != nil {
		return err
	}
	if r.life.Err() != nil {
		return nil
	}
	_, err := r.engine.sweep(ctx, labelled(LabelSession+"="+r.session), always)
	err = errors.Join(err, r.closeShared(ctx))
	sweepAgain.Do(func() { r.engine.sweepDead(ctx) })
	r.end()
	r.events.Wait()
	r.pulls.work.Wait()
	r.engine.close()
	return err
}

func (r *Runtime) closeTasks(ctx context.Context) error {
	if err := closed(ctx, r.calls.close()); err != nil {
		return fmt.Errorf("docker: a task is still being made: %w", err)
	}
	var (
		mu   sync.Mutex // guards errs
		errs []error
		g    errgroup.Group
	)
	for _, t := range r.openTasks() {
		g.Go(func() error {
			if err := t.Close(ctx); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
			return nil
		})
	}
	_ = g.Wait()
	return errors.Join(errs...)
}

func (r *Runtime) openTasks() []*Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	var tasks []*Task
	for t := range r.tasks {
		tasks = append(tasks, t)
	}
	return tasks
}
