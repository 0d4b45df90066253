// Package simulated shows tests that need the behaviour of ECS and no
// containers: no Docker engine, virtual time, milliseconds.
package simulated_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// runTask registers containers and runs a task of them.
func runTask(t *testing.T, fx *ecsfixture.Fixture, containers ...types.ContainerDefinition) string {
	t.Helper()
	td, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("example"), ContainerDefinitions: containers,
		ExecutionRoleArn: aws.String("arn:aws:iam::000000000000:role/execution"),
	})
	require.NoError(t, err)
	out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: td.TaskDefinition.TaskDefinitionArn})
	require.NoError(t, err)
	return *out.Tasks[0].TaskArn
}

func container(name string) types.ContainerDefinition {
	return types.ContainerDefinition{Name: aws.String(name), Image: aws.String(name), Memory: aws.Int32(64)}
}

// TestAnHourInMilliseconds follows a task through an hour with the SDK's
// waiters at their default delays: time passes when nothing else happens.
func TestAnHourInMilliseconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := ecsfixture.Start(t, ecsfixture.WithRuntime(simulated.New(
			simulated.On(simulated.Image("report"),
				simulated.Print("collecting"), simulated.RunFor(55*time.Minute),
				simulated.Print("writing"), simulated.RunFor(5*time.Minute),
				simulated.Exit(0)),
		)))
		began := time.Now()
		arn := runTask(t, fx, container("report"))
		in := &ecs.DescribeTasksInput{Tasks: []string{arn}}
		require.NoError(t, ecs.NewTasksRunningWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
		require.NoError(t, ecs.NewTasksStoppedWaiter(fx.ECS).Wait(t.Context(), in, 2*time.Hour))
		fx.AssertExitCode(t, arn, "report", 0)
		assert.Equal(t, time.Hour, time.Since(began).Truncate(time.Second))
		lines := fx.Logs.Lines(logs.Task(arn))
		assert.Equal(t, 55*time.Minute, lines[1].Time.Sub(lines[0].Time))
	})
}

// TestFuncAsAContainer runs a Go function in the place of a program, with its
// environment and secrets.
func TestFuncAsAContainer(t *testing.T) {
	fx := ecsfixture.Start(t, ecsfixture.WithRuntime(simulated.New(
		simulated.On(simulated.Container("job"), simulated.Func(func(_ context.Context, p simulated.Process) int {
			fmt.Fprintf(p.Stdout, "hello %s\n", p.Getenv("USER_NAME"))
			if p.Getenv("PASSWORD") != "hunter2" {
				return 1
			}
			return 0
		})),
	)))
	job := container("job")
	job.Environment = []types.KeyValuePair{{Name: aws.String("USER_NAME"), Value: aws.String("Ann")}}
	job.Secrets = []types.Secret{{Name: aws.String("PASSWORD"), ValueFrom: aws.String(fx.Secrets.Put("password", "hunter2"))}}
	arn := runTask(t, fx, job)
	fx.AssertExitCode(t, arn, "job", 0)
	assert.Equal(t, "hello Ann\n", fx.Logs.Text(logs.Task(arn)))
}

// TestSteering holds the handle of a live container: it becomes unhealthy and
// then runs out of memory when the test says so.
func TestSteering(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := simulated.New()
		fx := ecsfixture.Start(t, ecsfixture.WithRuntime(rt))
		web := container("web")
		web.HealthCheck = &types.HealthCheck{Command: []string{"CMD", "check"}}
		arn := runTask(t, fx, web)
		fx.WaitTaskHealthy(t, arn)
		live, ok := rt.Find(arn, "web")
		require.True(t, ok)

		require.NoError(t, live.SetHealthy(false))
		_, err := fx.AwaitTask(t.Context(), arn, func(task types.Task) bool { return task.HealthStatus == types.HealthStatusUnhealthy })
		require.NoError(t, err)

		require.NoError(t, live.OutOfMemory())
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, int32(137), *task.Containers[0].ExitCode)
		assert.Equal(t, "OutOfMemoryError: Container killed due to memory usage", *task.Containers[0].Reason)
	})
}

// TestBadImage is refused as a registry would.
func TestBadImage(t *testing.T) {
	fx := ecsfixture.Start(t, ecsfixture.WithRuntime(simulated.New(
		simulated.On(simulated.Image("typo"), simulated.FailPull("manifest unknown")),
	)))
	task := fx.WaitTaskStopped(t, runTask(t, fx, container("typo")))
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
	assert.Contains(t, *task.Containers[0].Reason, "CannotPullContainerError: ")
}
