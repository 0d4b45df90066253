package simulated_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func TestScriptRunsInOrderAndInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, _, s := one(t,
			simulated.Print("one", "two"),
			simulated.RunFor(time.Hour),
			simulated.PrintErr("three\nfour"),
			simulated.HealthyAfter(5*time.Second),
			simulated.UnhealthyAfter(30*time.Minute),
			simulated.Exit(3))
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		require.Equal(t, []string{"one", "two", "! three", "! four"}, s.texts())
		require.Equal(t, []runtime.Event{
			{Kind: runtime.Health, Healthy: true, At: began.Add(5 * time.Second)},
			{Kind: runtime.Health, ExitCode: 1, At: began.Add(30 * time.Minute)},
			{Kind: runtime.Exited, ExitCode: 3, At: began.Add(time.Hour)},
		}, s.events())
		s.last(t)
	})
}

func TestScriptEnds(t *testing.T) {
	exited := func(code int) runtime.Event { return runtime.Event{Kind: runtime.Exited, ExitCode: code} }
	tests := map[string]struct {
		steps []simulated.Step
		want  runtime.Event
	}{
		"RunFor last":   {[]simulated.Step{simulated.RunFor(time.Second)}, exited(0)},
		"Exit":          {[]simulated.Step{simulated.Exit(9)}, exited(9)},
		"Exit cuts":     {[]simulated.Step{simulated.Exit(9), simulated.Exit(8)}, exited(9)},
		"Func":          {[]simulated.Step{simulated.Func(func(context.Context, simulated.Process) int { return 5 })}, exited(5)},
		"Func panics":   {[]simulated.Step{simulated.Func(func(context.Context, simulated.Process) int { panic("no") })}, exited(2)},
		"Vanish":        {[]simulated.Step{simulated.Vanish("gone")}, runtime.Event{Kind: runtime.Vanished, Reason: "gone"}},
		"out of memory": {[]simulated.Step{simulated.OutOfMemory()}, runtime.Event{Kind: runtime.Exited, ExitCode: 137, OOMKilled: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				live, _, s := one(t, tt.steps...)
				time.Sleep(5 * time.Second)
				synctest.Wait()
				require.False(t, live.Running())
				require.Len(t, s.events(), 1)
				got := s.last(t)
				got.At = time.Time{}
				require.Equal(t, tt.want, got)
			})
		})
	}
}

func TestStop(t *testing.T) {
	obedient := simulated.Func(func(ctx context.Context, p simulated.Process) int {
		<-ctx.Done()
		fmt.Fprint(p.Stdout, "bye") // no line feed
		return 4
	})
	stubborn := simulated.Func(func(_ context.Context, p simulated.Process) int {
		<-p.Killed()
		return 4
	})
	tests := map[string]struct {
		steps []simulated.Step
		code  int
		after time.Duration
		texts []string
	}{
		"default":       {nil, 143, 0, nil},
		"on term":       {[]simulated.Step{simulated.OnTerm(simulated.Print("bye"), simulated.RunFor(2*time.Second), simulated.Exit(0))}, 0, 2 * time.Second, []string{"bye"}},
		"on term, open": {[]simulated.Step{simulated.OnTerm(simulated.RunFor(2 * time.Second))}, 143, 2 * time.Second, nil},
		"too slow":      {[]simulated.Step{simulated.OnTerm(simulated.RunFor(time.Minute))}, 137, 10 * time.Second, nil},
		"deaf":          {[]simulated.Step{simulated.IgnoreTerm()}, 137, 10 * time.Second, nil},
		"deaf, ends":    {[]simulated.Step{simulated.IgnoreTerm(), simulated.RunFor(3 * time.Second), simulated.Exit(1)}, 1, 3 * time.Second, nil},
		"Func":          {[]simulated.Step{obedient}, 4, 0, []string{"bye"}},
		"Func, deaf":    {[]simulated.Step{stubborn}, 137, 10 * time.Second, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, c, s := one(t, tt.steps...)
				synctest.Wait()
				began := time.Now()
				require.NoError(t, c.Stop(t.Context(), 10*time.Second))
				require.Equal(t, tt.after, time.Since(began))
				synctest.Wait()
				require.Equal(t, tt.code, s.last(t).ExitCode)
				require.Equal(t, tt.texts, s.texts())
				require.NoError(t, c.Stop(t.Context(), 10*time.Second))
			})
		})
	}
}

func TestStopBeforeTheScriptBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, s := one(t, simulated.Print("never"),
			simulated.OnTerm(simulated.RunFor(time.Second), simulated.Exit(6)))
		began := time.Now()
		require.NoError(t, c.Stop(t.Context(), time.Minute))
		require.Equal(t, time.Second, time.Since(began))
		synctest.Wait()
		require.Equal(t, 6, s.last(t).ExitCode)
	})
}

func TestStopKillsThoughItsContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, s := one(t, simulated.IgnoreTerm())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, c.Stop(ctx, time.Minute), context.DeadlineExceeded)
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 137, s.last(t).ExitCode)
	})
}

func TestSecondStopShortensGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, s := one(t, simulated.IgnoreTerm())
		go func() { _ = c.Stop(t.Context(), time.Hour) }()
		synctest.Wait()
		require.NoError(t, c.Stop(t.Context(), 0))
		synctest.Wait()
		require.Len(t, s.events(), 1)
	})
}

func TestHealth(t *testing.T) {
	type change struct {
		at      time.Duration
		healthy bool
	}
	tests := map[string]struct {
		steps []simulated.Step
		want  []change
	}{
		"by default":      {nil, []change{{30 * time.Second, true}}},
		"never":           {[]simulated.Step{simulated.NeverHealthy()}, []change{{90 * time.Second, false}}},
		"unhealthy first": {[]simulated.Step{simulated.UnhealthyAfter(time.Second)}, []change{{time.Second, false}}},
		"then unhealthy":  {[]simulated.Step{simulated.UnhealthyAfter(time.Minute)}, []change{{30 * time.Second, true}, {time.Minute, false}}},
		"twice the same":  {[]simulated.Step{simulated.HealthyAfter(1), simulated.HealthyAfter(2)}, []change{{1, true}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, _, s := one(t, tt.steps...)
				time.Sleep(time.Hour)
				synctest.Wait()
				var got []change
				for _, e := range s.events() {
					got = append(got, change{e.At.Sub(began), e.Healthy})
				}
				require.Equal(t, tt.want, got)
			})
		})
	}
}

func TestRestartBeginsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c, s := one(t, simulated.Print("hi"), simulated.RunFor(time.Second))
		_, err := c.Start(t.Context())
		require.ErrorContains(t, err, "running already")
		time.Sleep(2 * time.Second)
		_, err = c.Start(t.Context())
		require.NoError(t, err)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []string{"hi", "hi"}, s.texts())
		require.Len(t, s.events(), 2)
	})
}

func TestFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t,
			simulated.On(simulated.Image("nopull"), simulated.FailPull("manifest unknown"), simulated.SlowPull(time.Second)),
			simulated.On(simulated.Image("nocreate"), simulated.FailCreate("no room"), simulated.SlowCreate(time.Second)),
			simulated.On(simulated.Image("nostart"), simulated.FailStart("no such file"), simulated.SlowStart(time.Second)))
		began := time.Now()
		_, err := rt.Pull(t.Context(), "nopull:2", nil)
		require.EqualError(t, err, "CannotPullContainerError: manifest unknown")
		task := newTask(t, rt, runtime.TaskSpec{ID: "t1"})
		_, err = task.Create(t.Context(), runtime.ContainerSpec{Name: "a", Image: "nocreate"})
		require.EqualError(t, err, "CannotCreateContainerError: no room")
		c, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "a", Image: "nostart"})
		require.NoError(t, err)
		_, err = c.Start(t.Context())
		require.EqualError(t, err, "CannotStartContainerError: no such file")
		require.Equal(t, 3*time.Second, time.Since(began))
	})
}

func TestExec(t *testing.T) {
	exec := func(_ context.Context, argv []string, out io.Writer) (int, error) {
		fmt.Fprint(out, argv)
		return 7, nil
	}
	live, c, _ := one(t, simulated.OnExec(exec))
	var out stringWriter
	code, err := c.(runtime.Executor).Exec(t.Context(), []string{"ls", "/"}, &out)
	require.NoError(t, err)
	require.Equal(t, 7, code)
	require.Equal(t, "[ls /]", string(out))
	require.NoError(t, live.Exit(0))
	_, err = c.(runtime.Executor).Exec(t.Context(), []string{"ls"}, &out)
	require.ErrorContains(t, err, "isn't running")
}

func TestExecWithoutScript(t *testing.T) {
	_, c, _ := one(t)
	_, err := c.(runtime.Executor).Exec(t.Context(), []string{"ls"}, io.Discard)
	require.ErrorContains(t, err, "has no OnExec")
}

type stringWriter []byte

func (w *stringWriter) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

// TestOrderDoesNotDependOnTimers has times so short that timers are late.
func TestOrderDoesNotDependOnTimers(t *testing.T) {
	for range 200 {
		exited := make(chan struct{})
		var told []string
		rt := newRuntime(t, simulated.On(simulated.Any(),
			simulated.UnhealthyAfter(4), simulated.HealthyAfter(2),
			simulated.RunFor(1), simulated.Print("1"), simulated.RunFor(2), simulated.Print("3"),
			simulated.RunFor(1), simulated.Exit(0)))
		c, err := newTask(t, rt, runtime.TaskSpec{ID: "t1"}).Create(t.Context(), runtime.ContainerSpec{
			Health: check,
			Lines:  func(l runtime.Line) { told = append(told, l.Text) },
			Events: func(e runtime.Event) {
				told = append(told, fmt.Sprint(e.Kind, e.Healthy))
				if e.Kind == runtime.Exited {
					close(exited)
				}
			},
		})
		require.NoError(t, err)
		_, err = c.Start(t.Context())
		require.NoError(t, err)
		<-exited
		require.Equal(t, []string{"1", "2 true", "3", "2 false", "1 false"}, told)
	}
}
