package ecsfixture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/patience"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
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
// A task whose essential containers have no healthCheck never is: the test
// fails at once.
func (fx *Fixture) WaitTaskHealthy(t testing.TB, taskARN string) types.Task {
	t.Helper()
	if task, ok := fx.zoneOfARN(taskARN).ecs.Task(taskARN); ok && !fx.hasHealthCheck(task) {
		t.Fatalf("ecsfixture: the task can't be HEALTHY: no essential container has a healthCheck\n%s", fx.Story(taskARN))
	}
	return fx.waitTask(t, taskARN, "HEALTHY", func(task types.Task) bool { return task.HealthStatus == types.HealthStatusHealthy })
}

func isStopped(task types.Task) bool { return *task.LastStatus == "STOPPED" }

// hasHealthCheck reports whether a health check says how a task is.
func (fx *Fixture) hasHealthCheck(task types.Task) bool {
	out, err := fx.zoneOfARN(*task.TaskArn).ecs.DescribeTaskDefinition(context.Background(),
		&ecs.DescribeTaskDefinitionInput{TaskDefinition: task.TaskDefinitionArn})
	return err != nil || slices.ContainsFunc(out.TaskDefinition.ContainerDefinitions, func(d types.ContainerDefinition) bool {
		return (d.Essential == nil || *d.Essential) && d.HealthCheck != nil && len(d.HealthCheck.Command) > 0 && d.HealthCheck.Command[0] != "NONE"
	})
}

func (fx *Fixture) waitTask(t testing.TB, taskARN, want string, reached func(types.Task) bool) types.Task {
	t.Helper()
	bound := patience.Bound(t, fx.options.timeout)
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	task, err := fx.AwaitTask(ctx, taskARN, func(task types.Task) bool { return reached(task) || isStopped(task) })
	if err != nil {
		t.Fatalf("ecsfixture: the task is not %s%s\n%s", want, why(err, bound), fx.Story(taskARN))
	}
	if !reached(task) {
		t.Fatalf("ecsfixture: the task stopped before it was %s\n%s", want, fx.Story(taskARN))
	}
	return task
}

// why says in a failure text why a wait ended, unless the story says so: it is
// about something unknown.
func why(err error, bound time.Duration) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return " within " + bound.Round(time.Millisecond).String()
	case errors.Is(err, server.ErrUnknown):
		return ""
	}
	return ": " + err.Error()
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
