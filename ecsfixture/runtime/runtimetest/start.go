package runtimetest

import (
	"context"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var pullTests = []test{
	{"gives the same image twice", pullTwice},
	{"shares its work", pullConcurrently},
	{"fails for an unknown image", pullUnknown},
}

func pullTwice(k *kit) {
	ref := k.h.Spec(Prints).Image
	first, err := k.rt.Pull(k.Context(), ref, nil)
	k.must(err)
	second, err := k.rt.Pull(k.Context(), ref, nil)
	k.must(err)
	if first != second || first.ID == "" || first.Digest == "" {
		k.Fatalf("got %+v, then %+v", first, second)
	}
}

func pullConcurrently(k *kit) {
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if _, err := k.rt.Pull(k.Context(), k.h.Spec(Prints).Image, nil); err != nil {
				k.Error(err)
			}
		})
	}
	wg.Wait()
}

func pullUnknown(k *kit) {
	_, err := k.rt.Pull(k.Context(), k.h.NoImage, nil)
	k.named(err, runtime.CannotPullContainer)
}

var startTests = []test{
	{"leads to one exit with its code", exitCode},
	{"is not part of Create", createdOnly},
	{"fails for a bad command", badCommand},
	{"begins again after an exit", restart},
	{"leads to one exit even if called twice", startTwice},
	{"has containers side by side", sideBySide},
	{"works in many tasks at once", manyTasks},
	{"needs no callbacks", noCallbacks},
}

func exitCode(k *kit) {
	c, r := k.create(k.task(runtime.Bridge), Prints)
	if c.ID() == "" {
		k.Error("container without an ID")
	}
	started, err := c.Start(k.Context())
	k.must(err)
	if started.At.IsZero() {
		k.Error("started at no time")
	}
	r.awaitExit(k.T, 3)
	if e := r.awaitEvents(k.T, 1)[0]; e.At.Before(started.At) || e.OOMKilled {
		k.Errorf("started at %v, then %+v", started.At, e)
	}
}

// createdOnly closes the task so that what a container might tell is over.
func createdOnly(k *kit) {
	task := k.task(runtime.Bridge)
	_, r := k.create(task, Prints)
	k.must(task.Close(k.Context()))
	if lines, events := r.told(); len(lines)+len(events) > 0 {
		k.Errorf("a created container told: %s", r)
	}
}

func badCommand(k *kit) {
	c, r := k.create(k.task(runtime.Bridge), BadCommand)
	_, err := c.Start(k.Context())
	k.named(err, runtime.CannotStartContainer)
	k.must(k.rt.Close(k.Context()))
	if n := r.ends(); n > 0 {
		k.Errorf("%d exits without a start", n)
	}
}

func restart(k *kit) {
	c, r := k.create(k.task(runtime.Bridge), Prints)
	for n := 1; n <= 3; n++ {
		r.starting()
		_, err := c.Start(k.Context())
		k.must(err)
		got := r.awaitEvents(k.T, n)
		if len(got) != n || got[n-1].Kind != runtime.Exited || got[n-1].ExitCode != 3 {
			k.Fatalf("start %d: %s", n, r)
		}
		k.equal(r.text(runtime.Stdout), repeat(n, "out 1", "out 2"))
		k.equal(r.text(runtime.Stderr), repeat(n, "err 1"))
	}
}

// startTwice allows a second Start to be an error, to do nothing or to wait
// for the exit; there is one exit in any case.
func startTwice(k *kit) {
	c, r := k.start(Obeys)
	r.awaitLine(k.T, "ready")
	ctx, cancel := context.WithTimeout(k.Context(), time.Second)
	defer cancel()
	_, _ = c.Start(ctx)
	k.must(c.Stop(k.Context(), k.h.Wait))
	r.awaitExit(k.T, 7)
}

func sideBySide(k *kit) {
	task := k.task(runtime.Bridge)
	a, b := k.recorder(), k.recorder()
	long := k.launch(task, "long", Obeys, a)
	k.launch(task, "short", Prints, b)
	b.awaitExit(k.T, 3)
	a.awaitLine(k.T, "ready")
	k.must(long.Stop(k.Context(), k.h.Wait))
	a.awaitExit(k.T, 7)
}

// launch starts a container of a given name.
func (k *kit) launch(task runtime.Task, name string, b Behavior, r *recorder) runtime.Container {
	k.Helper()
	k.pull(b)
	c, err := task.Create(k.Context(), k.spec(name, b, r))
	k.must(err)
	_, err = c.Start(k.Context())
	k.must(err)
	return c
}

func manyTasks(k *kit) {
	k.pull(Prints)
	var wg sync.WaitGroup
	for range 20 {
		r := k.recorder()
		wg.Go(func() {
			if err := k.wholeLife(r); err != nil {
				k.Error(err)
			}
		})
	}
	wg.Wait()
}

// wholeLife is a task from beginning to end. It runs on any goroutine, so it
// doesn't use Fatal.
func (k *kit) wholeLife(r *recorder) error {
	task, err := k.rt.NewTask(k.Context(), taskSpec(runtime.Bridge))
	if err != nil {
		return err
	}
	c, err := task.Create(k.Context(), k.spec("app", Prints, r))
	if err != nil {
		return err
	}
	if _, err := c.Start(k.Context()); err != nil {
		return err
	}
	if err := r.exit(3); err != nil {
		return err
	}
	return task.Close(k.Context())
}

func noCallbacks(k *kit) {
	k.pull(Obeys)
	spec := k.h.Spec(Obeys)
	spec.Name = "app"
	c, err := k.task(runtime.Bridge).Create(k.Context(), spec)
	k.must(err)
	_, err = c.Start(k.Context())
	k.must(err)
	if _, err := c.Stats(k.Context()); err != nil {
		k.Error(err)
	}
	k.must(c.Stop(k.Context(), 0))
}
