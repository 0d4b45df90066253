package ecsfixture

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/patience"
)

// WaitTaskRunning waits until a task is RUNNING and returns it. If the task
// stops instead, or the fixture's timeout passes, the test fails with the
// task's story.
func (fx *Fixture) WaitTaskRunning(t testing.TB, taskARN string) types.Task {
	t.Helper()
	return fx.waitTask(t, taskARN, "RUNNING", func(task types.Task) bool { return *task.LastStatus == "RUNNING" })
}

// WaitTaskStopped waits until a task is STOPPED and returns it. All its lines
// are in the logs by then.
func (fx *Fixture) WaitTaskStopped(t testing.TB, taskARN string) types.Task {
	t.Helper()
	return fx.waitTask(t, taskARN, "STOPPED", isStopped)
}

// WaitTaskHealthy waits until a task's healthStatus is HEALTHY and returns it.
func (fx *Fixture) WaitTaskHealthy(t testing.TB, taskARN string) types.Task {
	t.Helper()
	return fx.waitTask(t, taskARN, "HEALTHY", func(task types.Task) bool { return task.HealthStatus == types.HealthStatusHealthy })
}

func isStopped(task types.Task) bool { return *task.LastStatus == "STOPPED" }

func (fx *Fixture) waitTask(t testing.TB, taskARN, want string, reached func(types.Task) bool) types.Task {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience.Bound(t, fx.options.timeout))
	defer cancel()
	task, err := fx.AwaitTask(ctx, taskARN, func(task types.Task) bool { return reached(task) || isStopped(task) })
	if err != nil {
		t.Fatalf("ecsfixture: the task is not %s: %v\n%s", want, err, fx.Story(taskARN))
	}
	if !reached(task) {
		t.Fatalf("ecsfixture: the task stopped before it was %s\n%s", want, fx.Story(taskARN))
	}
	return task
}

// AwaitTask waits until a task is as reached says and returns it, for
// programs and for conditions of one's own.
func (fx *Fixture) AwaitTask(ctx context.Context, taskARN string, reached func(types.Task) bool) (types.Task, error) {
	task, err := fx.zoneOfARN(taskARN).ecs.AwaitTask(ctx, taskARN, reached)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the time is up: %w", err)
	}
	return task, err
}
