package ecsfixture_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

// TestFailedWaitTellsTheStory waits for a task to run that can't be pulled.
func TestFailedWaitTellsTheStory(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx,
		sh(t, "app", forever, func(d *types.ContainerDefinition) {
			d.DependsOn = []types.ContainerDependency{{ContainerName: aws.String("migrate"), Condition: types.ContainerConditionSuccess}}
		}),
		sh(t, "migrate", `echo "applying 7 changes"; echo "table orders is locked" >&2; exit 4`, sidecar)))
	test := pretend(t, func(t testing.TB) { fx.WaitTaskRunning(t, arn) })
	require.Len(t, test.failures, 1)
	story := test.failures[0]
	for _, part := range []string{
		"the task stopped before it was RUNNING", arn, "PENDING", "STOPPED",
		"stopCode TaskFailedToStart", "dependency graph", "exit code 4",
		"stdout | applying 7 changes", "stderr | table orders is locked",
	} {
		assert.Contains(t, story, part)
	}
}

func TestWaitEndsWithItsTime(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t, ecsfixture.WithTimeout(20*time.Millisecond))
	arn := run(t, fx, registerImage(t, fx, "idle"))
	test := pretend(t, func(t testing.TB) { fx.WaitTaskStopped(t, arn) })
	require.Len(t, test.failures, 1)
	assert.Contains(t, test.failures[0], "the task is not STOPPED: the time is up")
	assert.Contains(t, test.failures[0], "is RUNNING")
}

func TestAssertionsTellTheStory(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	arn := run(t, fx, registerImage(t, fx, "fails"))
	test := pretend(t, func(t testing.TB) {
		assert.False(t, fx.AssertExitCode(t, arn, "app", 0))
		assert.False(t, fx.AssertStopped(t, arn, types.TaskStopCodeUserInitiated))
		assert.True(t, fx.AssertExitCode(t, arn, "app", 3))
		assert.True(t, fx.AssertStopped(t, arn, types.TaskStopCodeEssentialContainerExited))
	})
	require.Len(t, test.failures, 2)
	assert.Contains(t, test.failures[0], "container app did not exit with code 0")
	assert.Contains(t, test.failures[0], "stderr | no disk")
	assert.Contains(t, test.failures[1], "is EssentialContainerExited, not UserInitiated")
}

// TestALineThatNeverComes fails with the story of its task.
func TestALineThatNeverComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		arn := run(t, fx, registerImage(t, fx, "batch"))
		test := pretend(t, func(t testing.TB) { fx.Logs.WaitFor(t, logs.Task(arn), logs.Contains("bye")) })
		require.Len(t, test.failures, 1)
		assert.Contains(t, test.failures[0], `that contains "bye" within 2m0s`)
		assert.Contains(t, test.failures[0], "container app (batch) is RUNNING")
	})
}
