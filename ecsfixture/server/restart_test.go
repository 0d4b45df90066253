package server_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func restarting(d *types.ContainerDefinition) {
	d.RestartPolicy = &types.ContainerRestartPolicy{Enabled: aws.Bool(true), RestartAttemptPeriod: aws.Int32(60)}
}

// exits has the container app exit after it has run for so long that it is
// restarted.
func (w *world) exits(arn string, code int) {
	w.Helper()
	w.until(arn, "RUNNING")
	time.Sleep(time.Minute)
	live, ok := w.rt.Find(arn, "app")
	require.True(w, ok)
	require.NoError(w, live.Exit(code))
	synctest.Wait()
}

// secondStart does f in place of the second start of the container app.
func secondStart(f func(context.Context) error) simulated.Option {
	starts := 0
	return simulated.Fault(simulated.Start, func(ctx context.Context, c simulated.Call) error {
		if c.Container != "app" {
			return nil
		}
		if starts++; starts == 2 {
			return f(ctx)
		}
		return nil
	})
}

// TestRestartForgetsHealth: the check begins again. That is all that changes.
func TestRestartForgetsHealth(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", checked, restarting))
		w.until(arn, "RUNNING")
		time.Sleep(30 * time.Second)
		before, _ := w.Task(arn)
		assert.Equal(t, types.HealthStatusHealthy, before.HealthStatus)
		w.exits(arn, 1)
		task, _ := w.Task(arn)
		assert.Equal(t, types.HealthStatusUnknown, task.HealthStatus)
		assert.Equal(t, types.HealthStatusUnknown, task.Containers[0].HealthStatus)
		assert.Equal(t, before.Version+1, task.Version)
		time.Sleep(21 * time.Second)
		task, _ = w.Task(arn)
		assert.Equal(t, types.HealthStatusHealthy, task.HealthStatus)
	}, simulated.On(simulated.Image("app"), simulated.HealthyAfter(20*time.Second)))
}

// TestRestartIsNoNewVersion where nothing changes that clients see.
func TestRestartIsNoNewVersion(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", restarting))
		before := w.until(arn, "RUNNING")
		w.exits(arn, 1)
		task, _ := w.Task(arn)
		assert.Equal(t, before, task)
	})
}

// TestStopDuringRestart keeps the exit code of the last run.
func TestStopDuringRestart(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", restarting), container("log", sidecar))
		w.exits(arn, 5)
		w.stop(arn, "")
		task := w.until(arn, "STOPPED")
		require.NotNil(t, task.Containers[0].ExitCode)
		assert.Equal(t, int32(5), *task.Containers[0].ExitCode)
		assert.Nil(t, task.Containers[0].Reason)
	}, secondStart(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }))
}

// TestRestartThatFails ends the container, with the exit code of its last run.
func TestRestartThatFails(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app", restarting))
		w.exits(arn, 5)
		task := w.until(arn, "STOPPED")
		assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
		require.NotNil(t, task.Containers[0].ExitCode)
		assert.Equal(t, int32(5), *task.Containers[0].ExitCode)
		assert.Equal(t, "CannotStartContainerError: broken", *task.Containers[0].Reason)
	}, secondStart(func(context.Context) error { return errors.New("broken") }))
}
