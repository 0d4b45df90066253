package runtimetest

import (
	"context"
	"errors"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var cancelTests = []test{
	{"of Pull", cancelPull},
	{"of NewTask", cancelNewTask},
	{"of Create", cancelCreate},
	{"of Start", cancelStart},
	{"of Stop", cancelStop},
	{"of Close", cancelClose},
	{"at any time leaves nothing", cancelAnyTime},
}

// canceled checks that a call with an ended context failed by it.
func (k *kit) canceled(err error) {
	k.Helper()
	if !errors.Is(err, context.Canceled) {
		k.Fatalf("got error %v, want the context's", err)
	}
}

func cancelPull(k *kit) {
	_, err := k.rt.Pull(ended(), k.h.Spec(Prints).Image, nil)
	k.canceled(err)
	k.pull(Prints)
}

// cancelNewTask uses one ID twice, which is free after a failure.
func cancelNewTask(k *kit) {
	spec := taskSpec(runtime.Bridge)
	_, err := k.rt.NewTask(ended(), spec)
	k.canceled(err)
	_, err = k.rt.NewTask(k.Context(), spec)
	k.must(err)
}

func cancelCreate(k *kit) {
	k.pull(Prints)
	task, r := k.task(runtime.Bridge), k.recorder()
	_, err := task.Create(ended(), k.spec("app", Prints, r))
	k.canceled(err)
	k.launch(task, "app", Prints, r)
	r.awaitExit(k.T, 3)
}

func cancelStart(k *kit) {
	c, r := k.create(k.task(runtime.Bridge), Prints)
	_, err := c.Start(ended())
	k.canceled(err)
	_, err = c.Start(k.Context())
	k.must(err)
	r.awaitExit(k.T, 3)
}

func cancelStop(k *kit) {
	c, r := k.start(Obeys)
	r.awaitLine(k.T, "ready")
	k.canceled(c.Stop(ended(), k.h.Wait))
	k.must(c.Stop(k.Context(), k.h.Wait))
	r.awaitExit(k.T, 7)
}

func cancelClose(k *kit) {
	task := k.task(runtime.Bridge)
	k.create(task, Prints)
	k.canceled(task.Close(ended()))
	k.must(task.Close(k.Context()))
}

// cancelAnyTime cancels a task's way to its start after longer and longer
// times. How far it got is open; the kit checks that nothing is left.
func cancelAnyTime(k *kit) {
	k.pull(Obeys)
	for d := 100 * time.Microsecond; d < 500*time.Millisecond; d *= 3 {
		ctx, cancel := context.WithTimeout(k.Context(), d)
		r := k.recorder()
		if task, err := k.rt.NewTask(ctx, taskSpec(runtime.Bridge)); err == nil {
			k.tryToRun(ctx, task, r)
			k.must(task.Close(k.Context()))
			r.finish()
		}
		cancel()
		if n := r.ends(); n > 1 {
			k.Errorf("%d exits of one start", n)
		}
	}
}

func (k *kit) tryToRun(ctx context.Context, task runtime.Task, r *recorder) {
	c, err := task.Create(ctx, k.spec("app", Obeys, r))
	if err != nil {
		return
	}
	_, _ = c.Start(ctx)
}
