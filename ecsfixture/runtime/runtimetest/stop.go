package runtimetest

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

var stopTests = []test{
	{"lets the container end in grace", stopInGrace},
	{"kills after grace", stopKills},
	{"kills at once without grace", stopAtOnce},
	{"does nothing before a start", stopBeforeStart},
	{"does nothing after an exit", stopAfterExit},
	{"may be called concurrently", stopConcurrently},
	{"returns when its context ends", stopImpatiently},
}

func stopInGrace(k *kit) {
	c, r := k.start(Obeys)
	r.awaitLine(k.T, "ready")
	k.must(c.Stop(k.Context(), k.h.Wait))
	r.awaitExit(k.T, 7)
	k.equal(r.text(runtime.Stdout), []string{"ready", "bye"})
}

func stopKills(k *kit) {
	const grace = time.Second // engines count in seconds
	c, r := k.start(Ignores)
	r.awaitLine(k.T, "ready")
	began := time.Now()
	k.must(c.Stop(k.Context(), grace))
	if took := time.Since(began); took < grace {
		k.Errorf("killed after %v, before the grace of %v was over", took, grace)
	}
	r.awaitExit(k.T, 137)
}

func stopAtOnce(k *kit) {
	c, r := k.start(Ignores)
	r.awaitLine(k.T, "ready")
	k.must(c.Stop(k.Context(), 0))
	r.awaitExit(k.T, 137)
}

func stopBeforeStart(k *kit) {
	c, r := k.create(k.task(runtime.Bridge), Prints)
	k.must(c.Stop(k.Context(), time.Second))
	_, err := c.Start(k.Context())
	k.must(err)
	r.awaitExit(k.T, 3)
}

func stopAfterExit(k *kit) {
	c, r := k.start(Prints)
	r.awaitExit(k.T, 3)
	k.must(c.Stop(k.Context(), time.Second))
	r.awaitExit(k.T, 3)
}

func stopConcurrently(k *kit) {
	c, r := k.start(Obeys)
	r.awaitLine(k.T, "ready")
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := c.Stop(k.Context(), k.h.Wait); err != nil {
				k.Error(err)
			}
		})
	}
	wg.Wait()
	r.awaitExit(k.T, 7)
}

// stopImpatiently cancels a Stop in its grace; another Stop goes through.
func stopImpatiently(k *kit) {
	c, r := k.start(Ignores)
	r.awaitLine(k.T, "ready")
	ctx, cancel := context.WithCancel(k.Context())
	returned := make(chan struct{})
	var err error
	go func() {
		defer close(returned)
		err = c.Stop(ctx, 10*k.h.Wait)
	}()
	cancel()
	k.soon("Stop with an ended context", returned)
	if !errors.Is(err, context.Canceled) {
		k.Errorf("got error %v, want the context's", err)
	}
	k.must(c.Stop(k.Context(), 0))
	r.awaitExit(k.T, 137)
}
