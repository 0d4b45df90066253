package simulated_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// says is a script that tells itself from others.
func says(m simulated.Matcher, text string) simulated.Option {
	return simulated.On(m, simulated.Print(text))
}

func TestMostSpecificScriptWins(t *testing.T) {
	rules := []simulated.Option{
		says(simulated.All(simulated.Image("web"), simulated.Container("both")), "image and container"),
		says(simulated.Command("serve now"), "command"),
		says(simulated.Container("app"), "container"),
		says(simulated.Image("web:1"), "full image"),
		says(simulated.Image("web"), "old image"),
		says(simulated.Image("web"), "image"),
		says(simulated.Image("*/w*b:*"), "pattern"),
		says(simulated.Any(), "any"),
	}
	tests := []struct {
		want string
		spec runtime.ContainerSpec
	}{
		{"any", runtime.ContainerSpec{Name: "x", Image: "db:1"}},
		{"pattern", runtime.ContainerSpec{Name: "x", Image: "localhost:5000/web:1"}},
		{"image", runtime.ContainerSpec{Name: "x", Image: "web:2"}},
		{"image", runtime.ContainerSpec{Name: "x", Image: "web@sha256:00"}},
		{"full image", runtime.ContainerSpec{Name: "x", Image: "web:1"}},
		{"container", runtime.ContainerSpec{Name: "app", Image: "web:1"}},
		{"command", runtime.ContainerSpec{Name: "app", Image: "web:1", Command: []string{"serve", "now"}}},
		{"command", runtime.ContainerSpec{Name: "app", Image: "web:1", EntryPoint: []string{"serve"}, Command: []string{"now"}}},
		{"image and container", runtime.ContainerSpec{Name: "both", Image: "web:1", Command: []string{"serve", "now"}}},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, _, s := start(t, newRuntime(t, rules...), tt.spec)
				synctest.Wait()
				require.Equal(t, []string{tt.want}, s.texts())
			})
		})
	}
}

func TestPullStepsNeedAnImage(t *testing.T) {
	require.Panics(t, func() { simulated.On(simulated.Container("app"), simulated.FailPull("x")) })
}

func TestStrict(t *testing.T) {
	rt := newRuntime(t, simulated.Strict(), says(simulated.Image("web"), ""))
	_, err := rt.Pull(t.Context(), "web:1", nil)
	require.NoError(t, err)
	_, err = rt.Pull(t.Context(), "db:1", nil)
	require.ErrorContains(t, err, `CannotPullContainerError: simulated: strict: no script is for image "db:1"`)
}

func TestStrictByContainer(t *testing.T) {
	rt := newRuntime(t, simulated.Strict(), says(simulated.Container("app"), ""))
	_, err := rt.Pull(t.Context(), "db:1", nil)
	require.NoError(t, err)
	task := newTask(t, rt, runtime.TaskSpec{ID: "t1"})
	_, err = task.Create(t.Context(), runtime.ContainerSpec{Name: "app", Image: "db:1"})
	require.NoError(t, err)
	_, err = task.Create(t.Context(), runtime.ContainerSpec{Name: "db", Image: "db:1"})
	require.ErrorContains(t, err, `no script is for container "db"`)
}

func TestPullIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t, simulated.On(simulated.Image("img"), simulated.SlowPull(10*time.Second)))
		began := time.Now()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		go func() { _, _ = rt.Pull(t.Context(), "img", nil) }()
		_, err := rt.Pull(impatient, "img", nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		first, err := rt.Pull(t.Context(), "img", nil)
		require.NoError(t, err)
		require.Equal(t, 10*time.Second, time.Since(began))
		second, err := rt.Pull(t.Context(), "img", nil)
		require.NoError(t, err)
		require.Equal(t, 10*time.Second, time.Since(began), "the image is here by now")
		require.Equal(t, first, second)
	})
}

func TestPullEndsWithItsLastWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t, simulated.On(simulated.Image("img"), simulated.SlowPull(10*time.Second)))
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		_, err := rt.Pull(ctx, "img", nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		began := time.Now()
		_, err = rt.Pull(t.Context(), "img", nil)
		require.NoError(t, err)
		require.Equal(t, 10*time.Second, time.Since(began))
	})
}

func TestImageIdentifiers(t *testing.T) {
	a, err := newRuntime(t).Pull(t.Context(), "web:1", nil)
	require.NoError(t, err)
	b, err := newRuntime(t).Pull(t.Context(), "web:1", nil)
	require.NoError(t, err)
	c, err := newRuntime(t).Pull(t.Context(), "web:2", nil)
	require.NoError(t, err)
	require.Equal(t, a, b)
	require.NotEqual(t, a, c)
	require.Regexp(t, `^sha256:[0-9a-f]{64}$`, a.Digest)
}

