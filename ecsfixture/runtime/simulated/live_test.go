package simulated_test

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func TestLiveEnds(t *testing.T) {
	tests := map[string]struct {
		end  func(*simulated.Live) error
		want runtime.Event
	}{
		"exit":   {func(l *simulated.Live) error { return l.Exit(3) }, runtime.Event{Kind: runtime.Exited, ExitCode: 3}},
		"kill":   {(*simulated.Live).Kill, runtime.Event{Kind: runtime.Exited, ExitCode: 137}},
		"oom":    {(*simulated.Live).OutOfMemory, runtime.Event{Kind: runtime.Exited, ExitCode: 137, OOMKilled: true}},
		"vanish": {func(l *simulated.Live) error { return l.Vanish("gone") }, runtime.Event{Kind: runtime.Vanished, Reason: "gone"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				live, _, s := one(t)
				require.True(t, live.Running())
				require.NoError(t, tt.end(live))
				require.False(t, live.Running())
				require.ErrorContains(t, tt.end(live), `container "app" of task t1 isn't running`)
				synctest.Wait()
				got := s.last(t)
				got.At = time.Time{}
				require.Equal(t, tt.want, got)
				require.Len(t, s.events(), 1)
			})
		})
	}
}

func TestLiveHealthOverrulesTheScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, _, s := one(t, simulated.HealthyAfter(time.Minute))
		require.NoError(t, live.SetHealthy(false))
		require.NoError(t, live.SetHealthy(false))
		time.Sleep(time.Hour)
		require.NoError(t, live.SetHealthy(true))
		synctest.Wait()
		require.Len(t, s.events(), 2)
		require.False(t, s.events()[0].Healthy)
		require.True(t, s.events()[1].Healthy)
	})
}

func TestLiveHealthNeedsACheck(t *testing.T) {
	live, _, _ := start(t, newRuntime(t), runtime.ContainerSpec{Name: "app"})
	require.ErrorContains(t, live.SetHealthy(true), "no health check")
}

func TestLivePrints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live, _, s := one(t)
		require.NoError(t, live.Print("a", "b"))
		require.NoError(t, live.PrintErr("c"))
		require.NoError(t, live.Exit(0))
		synctest.Wait()
		require.Equal(t, []string{"a", "b", "! c"}, s.texts())
		s.last(t)
	})
}

func TestLiveFromACallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t, simulated.On(simulated.Any(), simulated.Print("ready")))
		task := newTask(t, rt, runtime.TaskSpec{ID: "t1"})
		var exited runtime.Event
		c, err := task.Create(t.Context(), runtime.ContainerSpec{
			Name: "app",
			Lines: func(runtime.Line) {
				live, _ := rt.Find("t1", "app")
				_ = live.Exit(5)
			},
			Events: func(e runtime.Event) { exited = e },
		})
		require.NoError(t, err)
		_, err = c.Start(t.Context())
		require.NoError(t, err)
		synctest.Wait()
		require.Equal(t, 5, exited.ExitCode)
	})
}

func TestFind(t *testing.T) {
	rt := newRuntime(t)
	for _, id := range []string{"b", "a"} {
		task := newTask(t, rt, runtime.TaskSpec{ID: id})
		_, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "app", Image: "img-" + id})
		require.NoError(t, err)
	}
	live, ok := rt.Find("a", "app")
	require.True(t, ok)
	require.Equal(t, "img-a", live.Spec().Image)
	_, ok = rt.Find("a", "other")
	require.False(t, ok)
	_, ok = rt.Find("c", "app")
	require.False(t, ok)
	all := rt.Containers("app")
	require.Len(t, all, 2)
	require.Equal(t, "b", all[0].Task(), "in the order of creation")
	require.NotEqual(t, all[0].ID(), all[1].ID())
}

func TestFuncSeesItsContainer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen simulated.Process
		rt := newRuntime(t, simulated.On(simulated.Any(), simulated.Func(func(_ context.Context, p simulated.Process) int {
			seen = p
			p.SetHealth(true)
			return 0
		})))
		_, _, s := start(t, rt, runtime.ContainerSpec{
			Name: "app", Image: "img", EntryPoint: []string{"sh", "-c"}, Command: []string{"true"}, Health: check,
			Env: []runtime.EnvVar{{Name: "A", Value: "1"}, {Name: "A", Value: "2"}},
		})
		synctest.Wait()
		require.Equal(t, "t1/app/img", seen.Task+"/"+seen.Name+"/"+seen.Image)
		require.Equal(t, []string{"sh", "-c", "true"}, seen.Args)
		require.Equal(t, "2", seen.Getenv("A"))
		_, ok := seen.LookupEnv("B")
		require.False(t, ok)
		require.Len(t, s.events(), 2)
	})
}

func TestFuncLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, s := one(t, simulated.Func(func(_ context.Context, p simulated.Process) int {
			for _, part := range []string{"o", "ne\ntwo\n", "\nthr", "ee"} {
				_, err := p.Stdout.Write([]byte(part))
				require.NoError(t, err)
			}
			return 0
		}))
		synctest.Wait()
		require.Equal(t, []string{"one", "two", "", "three"}, s.texts())
		s.last(t)
	})
}

func TestTerminalHasOneStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t, simulated.On(simulated.Any(), simulated.PrintErr("x")))
		_, _, s := start(t, rt, runtime.ContainerSpec{Name: "app", TTY: true})
		synctest.Wait()
		require.Equal(t, []string{"x"}, s.texts())
	})
}

func TestStats(t *testing.T) {
	_, c, _ := one(t)
	raw, err := c.Stats(t.Context())
	require.NoError(t, err)
	var got struct {
		CPU  struct{ Usage map[string]int } `json:"cpu_stats"`
		PIDs struct{ Current int }          `json:"pids_stats"`
		Mem  struct{ Usage *int }           `json:"memory_stats"`
		Nets map[string]map[string]int      `json:"networks"`
	}
	require.NoError(t, json.Unmarshal(raw, &got))
	require.Equal(t, 1, got.PIDs.Current)
	require.NotNil(t, got.Mem.Usage)
	require.Contains(t, got.Nets, "eth0")
}
