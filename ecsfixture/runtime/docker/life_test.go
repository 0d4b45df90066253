package docker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/docker"
)

func TestStopSendsSIGTERM(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, `trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done`))
	p.line()
	require.NoError(t, p.Stop(t.Context(), patience))
	require.Equal(t, 3, p.exit().ExitCode)
	require.Equal(t, []string{"ready", "bye"}, p.texts())
	require.NoError(t, p.Stop(t.Context(), patience), "nothing runs")
}

func TestStopKillsAfterGrace(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, `trap '' TERM; echo ready; while :; do sleep 0.01; done`))
	p.line()
	begin := time.Now()
	require.NoError(t, p.Stop(t.Context(), time.Second))
	require.GreaterOrEqual(t, time.Since(begin), time.Second)
	require.Equal(t, 137, p.exit().ExitCode)
}

func TestStopIsCancellable(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, `trap '' TERM; echo ready; while :; do sleep 0.01; done`))
	p.line()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	require.ErrorIs(t, p.Stop(ctx, time.Hour), context.Canceled)
}

func TestRestartInPlace(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, `echo n >>/count; wc -l </count`))
	p.exit()
	p.start()
	p.exit()
	p.start()
	p.exit()
	require.Equal(t, []string{"1", "2", "3"}, p.texts())
}

func TestHealth(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	spec := shell(t, `until [ -e /sick ]; do sleep 0.01; done; touch /very-sick; exec sleep 1000`)
	spec.Health = &runtime.HealthCheck{
		Command:  []string{"CMD-SHELL", "if [ -e /very-sick ]; then echo alas; exit 1; fi; echo well; touch /sick"},
		Interval: 50 * time.Millisecond, Timeout: 10 * time.Second, Retries: 1,
	}
	p := run(t, task, spec)
	e := p.event()
	require.Equal(t, runtime.Event{Kind: runtime.Health, At: e.At, Healthy: true, Output: "well\n"}, e)
	e = p.event()
	require.Equal(t, runtime.Event{Kind: runtime.Health, At: e.At, ExitCode: 1, Output: "alas\n"}, e)
}

func TestRemovedBehindOurBack(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, "echo ready; exec sleep 1000"))
	p.line()
	_, err := engineClient(t).ContainerRemove(t.Context(), p.ID(), client.ContainerRemoveOptions{Force: true})
	require.NoError(t, err)
	e := p.event()
	require.Equal(t, runtime.Vanished, e.Kind)
	require.Equal(t, "the container was removed behind the runtime's back", e.Reason)
}

func TestCreateAndStartErrors(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	_, err := task.Create(t.Context(), runtime.ContainerSpec{Name: "main", Image: "ecsfixture-no-such-image:1"})
	require.ErrorContains(t, err, "CannotCreateContainerError: Error response from daemon: No such image")
	spec := shell(t, "")
	spec.EntryPoint, spec.Command = []string{"/no/such/program"}, nil
	p := create(t, task, spec)
	_, err = p.Start(t.Context())
	require.ErrorContains(t, err, "CannotStartContainerError: Error response from daemon: ")
	require.ErrorContains(t, err, "/no/such/program")
	require.NoError(t, task.Close(t.Context()))
	require.NoError(t, task.Close(t.Context()))
	require.Empty(t, p.told(), "a container that didn't start has no events")
}