func TestTaskAddresses(t *testing.T) {
	rt := newRuntime(t)
	a := newTask(t, rt, runtime.TaskSpec{ID: "a", NetworkMode: runtime.AWSVPC})
	b := newTask(t, rt, runtime.TaskSpec{ID: "b", NetworkMode: runtime.AWSVPC})
	require.Equal(t, runtime.Network{
		IP: "10.0.0.4", MAC: "02:42:0a:00:00:04", Gateway: "10.0.0.1", Subnet: "10.0.0.0/16", DNS: []string{"10.0.0.2"},
	}, a.Network())
	require.Equal(t, "10.0.0.5", b.Network().IP)
	require.Zero(t, newTask(t, rt, runtime.TaskSpec{ID: "c", NetworkMode: runtime.Bridge}).Network())
	_, err := rt.NewTask(t.Context(), runtime.TaskSpec{ID: "a"})
	require.ErrorContains(t, err, "there already")
}

func TestPorts(t *testing.T) {
	rt := newRuntime(t)
	task := newTask(t, rt, runtime.TaskSpec{ID: "t1", NetworkMode: runtime.Bridge})
	up := func(name string, ports ...runtime.Port) (runtime.Container, runtime.Started, error) {
		c, err := task.Create(t.Context(), runtime.ContainerSpec{Name: name, Ports: ports})
		require.NoError(t, err)
		s, err := c.Start(t.Context())
		return c, s, err
	}
	a, started, err := up("a", runtime.Port{ContainerPort: 80}, runtime.Port{ContainerPort: 53, Protocol: "udp"}, runtime.Port{ContainerPort: 81, HostPort: 8081, Protocol: "tcp"})
	require.NoError(t, err)
	require.Equal(t, []runtime.Binding{
		{HostIP: "0.0.0.0", HostPort: 32768, ContainerPort: 80, Protocol: "tcp"},
		{HostIP: "0.0.0.0", HostPort: 32768, ContainerPort: 53, Protocol: "udp"},
		{HostIP: "0.0.0.0", HostPort: 8081, ContainerPort: 81, Protocol: "tcp"},
	}, started.Bindings)
	b, _, err := up("b", runtime.Port{ContainerPort: 80}, runtime.Port{ContainerPort: 81, HostPort: 8081})
	require.ErrorContains(t, err, "Bind for 0.0.0.0:8081 failed: port is already allocated")
	require.NoError(t, a.Stop(t.Context(), 0))
	_, err = b.Start(t.Context())
	require.NoError(t, err, "ports are free once their container has stopped")
	require.NoError(t, task.Close(t.Context()))
	require.Empty(t, rt.Left())
}

func TestFaults(t *testing.T) {
	boom := errors.New("boom")
	var fail simulated.Operation
	var calls []string
	var opts []simulated.Option
	for _, op := range []simulated.Operation{simulated.Pull, simulated.NewTask, simulated.Create, simulated.Start, simulated.Stop, simulated.Close} {
		opts = append(opts, simulated.Fault(op, func(_ context.Context, c simulated.Call) error {
			calls = append(calls, fmt.Sprintf("%s %+v", op, c))
			if op == fail {
				fail = ""
				return boom
			}
			return nil
		}))
	}
	rt := newRuntime(t, opts...)
	ctx := t.Context()
	twice := func(op simulated.Operation, name runtime.ErrorName, f func() error) {
		fail = op
		err := f()
		require.ErrorIs(t, err, boom)
		var named *runtime.Error
		require.Equal(t, name != "", errors.As(err, &named))
		require.True(t, name == "" || named.Name == name)
		require.NoError(t, f())
	}
	var task runtime.Task
	var c runtime.Container
	twice(simulated.Pull, runtime.CannotPullContainer, func() (err error) { _, err = rt.Pull(ctx, "img", nil); return err })
	twice(simulated.NewTask, runtime.ResourceInitialization, func() (err error) { task, err = rt.NewTask(ctx, runtime.TaskSpec{ID: "t"}); return err })
	twice(simulated.Create, runtime.CannotCreateContainer, func() (err error) {
		c, err = task.Create(ctx, runtime.ContainerSpec{Name: "app", Image: "img"})
		return err
	})
	twice(simulated.Start, runtime.CannotStartContainer, func() (err error) { _, err = c.Start(ctx); return err })
	twice(simulated.Stop, runtime.CannotStopContainer, func() error { return c.Stop(ctx, 0) })
	twice(simulated.Close, "", func() error { return task.Close(ctx) })
	require.Len(t, calls, 12)
	require.Contains(t, calls, "start {Task:t Container:app Image:img}")
}

