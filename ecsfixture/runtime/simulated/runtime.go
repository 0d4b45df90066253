package simulated

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/memnet"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// ErrClosed is the cause of what fails because its task or the runtime is
// closed.
var ErrClosed = errors.New("simulated: closed")

// Runtime is a [runtime.Runtime] that follows scripts.
type Runtime struct {
	config
	addresses *pool
	tcp, udp  *pool
	net       memnet.Network // of all addresses and host ports

	closing chan struct{} // closed when Close begins

	made atomic.Int64 // containers so far

	mu     sync.Mutex       // guards what follows
	tasks  map[string]*task // by ID; what isn't closed
	pulls  map[string]*pull // going on, by reference
	local  map[string]bool  // references pulled
	late   []*funcCall      // Funcs that outlived their tasks
	closed bool
}

var _ runtime.Runtime = (*Runtime)(nil)

// New returns a runtime that follows the scripts of its options.
func New(opts ...Option) *Runtime {
	rt := &Runtime{
		config:    config{faults: map[Operation][]func(context.Context, Call) error{}},
		addresses: newPool("addresses", firstHost, lastHost),
		tcp:       newPool("TCP ports", firstPort, lastPort),
		udp:       newPool("UDP ports", firstPort, lastPort),
		closing:   make(chan struct{}),
		tasks:     map[string]*task{},
		pulls:     map[string]*pull{},
		local:     map[string]bool{},
	}
	for _, opt := range opts {
		opt(&rt.config)
	}
	return rt
}

// NewTask implements [runtime.Runtime].
func (rt *Runtime) NewTask(ctx context.Context, spec runtime.TaskSpec) (runtime.Task, error) {
	if err := rt.enter(ctx, NewTask, Call{Task: spec.ID}); err != nil {
		return nil, err
	}
	t := &task{rt: rt, spec: spec, closing: make(chan struct{})}
	if err := rt.add(t); err != nil {
		return nil, err
	}
	return t, nil
}

func (rt *Runtime) add(t *task) error {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	switch {
	case rt.closed:
		return runtime.Errorf(runtime.ResourceInitialization, "task %s: the runtime is %w", t.spec.ID, ErrClosed)
	case rt.tasks[t.spec.ID] != nil:
		return runtime.Errorf(runtime.ResourceInitialization, "task %s is there already", t.spec.ID)
	}
	if err := t.attach(); err != nil {
		return err
	}
	rt.tasks[t.spec.ID] = t
	return nil
}

func (rt *Runtime) remove(t *task) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	delete(rt.tasks, t.spec.ID)
}

// Close implements [runtime.Runtime]. It kills what runs. It fails if a Func
// doesn't return though it was killed.
func (rt *Runtime) Close(ctx context.Context) error {
	rt.mu.Lock()
	if !rt.closed {
		rt.closed = true
		close(rt.closing)
	}
	rt.mu.Unlock()
	return stuck(reap(ctx, rt.list(), rt.takeLate()))
}

// takeLate returns the Funcs that outlived their tasks' Close, which tells
// nobody but who called it.
func (rt *Runtime) takeLate() []*funcCall {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	late := rt.late
	rt.late = nil
	return late
}

// list is the tasks in the order of their IDs.
func (rt *Runtime) list() []*task {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	tasks := make([]*task, 0, len(rt.tasks))
	for _, t := range rt.tasks {
		tasks = append(tasks, t)
	}
	slices.SortFunc(tasks, func(a, b *task) int { return strings.Compare(a.spec.ID, b.spec.ID) })
	return tasks
}

// Left tells what is still held: tasks, addresses and ports. Nothing is after
// Close, nor when every task is closed.
func (rt *Runtime) Left() []string {
	var left []string
	for _, t := range rt.list() {
		left = append(left, "task "+t.spec.ID)
	}
	for _, p := range []*pool{rt.addresses, rt.tcp, rt.udp} {
		if n := p.taken(); n > 0 {
			left = append(left, fmt.Sprintf("%d %s", n, p.what))
		}
	}
	return left
}
