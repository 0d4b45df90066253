package ecsfixture_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// TestStopDuringLaunch stops real tasks as soon as RunTask has returned.
func TestStopDuringLaunch(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	td := register(t, fx, sh(t, "app", forever))
	for range 5 {
		arn := run(t, fx, td)
		_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn)})
		require.NoError(t, err)
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode, fx.Story(arn))
		assert.Equal(t, "Task stopped by user", *task.StoppedReason)
	}
}

// TestStopDuringPull doesn't wait for the pull.
func TestStopDuringPull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := ecsfixture.Start(t, ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Image("huge"), simulated.SlowPull(time.Hour)))))
		arn := run(t, fx, registerImage(t, fx, "huge"))
		began := time.Now()
		time.Sleep(time.Minute) // virtual: into the pull
		_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn)})
		require.NoError(t, err)
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, time.Minute, time.Since(began))
		assert.Nil(t, task.Containers[0].ExitCode)
	})
}

// TestClientToken makes a RunTask idempotent.
func TestClientToken(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	td := registerImage(t, fx, "idle")
	once := func(in *ecs.RunTaskInput) { in.ClientToken = aws.String("token-1") }
	first := run(t, fx, td, once)
	assert.Equal(t, first, run(t, fx, td, once))
	_, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String(td), ClientToken: aws.String("token-1"), StartedBy: aws.String("somebody"),
	})
	var conflict *types.ConflictException
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, []string{first}, conflict.ResourceIds)
	list, err := fx.ECS.ListTasks(t.Context(), &ecs.ListTasksInput{})
	require.NoError(t, err)
	assert.Len(t, list.TaskArns, 1)
}
