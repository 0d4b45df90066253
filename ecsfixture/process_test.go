package ecsfixture_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

func TestUserDirectoryAndEntryPoint(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", "", func(d *types.ContainerDefinition) {
		d.User, d.WorkingDirectory = aws.String("nobody"), aws.String("/tmp")
		d.EntryPoint, d.Command = []string{"sh", "-c", `echo "$(id -un) in $(pwd) with $0 $1"`}, []string{"one", "two"}
	})))
	fx.AssertExitCode(t, arn, "app", 0)
	assert.Equal(t, "nobody in /tmp with one two\n", fx.Logs.Text(logs.Task(arn)))
}

// TestOutOfMemory has the kernel kill a container.
func TestOutOfMemory(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", `x=0123456789abcdef; while :; do x="$x$x"; done`, func(d *types.ContainerDefinition) {
		d.Memory = aws.Int32(16)
		d.LinuxParameters = &types.LinuxParameters{MaxSwap: aws.Int32(0)}
	})))
	fx.AssertExitCode(t, arn, "app", 137)
	task := fx.WaitTaskStopped(t, arn)
	require.NotNil(t, task.Containers[0].Reason, fx.Story(arn))
	assert.Equal(t, "OutOfMemoryError: Container killed due to memory usage", *task.Containers[0].Reason)
	assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
}

// TestStopTimeout kills a container that doesn't listen, after its own time.
func TestStopTimeout(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "app", "echo up; "+deaf, func(d *types.ContainerDefinition) { d.StopTimeout = aws.Int32(2) })))
	fx.Logs.WaitFor(t, logs.Task(arn), logs.Contains("up"))
	began := time.Now()
	out, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("new version")})
	require.NoError(t, err)
	assert.Equal(t, "STOPPED", *out.Task.DesiredStatus)
	assert.NotEqual(t, "STOPPED", *out.Task.LastStatus)
	task := fx.WaitTaskStopped(t, arn)
	assert.GreaterOrEqual(t, time.Since(began), 2*time.Second)
	assert.Less(t, time.Since(began), 20*time.Second, "the default is 30")
	assert.Equal(t, int32(137), *task.Containers[0].ExitCode)
	assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
	assert.Equal(t, "new version", *task.StoppedReason)
}

// TestDependencies starts a container when one has succeeded and another is
// healthy, and stops them in the opposite order.
func TestDependencies(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	after := func(name string, c types.ContainerCondition) func(*types.ContainerDefinition) {
		return func(d *types.ContainerDefinition) {
			d.DependsOn = append(d.DependsOn, types.ContainerDependency{ContainerName: aws.String(name), Condition: c})
		}
	}
	arn := run(t, fx, register(t, fx,
		sh(t, "app", `echo up; exit 5`, after("migrate", types.ContainerConditionSuccess), after("db", types.ContainerConditionHealthy)),
		sh(t, "migrate", `echo migrated`, sidecar),
		sh(t, "db", `trap 'echo down; exit 0' TERM; echo starting; sleep 0.5; touch /tmp/ready; echo ready; while :; do sleep 0.1; done`, sidecar,
			func(d *types.ContainerDefinition) {
				d.HealthCheck = &types.HealthCheck{Command: []string{"CMD-SHELL", "test -f /tmp/ready"}, Interval: aws.Int32(5), StartPeriod: aws.Int32(10)}
			})))
	task := fx.WaitTaskStopped(t, arn)
	assert.Equal(t, int32(5), *task.Containers[0].ExitCode, fx.Story(arn))
	at := map[string]time.Time{}
	for _, l := range fx.Logs.Lines(logs.Task(arn)) {
		at[l.Text] = l.Time
	}
	require.Len(t, at, 5, fx.Story(arn))
	assert.True(t, at["up"].After(at["migrated"]), fx.Story(arn))
	assert.True(t, at["up"].After(at["ready"]), fx.Story(arn))
	assert.True(t, at["down"].After(at["up"]), fx.Story(arn))
}
