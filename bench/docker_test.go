package bench

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// engine is the engine's own API, to compare with.
type engine struct {
	testing.TB
	cli   *client.Client
	image string
}

func newEngine(b testing.TB) engine {
	b.Helper()
	image := ecsfixture.BuildGoImage(b, "./app", "ecsfixture-bench:local")
	cli, err := client.New(client.FromEnv)
	require.NoError(b, err)
	b.Cleanup(func() { cli.Close() })
	return engine{b, cli, image}
}

// task does by hand what the fixture does for a task of one container:
// create, start, wait, read the logs, remove.
func (e engine) task(ctx context.Context) {
	c := e.create(ctx)
	wait := e.cli.ContainerWait(ctx, c, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	e.start(ctx, c)
	select {
	case <-wait.Result:
	case err := <-wait.Error:
		e.check(err)
	}
	logs, err := e.cli.ContainerLogs(ctx, c, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true, Timestamps: true})
	e.check(err)
	_, err = io.Copy(io.Discard, logs)
	e.check(err)
	logs.Close()
	e.remove(ctx, c)
}

func (e engine) create(ctx context.Context, command ...string) string {
	c, err := e.cli.ContainerCreate(ctx, client.ContainerCreateOptions{Config: &container.Config{Image: e.image, Cmd: command}})
	e.check(err)
	return c.ID
}

func (e engine) start(ctx context.Context, id string) {
	_, err := e.cli.ContainerStart(ctx, id, client.ContainerStartOptions{})
	e.check(err)
}

func (e engine) remove(ctx context.Context, id string) {
	_, err := e.cli.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	e.check(err)
}

func (e engine) check(err error) {
	if err != nil {
		e.Error(err)
	}
}

// ratio times rounds of raw and ours in turn, so that a busy machine slows
// both, and reports each and how they compare.
func ratio(b *testing.B, raw, ours func()) {
	var tookRaw, tookOurs time.Duration
	for b.Loop() {
		tookRaw += timed(raw)
		tookOurs += timed(ours)
	}
	b.ReportMetric(tookRaw.Seconds()*1000/float64(b.N), "raw-ms")
	b.ReportMetric(tookOurs.Seconds()*1000/float64(b.N), "ours-ms")
	b.ReportMetric(tookOurs.Seconds()/tookRaw.Seconds(), "ratio")
}

func timed(f func()) time.Duration {
	began := time.Now()
	f()
	return time.Since(began)
}

// BenchmarkTaskBridge runs a bridge task of one container to STOPPED, with
// its logs. The goal is a ratio of 1.10.
func BenchmarkTaskBridge(b *testing.B) {
	e := newEngine(b)
	fx := ecsfixture.Start(b)
	td := register(b, fx, types.NetworkModeBridge, e.image)
	fx.WaitTaskStopped(b, runTasks(b, fx, td, types.NetworkModeBridge, 1)[0])
	ratio(b, func() { e.task(b.Context()) }, func() {
		fx.WaitTaskStopped(b, runTasks(b, fx, td, types.NetworkModeBridge, 1)[0])
	})
}

// BenchmarkTaskAwsvpc runs an awsvpc task of one container, beside two
// containers by hand: the task has one that holds its network namespace. The
// goal is a ratio of 1.10.
func BenchmarkTaskAwsvpc(b *testing.B) {
	e := newEngine(b)
	fx := ecsfixture.Start(b)
	td := register(b, fx, types.NetworkModeAwsvpc, e.image)
	fx.WaitTaskStopped(b, runTasks(b, fx, td, types.NetworkModeAwsvpc, 1)[0])
	ratio(b, func() {
		holder := e.create(b.Context(), "wait")
		e.start(b.Context(), holder)
		e.task(b.Context())
		e.remove(b.Context(), holder)
	}, func() {
		fx.WaitTaskStopped(b, runTasks(b, fx, td, types.NetworkModeAwsvpc, 1)[0])
	})
}

// BenchmarkTasksAtOnce runs 100 tasks at once, beside 100 containers by hand
// at once. The goal is a ratio of 1.11, 90 % of the throughput.
func BenchmarkTasksAtOnce(b *testing.B) {
	const n = 100
	e := newEngine(b)
	fx := ecsfixture.Start(b, ecsfixture.WithTimeout(10*time.Minute))
	td := register(b, fx, types.NetworkModeBridge, e.image)
	ratio(b, func() {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() { e.task(b.Context()) })
		}
		wg.Wait()
	}, func() {
		var arns []string
		for range n / 10 {
			arns = append(arns, runTasks(b, fx, td, types.NetworkModeBridge, 10)...)
		}
		for _, arn := range arns {
			fx.WaitTaskStopped(b, arn)
		}
	})
}

// BenchmarkStartCloseDocker starts and closes a fixture without a task,
// beside a ping of the engine. The goal is 50 ms over it.
func BenchmarkStartCloseDocker(b *testing.B) {
	e := newEngine(b)
	ratio(b, func() {
		_, err := e.cli.Ping(b.Context(), client.PingOptions{})
		e.check(err)
	}, func() {
		fx, err := ecsfixture.New(b.Context())
		require.NoError(b, err)
		require.NoError(b, fx.Close(context.Background()))
	})
}
