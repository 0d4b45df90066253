package simulated_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// TestCallbacksAreSerial writes from many goroutines, inside and outside.
func TestCallbacksAreSerial(t *testing.T) {
	const writers, each = 8, 200
	rt := newRuntime(t, simulated.On(simulated.Any(), simulated.Func(chatter(writers, each))))
	var inside atomic.Int32
	var lines int
	exited := make(chan struct{})
	serial := func() {
		if inside.Add(1) != 1 {
			t.Error("two callbacks at a time")
		}
		inside.Add(-1)
	}
	c, err := newTask(t, rt, runtime.TaskSpec{ID: "t1"}).Create(t.Context(), runtime.ContainerSpec{
		Name:   "app",
		Lines:  func(runtime.Line) { serial(); lines++ },
		Events: func(runtime.Event) { serial(); close(exited) },
	})
	require.NoError(t, err)
	_, err = c.Start(t.Context())
	require.NoError(t, err)
	live, _ := rt.Find("t1", "app")
	steered := 0
	for live.Print("from outside") == nil {
		steered++
	}
	<-exited
	require.Equal(t, writers*each+steered, lines)
}

// chatter writes from several goroutines.
func chatter(writers, each int) func(context.Context, simulated.Process) int {
	return func(_ context.Context, p simulated.Process) int {
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for i := range each {
					fmt.Fprintln(p.Stdout, i)
				}
			})
		}
		wg.Wait()
		return 0
	}
}

// TestCloseRacesWithCallbacks closes while all is busy; no callback may come
// afterwards, which the race detector sees too.
func TestCloseRacesWithCallbacks(t *testing.T) {
	for range 50 {
		rt := simulated.New(simulated.On(simulated.Any(), simulated.Func(chatter(4, 100))))
		closed := false
		told := func() {
			if closed {
				t.Error("callback after Close")
			}
		}
		ready := make(chan struct{})
		var once sync.Once
		c, err := newTask(t, rt, runtime.TaskSpec{ID: "t1"}).Create(t.Context(), runtime.ContainerSpec{
			Name:   "app",
			Lines:  func(runtime.Line) { once.Do(func() { close(ready) }); told() },
			Events: func(runtime.Event) { told() },
		})
		require.NoError(t, err)
		_, err = c.Start(t.Context())
		require.NoError(t, err)
		<-ready
		require.NoError(t, rt.Close(t.Context()))
		closed = true
		require.Empty(t, rt.Left())
	}
}
