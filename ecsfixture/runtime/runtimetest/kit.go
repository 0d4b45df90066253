package runtimetest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// kit is a test's runtime with its tools. At the end of the test it closes
// the runtime and checks that nothing is left.
type kit struct {
	*testing.T
	h   Harness
	rt  runtime.Runtime
	ctx context.Context // bounds the test, so that what hangs fails
}

func newKit(t *testing.T, h Harness) *kit {
	ctx, cancel := context.WithTimeout(t.Context(), 3*h.Wait)
	t.Cleanup(cancel)
	k := &kit{T: t, h: h, rt: h.New(t), ctx: ctx}
	t.Cleanup(k.close)
	return k
}

// Context bounds the calls of the test.
func (k *kit) Context() context.Context { return k.ctx }

func (k *kit) close() {
	k.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), k.h.Wait)
	defer cancel()
	k.noError(k.rt.Close(ctx))
	if k.h.Left == nil {
		return
	}
	if left := k.h.Left(k.rt); len(left) > 0 {
		k.Errorf("left behind: %v", left)
	}
}

func (k *kit) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

// noError is must for any goroutine.
func (k *kit) noError(err error) {
	k.Helper()
	if err != nil {
		k.Error(err)
	}
}

// named checks that err is an error that ECS has a name for.
func (k *kit) named(err error, name runtime.ErrorName) {
	k.Helper()
	var e *runtime.Error
	if !errors.As(err, &e) || e.Name != name {
		k.Fatalf("got error %v, want a %s", err, name)
	}
}

// task makes a task, closed with the runtime if not before.
func (k *kit) task(mode runtime.NetworkMode) runtime.Task {
	k.Helper()
	task, err := k.rt.NewTask(k.Context(), taskSpec(mode))
	k.must(err)
	return task
}

func taskSpec(mode runtime.NetworkMode) runtime.TaskSpec {
	var id [16]byte
	rand.Read(id[:])
	return runtime.TaskSpec{ID: hex.EncodeToString(id[:]), NetworkMode: mode}
}

// spec describes a container of the suite that tells r.
func (k *kit) spec(name string, b Behavior, r *recorder) runtime.ContainerSpec {
	spec := k.h.Spec(b)
	spec.Name, spec.Lines, spec.Events = name, r.line, r.event
	return spec
}

// pull pulls the image that a behaviour needs.
func (k *kit) pull(b Behavior) {
	k.Helper()
	_, err := k.rt.Pull(k.Context(), k.h.Spec(b).Image, nil)
	k.must(err)
}

// recorder makes a recorder that is checked at the end of the test.
func (k *kit) recorder() *recorder {
	r := newRecorder(k.h.Wait)
	k.Cleanup(func() { r.check(k.T) })
	return r
}

// create makes a container named app.
func (k *kit) create(task runtime.Task, b Behavior) (runtime.Container, *recorder) {
	k.Helper()
	k.pull(b)
	r := k.recorder()
	c, err := task.Create(k.Context(), k.spec("app", b, r))
	k.must(err)
	return c, r
}

// start starts a container named app in a task of its own.
func (k *kit) start(b Behavior) (runtime.Container, *recorder) {
	k.Helper()
	c, r := k.create(k.task(runtime.Bridge), b)
	_, err := c.Start(k.Context())
	k.must(err)
	return c, r
}

// soon waits for a channel to be closed.
func (k *kit) soon(what string, done <-chan struct{}) {
	k.Helper()
	bound := time.NewTimer(k.h.Wait)
	defer bound.Stop()
	select {
	case <-done:
	case <-bound.C:
		k.Fatalf("%s took more than %v", what, k.h.Wait)
	}
}

// ended is a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
