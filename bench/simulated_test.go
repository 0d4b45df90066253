// Package bench measures the fixture, beside the engine's own API where there
// is something to compare with.
package bench

import (
	"context"
	"fmt"
	"net/http"
	goruntime "runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// register registers a task definition of one container.
func register(b testing.TB, fx *ecsfixture.Fixture, mode types.NetworkMode, image string, command ...string) string {
	b.Helper()
	out, err := fx.ECS.RegisterTaskDefinition(b.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("bench"), NetworkMode: mode,
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64), Command: command,
		}},
	})
	require.NoError(b, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

func runTasks(b testing.TB, fx *ecsfixture.Fixture, td string, mode types.NetworkMode, count int) (arns []string) {
	b.Helper()
	in := &ecs.RunTaskInput{TaskDefinition: aws.String(td), Count: aws.Int32(int32(count))}
	if mode == types.NetworkModeAwsvpc {
		in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	}
	out, err := fx.ECS.RunTask(b.Context(), in)
	require.NoError(b, err)
	for _, t := range out.Tasks {
		arns = append(arns, *t.TaskArn)
	}
	return arns
}

// BenchmarkStartCloseSimulated starts and closes a fixture without a task.
// The goal is 5 ms.
func BenchmarkStartCloseSimulated(b *testing.B) {
	for b.Loop() {
		fx, err := ecsfixture.New(b.Context(), ecsfixture.WithRuntime(simulated.New()))
		require.NoError(b, err)
		require.NoError(b, fx.Close(b.Context()))
	}
}

// BenchmarkTaskSimulated runs a task to its end.
func BenchmarkTaskSimulated(b *testing.B) {
	fx := ecsfixture.Start(b, ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Image("app"), simulated.Exit(0)))))
	td := register(b, fx, types.NetworkModeBridge, "app")
	for b.Loop() {
		fx.WaitTaskStopped(b, runTasks(b, fx, td, types.NetworkModeBridge, 1)[0])
	}
}

// BenchmarkCall measures a call in process and over HTTP. The goal for the
// median in process is 200 µs.
func BenchmarkCall(b *testing.B) {
	fx := ecsfixture.Start(b, ecsfixture.WithRuntime(simulated.New()))
	arn := runTasks(b, fx, register(b, fx, types.NetworkModeBridge, "app"), types.NetworkModeBridge, 1)[0]
	fx.WaitTaskRunning(b, arn)
	overHTTP := fx.Config.Copy()
	overHTTP.HTTPClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	for name, client := range map[string]*ecs.Client{"in-process": fx.ECS, "http": ecs.NewFromConfig(overHTTP)} {
		b.Run(name, func(b *testing.B) { measureCall(b, client, arn) })
		b.Run(name+"/64-clients", func(b *testing.B) { measureParallel(b, client, arn) })
	}
}

func measureCall(b *testing.B, client *ecs.Client, arn string) {
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		describe(b, client, arn)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
}

func measureParallel(b *testing.B, client *ecs.Client, arn string) {
	b.SetParallelism(64 / goruntime.GOMAXPROCS(0))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			describe(b, client, arn)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

func describe(b *testing.B, client *ecs.Client, arn string) {
	if _, err := client.DescribeTasks(context.Background(), &ecs.DescribeTasksInput{Tasks: []string{arn}}); err != nil {
		b.Error(err)
	}
}

// BenchmarkManySimulated runs many tasks in one fixture until all run. The
// goal is 10,000 in 5 s, and time that grows with their number only.
func BenchmarkManySimulated(b *testing.B) {
	for _, n := range []int{1000, 5000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				many(b, n)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/float64(n)*1e6, "µs/task")
		})
	}
}

func many(b *testing.B, n int) {
	fx, err := ecsfixture.New(b.Context(), ecsfixture.WithRuntime(simulated.New()))
	require.NoError(b, err)
	td := register(b, fx, types.NetworkModeBridge, "app")
	before := heap()
	var wg sync.WaitGroup
	for range n / 10 {
		for _, arn := range runTasks(b, fx, td, types.NetworkModeBridge, 10) {
			wg.Go(func() {
				_, err := fx.AwaitTask(b.Context(), arn, func(t types.Task) bool { return *t.LastStatus == "RUNNING" })
				if err != nil {
					b.Error(err)
				}
			})
		}
	}
	wg.Wait()
	b.ReportMetric(float64(heap()-before)/float64(n)/1024, "KiB/task")
	require.NoError(b, fx.Close(b.Context()))
}

func heap() uint64 {
	var m goruntime.MemStats
	goruntime.GC()
	goruntime.ReadMemStats(&m)
	return m.HeapAlloc
}