func TestFaultHangsUntilItsContextEnds(t *testing.T) {
	hang := func(ctx context.Context, _ simulated.Call) error { <-ctx.Done(); return ctx.Err() }
	rt := newRuntime(t, simulated.Fault(simulated.NewTask, hang))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := rt.NewTask(ctx, runtime.TaskSpec{ID: "t1"})
	require.Equal(t, context.Canceled, err)
}

func TestCloseEndsWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := newRuntime(t,
			simulated.On(simulated.Image("img"), simulated.SlowPull(time.Hour)),
			simulated.On(simulated.Image("slow"), simulated.SlowStart(time.Hour)),
			simulated.On(simulated.Image("slower"), simulated.SlowCreate(time.Hour)))
		task := newTask(t, rt, runtime.TaskSpec{ID: "t1"})
		c, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "a", Image: "slow"})
		require.NoError(t, err)
		var wg sync.WaitGroup
		wg.Go(func() { _, err := rt.Pull(t.Context(), "img", nil); closed(t, err) })
		wg.Go(func() { _, err := c.Start(t.Context()); closed(t, err) })
		wg.Go(func() {
			_, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "b", Image: "slower"})
			closed(t, err)
		})
		synctest.Wait()
		require.NoError(t, rt.Close(t.Context()))
		wg.Wait()
		_, err = rt.NewTask(t.Context(), runtime.TaskSpec{ID: "t2"})
		closed(t, err)
		_, err = rt.Pull(t.Context(), "other", nil)
		closed(t, err)
	})
}

func closed(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, simulated.ErrClosed) {
		t.Errorf("not closed: %v", err)
	}
}

func TestCloseTellsOfAFuncThatStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		rt := simulated.New(simulated.On(simulated.Image("img"), simulated.Func(func(_ context.Context, p simulated.Process) int {
			<-release
			_, err := fmt.Fprintln(p.Stdout, "too late")
			if err == nil {
				t.Error("wrote after the end")
			}
			return 0
		})))
		_, _, s := start(t, rt, runtime.ContainerSpec{Name: "app", Image: "img"})
		synctest.Wait()
		require.ErrorContains(t, rt.Close(t.Context()), "that of container app is still running")
		require.Empty(t, rt.Left())
		require.NoError(t, rt.Close(t.Context()))
		close(release)
		synctest.Wait()
		require.Empty(t, s.texts())
	})
}

// TestCloseTellsOfAFuncThatOutlivedItsTask though that was closed before.
func TestCloseTellsOfAFuncThatOutlivedItsTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		rt := simulated.New(simulated.On(simulated.Any(), simulated.Func(func(context.Context, simulated.Process) int {
			<-release
			return 0
		})))
		task := newTask(t, rt, runtime.TaskSpec{ID: "t1"})
		c, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "app", Image: "img"})
		require.NoError(t, err)
		_, err = c.Start(t.Context())
		require.NoError(t, err)
		synctest.Wait()
		require.ErrorContains(t, task.Close(t.Context()), "that of container app is still running")
		require.ErrorContains(t, rt.Close(t.Context()), "that of container app is still running")
		require.NoError(t, rt.Close(t.Context()))
		close(release)
	})
}

func TestManyIdleTasksAreLight(t *testing.T) {
	const n = 10_000
	rt := newRuntime(t)
	before := goruntime.NumGoroutine()
	for i := range n {
		task := newTask(t, rt, runtime.TaskSpec{ID: fmt.Sprint(i), NetworkMode: runtime.AWSVPC})
		c, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "app", Events: func(runtime.Event) {}})
		require.NoError(t, err)
		_, err = c.Start(t.Context())
		require.NoError(t, err)
	}
	require.Less(t, goruntime.NumGoroutine()-before, n/100, "an idle container needs no goroutine")
	require.NoError(t, rt.Close(t.Context()))
	require.Empty(t, rt.Left())
}

func BenchmarkTask(b *testing.B) {
	rt := simulated.New(simulated.On(simulated.Any(), simulated.Print("hi"), simulated.Exit(0)))
	for i := range b.N {
		task, _ := rt.NewTask(b.Context(), runtime.TaskSpec{ID: fmt.Sprint(i), NetworkMode: runtime.AWSVPC})
		exited := make(chan runtime.Event, 1)
		c, _ := task.Create(b.Context(), runtime.ContainerSpec{
			Name: "app", Events: func(e runtime.Event) { exited <- e }, Lines: func(runtime.Line) {},
		})
		_, _ = c.Start(b.Context())
		<-exited
		_ = task.Close(b.Context())
	}
}