// TestCancellationLeavesNothing cancels at many points of a container's
// making; newRuntime checks that nothing stays.
func TestCancellationLeavesNothing(t *testing.T) {
	r := newRuntime(t)
	for delay := time.Duration(0); delay < 600*time.Millisecond; delay += 50 * time.Millisecond {
		task := newTask(t, r, runtime.TaskSpec{})
		ctx, cancel := context.WithTimeout(t.Context(), delay)
		c, err := task.Create(ctx, shell(t, "exec sleep 1000"))
		if err == nil {
			_, err = c.Start(ctx)
		}
		if err != nil {
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		cancel()
		require.NoError(t, task.Close(t.Context()))
	}
}

func TestCloseDuringCreateAndStart(t *testing.T) {
	r := newRuntime(t)
	for delay := time.Duration(0); delay < 400*time.Millisecond; delay += 50 * time.Millisecond {
		task := newTask(t, r, runtime.TaskSpec{})
		var work sync.WaitGroup
		ended := make(chan runtime.Event, 1)
		spec := shell(t, "exec sleep 1000")
		spec.Events = func(e runtime.Event) { ended <- e }
		work.Go(func() {
			c, err := task.Create(t.Context(), spec)
			if err != nil {
				return
			}
			if _, err := c.Start(t.Context()); err == nil {
				<-ended
			}
		})
		time.Sleep(delay) // the point of the test is to come at odd times
		require.NoError(t, task.Close(t.Context()))
		work.Wait()
	}
}

func TestRuntimeClose(t *testing.T) {
	r, err := docker.New(t.Context())
	require.NoError(t, err)
	p := run(t, newTask(t, r, runtime.TaskSpec{}), shell(t, "echo ready; exec sleep 1000"))
	p.line()
	require.NoError(t, r.Close(t.Context()))
	require.Equal(t, 137, p.exit().ExitCode)
	require.NoError(t, r.Close(t.Context()), "a second time")
	_, err = r.NewTask(t.Context(), runtime.TaskSpec{ID: "1"})
	require.Error(t, err)
	requireNothingLeft(t, docker.LabelSession+"="+r.Session())
}

func TestCloseSaysWhatHangs(t *testing.T) {
	r := newRuntime(t)
	run(t, newTask(t, r, runtime.TaskSpec{}), shell(t, "exec sleep 1000"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorContains(t, r.Close(ctx), "task 0000")
}

func TestExec(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, "exec sleep 1000"))
	var out bytes.Buffer
	code, err := p.Container.(runtime.Executor).Exec(t.Context(), []string{"sh", "-c", "echo out; echo err >&2; exit 7"}, &out)
	require.NoError(t, err)
	require.Equal(t, 7, code)
	require.ElementsMatch(t, []string{"out", "err"}, strings.Fields(out.String()))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = p.Container.(runtime.Executor).Exec(ctx, []string{"sleep", "1000"}, &out)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestStats(t *testing.T) {
	task := newTask(t, newRuntime(t), runtime.TaskSpec{})
	p := run(t, task, shell(t, "exec sleep 1000"))
	raw, err := p.Stats(t.Context())
	require.NoError(t, err)
	var stats struct {
		ID    string                 `json:"id"`
		Stats struct{ Usage uint64 } `json:"memory_stats"`
	}
	require.NoError(t, json.Unmarshal(raw, &stats))
	require.Equal(t, p.ID(), stats.ID)
	require.NotZero(t, stats.Stats.Usage)
}

// TestSweep makes things that belong to a process which has ended.
func TestSweep(t *testing.T) {
	cli := engineClient(t)
	dead := exec.Command("true")
	require.NoError(t, dead.Run())
	owner := docker.OwnerOf(dead.Process.Pid)
	labels := map[string]string{docker.LabelOwner: owner, "ecsfixture.test": t.Name()}
	_, err := cli.NetworkCreate(t.Context(), "ecsfixture-test-sweep", client.NetworkCreateOptions{Labels: labels})
	require.NoError(t, err)
	_, err = cli.VolumeCreate(t.Context(), client.VolumeCreateOptions{Name: "ecsfixture-test-sweep", Labels: labels})
	require.NoError(t, err)
	alive := run(t, newTask(t, newRuntime(t), runtime.TaskSpec{}), shell(t, "echo ready; exec sleep 1000"))
	alive.line()
	removed, err := docker.Sweep(t.Context())
	require.NoError(t, err)
	require.Subset(t, removed, []string{"network ecsfixture-test-sweep", "volume ecsfixture-test-sweep"})
	requireNothingLeft(t, "ecsfixture.test="+t.Name())
	require.Len(t, alive.told(), 1, "what a living process made stays")
}

// TestSweepSession removes what a session left, whoever it belonged to.
func TestSweepSession(t *testing.T) {
	cli := engineClient(t)
	for _, session := range []string{"swept", "kept"} {
		labels := map[string]string{docker.LabelOwner: "elsewhere/boot/1/1", docker.LabelSession: t.Name() + session, "ecsfixture.test": t.Name()}
		_, err := cli.NetworkCreate(t.Context(), t.Name()+session, client.NetworkCreateOptions{Labels: labels})
		require.NoError(t, err)
	}
	for _, session := range []string{"swept", "kept"} {
		removed, err := docker.SweepSession(t.Context(), t.Name()+session)
		require.NoError(t, err)
		require.Equal(t, []string{"network " + t.Name() + session}, removed)
	}
	requireNothingLeft(t, "ecsfixture.test="+t.Name())
}
