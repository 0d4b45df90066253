// Package idle measures a fixture that does nothing. It is a package of its
// own because DOCKER_HOST is looked at once in a process.
package idle

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
)

// BenchmarkIdle tells what 100 running tasks cost while nothing happens:
// calls of the engine and CPU time in a second. The goal is no call.
func BenchmarkIdle(b *testing.B) {
	const tasks, window = 100, 10 * time.Second
	var calls atomic.Int64
	b.Setenv("DOCKER_HOST", countingProxy(b, &calls))
	fx := ecsfixture.Start(b, ecsfixture.WithTimeout(10*time.Minute))
	for _, arn := range run(b, fx, tasks) {
		fx.WaitTaskRunning(b, arn)
	}
	b.ResetTimer()
	for b.Loop() {
		before, cpu := calls.Load(), cpuTime(b)
		<-time.After(window)
		b.ReportMetric(float64(calls.Load()-before)/window.Seconds(), "engine-calls/s")
		b.ReportMetric((cpuTime(b)-cpu).Seconds()/window.Seconds()*100, "cpu-%")
	}
}

func run(b *testing.B, fx *ecsfixture.Fixture, tasks int) (arns []string) {
	td, err := fx.ECS.RegisterTaskDefinition(b.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("idle"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Memory: aws.Int32(32), Command: []string{"wait"},
			Image: aws.String(ecsfixture.BuildGoImage(b, "../app", "ecsfixture-bench:local")),
		}},
	})
	require.NoError(b, err)
	for range tasks / 10 {
		out, err := fx.ECS.RunTask(b.Context(), &ecs.RunTaskInput{TaskDefinition: td.TaskDefinition.TaskDefinitionArn, Count: aws.Int32(10)})
		require.NoError(b, err)
		for _, t := range out.Tasks {
			arns = append(arns, *t.TaskArn)
		}
	}
	return arns
}

// countingProxy stands before the engine and counts requests.
func countingProxy(b *testing.B, calls *atomic.Int64) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "engine.sock")
	listener, err := net.Listen("unix", path)
	require.NoError(b, err)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "engine"})
	proxy.FlushInterval = -1
	proxy.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return net.Dial("unix", "/var/run/docker.sock")
	}}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		proxy.ServeHTTP(w, r)
	})}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { server.Close() })
	return "unix://" + path
}

func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
