package runtimetest

import (
	"fmt"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var closeTests = []test{
	{"of an empty task", closeEmpty},
	{"of a task does nothing the second time", closeTaskTwice},
	{"of a task ends what runs", closeTaskRunning},
	{"of a task ends a pending Stop", closeWhileStopping},
	{"of a task leaves the others alone", closeOne},
	{"of a task refuses more", closedTask},
	{"of the runtime does nothing the second time", closeRuntimeTwice},
	{"of the runtime ends what runs", closeRuntimeRunning},
	{"of the runtime refuses more", closedRuntime},
	{"of all at once", closeConcurrently},
}

func closeEmpty(k *kit) { k.must(k.task(runtime.Bridge).Close(k.Context())) }

func closeTaskTwice(k *kit) {
	task := k.task(runtime.Bridge)
	r := k.recorder()
	k.launch(task, "app", Prints, r)
	r.awaitExit(k.T, 3)
	k.must(task.Close(k.Context()))
	k.must(task.Close(k.Context()))
}

// closeTaskRunning has a container that a Stop would not end.
func closeTaskRunning(k *kit) {
	task := k.task(runtime.Bridge)
	r := k.recorder()
	k.launch(task, "app", Ignores, r)
	r.awaitLine(k.T, "ready")
	k.must(task.Close(k.Context()))
	r.finish()
	if n := r.ends(); n > 1 {
		k.Errorf("%d exits of one start", n)
	}
}

func closeWhileStopping(k *kit) {
	task := k.task(runtime.Bridge)
	r := k.recorder()
	c := k.launch(task, "app", Ignores, r)
	r.awaitLine(k.T, "ready")
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = c.Stop(k.Context(), 10*k.h.Wait)
	}()
	k.must(task.Close(k.Context()))
	k.soon("Stop of a closed task's container", stopped)
}

func closeOne(k *kit) {
	gone, r := k.task(runtime.Bridge), k.recorder()
	k.launch(gone, "app", Obeys, r)
	c, other := k.start(Obeys)
	other.awaitLine(k.T, "ready")
	k.must(gone.Close(k.Context()))
	k.must(c.Stop(k.Context(), k.h.Wait))
	other.awaitExit(k.T, 7)
}

func closedTask(k *kit) {
	task := k.task(runtime.Bridge)
	c, r := k.create(task, Prints)
	k.must(task.Close(k.Context()))
	if _, err := c.Start(k.Context()); err == nil {
		k.Error("a container of a closed task can be started")
	}
	if _, err := task.Create(k.Context(), k.spec("b", Prints, r)); err == nil {
		k.Error("a closed task makes containers")
	}
	k.must(c.Stop(k.Context(), time.Second))
}

func closeRuntimeTwice(k *kit) {
	k.start(Obeys)
	k.must(k.rt.Close(k.Context()))
	k.must(k.rt.Close(k.Context()))
}

func closeRuntimeRunning(k *kit) {
	var rs []*recorder
	task := k.task(runtime.Bridge)
	for i, b := range []Behavior{Ignores, Obeys} {
		r := k.recorder()
		k.launch(task, fmt.Sprintf("c%d", i), b, r)
		r.awaitLine(k.T, "ready")
		rs = append(rs, r)
	}
	k.must(k.rt.Close(k.Context()))
	for _, r := range rs {
		r.finish()
		if n := r.ends(); n > 1 {
			k.Errorf("%d exits of one start", n)
		}
	}
}

func closedRuntime(k *kit) {
	task := k.task(runtime.Bridge)
	k.must(k.rt.Close(k.Context()))
	if _, err := k.rt.NewTask(k.Context(), taskSpec(runtime.Bridge)); err == nil {
		k.Error("a closed runtime makes tasks")
	}
	if _, err := k.rt.Pull(k.Context(), k.h.Spec(Prints).Image, nil); err == nil {
		k.Error("a closed runtime pulls")
	}
	k.must(task.Close(k.Context()))
}

func closeConcurrently(k *kit) {
	task := k.task(runtime.Bridge)
	r := k.recorder()
	k.launch(task, "app", Obeys, r)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { k.noError(task.Close(k.Context())) })
		wg.Go(func() { k.noError(k.rt.Close(k.Context())) })
	}
	wg.Wait()
	r.finish()
}
