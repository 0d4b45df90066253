package simulated

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// funcCall is a Func at work.
type funcCall struct {
	container       string
	terminate, kill context.CancelFunc // SIGTERM, and SIGKILL which is both
	returned        chan struct{}
}

// call runs f on a goroutine of its own. The lock is held.
func (r *run) call(f func(context.Context, Process) int) {
	killed, kill := context.WithCancel(context.Background())
	ctx, terminate := context.WithCancel(killed)
	fc := &funcCall{r.c.spec.Name, terminate, kill, make(chan struct{})}
	r.fn = fc
	r.c.calls = append(r.c.calls, fc)
	p := r.process(killed)
	go func() {
		defer close(fc.returned)
		defer kill()
		code := exitPanicked // also what a Goexit makes of it, such as t.FailNow
		defer func() {
			r.c.change(r, func() { r.end(runtime.Event{Kind: runtime.Exited, ExitCode: code}) })
		}()
		defer func() { report(p, recover()) }()
		code = f(ctx, p)
	}()
}

// exitPanicked is the exit code of a Go program that panics.
const exitPanicked = 2

// report prints a panic as a Go program does.
func report(p Process, panicked any) {
	if panicked != nil {
		fmt.Fprintf(p.Stderr, "panic: %v\n\n%s", panicked, debug.Stack())
	}
}

// patience is how long a close waits for killed Funcs to return.
const patience = 5 * time.Second

// await waits for calls and for what the tasks' containers have at work, and
// returns what doesn't return.
func await(ctx context.Context, tasks []*task, calls []*funcCall) (late []*funcCall) {
	for _, t := range tasks {
		for _, c := range t.list() {
			c.busy.Wait()
			calls = append(calls, c.takeCalls()...)
		}
	}
	if len(calls) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return slices.DeleteFunc(calls, func(fc *funcCall) bool { return fc.wait(ctx) })
}

func (c *container) takeCalls() []*funcCall {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.calls
	c.calls = nil
	return calls
}

// stuck is the error of Funcs that don't return; nil if there are none.
func stuck(late []*funcCall) error {
	if len(late) == 0 {
		return nil
	}
	var names []string
	for _, fc := range late {
		names = append(names, fc.container)
	}
	return errors.New("simulated: a Func must return when its context ends; that of container " +
		strings.Join(names, ", ") + " is still running")
}

// wait tells whether the Func returned, which counts even when ctx has ended.
func (fc *funcCall) wait(ctx context.Context) bool {
	select {
	case <-fc.returned:
		return true
	case <-ctx.Done():
	}
	select {
	case <-fc.returned:
		return true
	default:
		return false
	}
}
