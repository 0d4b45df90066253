package ecsfixture_test

import (
	"strings"
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
	assert.Contains(t, test.failures[0], "the task is not STOPPED within 20ms\n")
	assert.Contains(t, test.failures[0], "is RUNNING")
}

func TestAssertionsTellTheStory(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	arn := run(t, fx, registerImage(t, fx, "fails"))
	test := pretend(t, func(t testing.TB) {
		assert.False(t, fx.AssertExitCode(t, arn, "app", 0))
		assert.False(t, fx.AssertStopped(t, arn, types.TaskStopCodeUserInitiated))
		assert.False(t, fx.AssertExitCode(t, arn, "ap", 3))
		assert.True(t, fx.AssertExitCode(t, arn, "app", 3))
		assert.True(t, fx.AssertStopped(t, arn, types.TaskStopCodeEssentialContainerExited))
	})
	bad := run(t, fx, registerImage(t, fx, "typo"))
	never := pretend(t, func(t testing.TB) { fx.AssertExitCode(t, bad, "app", 0) })
	require.Len(t, never.failures, 1)
	assert.Contains(t, never.failures[0], "container app has no exit code, which should be 0\n")
	require.Len(t, test.failures, 3)
	assert.Contains(t, test.failures[0], "container app exited with code 3, not 0\n")
	assert.Contains(t, test.failures[0], "stderr | no disk")
	assert.Contains(t, test.failures[1], "is EssentialContainerExited, not UserInitiated")
	assert.Contains(t, test.failures[2], `the task has no container "ap", it has app`)
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

// TestWaitHealthyWithoutACheck doesn't wait for what can't come.
func TestWaitHealthyWithoutACheck(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	arn := run(t, fx, registerImage(t, fx, "idle"))
	test := pretend(t, func(t testing.TB) { fx.WaitTaskHealthy(t, arn) })
	require.Len(t, test.failures, 1)
	assert.Contains(t, test.failures[0], "can't be HEALTHY: no essential container has a healthCheck\ntask arn:")
}

// TestStoryTellsAReasonOnce, with a hint where a secret's name isn't an ARN.
func TestStoryTellsAReasonOnce(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	fx.Secrets.Put("db-password", "hunter2")
	arn := run(t, fx, registerImage(t, fx, "idle", func(d *types.ContainerDefinition) {
		d.Secrets = []types.Secret{{Name: aws.String("PASSWORD"), ValueFrom: aws.String("db-password")}}
	}))
	fx.WaitTaskStopped(t, arn)
	story := fx.Story(arn)
	assert.Equal(t, 1, strings.Count(story, "invalid parameters: db-password"), story)
	assert.Contains(t, story, "hint: db-password is the name of a secret")

	arn = run(t, fx, registerImage(t, fx, "typo"))
	fx.WaitTaskStopped(t, arn)
	assert.Equal(t, 1, strings.Count(fx.Story(arn), "manifest unknown"), fx.Story(arn))
}

func TestUnknownTaskIsToldOnce(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	test := pretend(t, func(t testing.TB) { fx.WaitTaskRunning(t, "") })
	assert.Equal(t, []string{"ecsfixture: the task is not RUNNING\ntask \"\" is not known to the fixture"}, test.failures)
	test = pretend(t, func(t testing.TB) { fx.Endpoint(t, "x", "app", 80) })
	assert.Equal(t, []string{"ecsfixture: task \"x\" is not known to the fixture"}, test.failures)
}

func TestRefusedSecretIsNamed(t *testing.T) {
	t.Parallel()
	test := pretend(t, func(t testing.TB) { startSimulated(t).Secrets.Put("db password", "hunter2") })
	require.Len(t, test.failures, 1)
	assert.Contains(t, test.failures[0], `ecsfixture: secret "db password": `)
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	for want, opt := range map[string]ecsfixture.Option{
		`ecsfixture: WithAccount: "12" does not have 12 digits`: ecsfixture.WithAccount("12"),
		"ecsfixture: WithRegion: the region is empty":           ecsfixture.WithRegion(""),
	} {
		test := pretend(t, func(t testing.TB) { startSimulated(t, opt) })
		assert.Equal(t, []string{want}, test.failures)
	}
}
