package ecsfixture_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func awslogs(options map[string]string) func(*types.ContainerDefinition) {
	return func(d *types.ContainerDefinition) {
		d.LogConfiguration = &types.LogConfiguration{LogDriver: types.LogDriverAwslogs, Options: options}
	}
}

// TestAwslogsWithoutItsGroup: the driver creates groups only when told to.
func TestAwslogsWithoutItsGroup(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	options := map[string]string{"awslogs-group": "/none", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "p"}
	td := registerImage(t, fx, "fails", awslogs(options))
	task := fx.WaitTaskStopped(t, run(t, fx, td))
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
	assert.Equal(t, "Task failed to start", *task.StoppedReason)
	assert.Contains(t, *task.Containers[0].Reason, "CannotStartContainerError: ")
	assert.Contains(t, *task.Containers[0].Reason, "ResourceNotFoundException: The specified log group does not exist.")

	cwl := cloudwatchlogs.NewFromConfig(fx.Config)
	_, err := cwl.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("/none")})
	require.NoError(t, err)
	arn := run(t, fx, td)
	fx.AssertExitCode(t, arn, "app", 3)
	out, err := cwl.FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{LogGroupName: aws.String("/none"), FilterPattern: aws.String("disk")})
	require.NoError(t, err)
	require.Len(t, out.Events, 1)
	assert.Equal(t, "no disk", *out.Events[0].Message)
	assert.Equal(t, "p/app/"+arn[len(arn)-32:], *out.Events[0].LogStreamName)
}

// TestEachContainerHasItsOwnLogs routes two containers to two groups.
func TestEachContainerHasItsOwnLogs(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	group := func(name string) func(*types.ContainerDefinition) {
		return awslogs(map[string]string{"awslogs-group": name, "awslogs-region": "us-east-1", "awslogs-create-group": "true", "awslogs-stream-prefix": "s"})
	}
	one := types.ContainerDefinition{Name: aws.String("one"), Image: aws.String("fails"), Memory: aws.Int32(64)}
	two := types.ContainerDefinition{Name: aws.String("two"), Image: aws.String("batch"), Memory: aws.Int32(64)}
	group("/one")(&one)
	group("/two")(&two)
	id := func(arn string) string { return arn[len(arn)-32:] }
	one.DependsOn = []types.ContainerDependency{{ContainerName: aws.String("two"), Condition: types.ContainerConditionStart}}
	arn := run(t, fx, register(t, fx, one, two))
	fx.WaitTaskStopped(t, arn)
	cwl := cloudwatchlogs.NewFromConfig(fx.Config)
	for name, want := range map[string]string{"one": "no disk", "two": "began"} {
		out, err := cwl.GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{
			LogGroupName: aws.String("/" + name), LogStreamName: aws.String("s/" + name + "/" + id(arn)), StartFromHead: aws.Bool(true),
		})
		require.NoError(t, err)
		require.Len(t, out.Events, 1)
		assert.Equal(t, want, *out.Events[0].Message)
	}
}

// TestRestartEndsAnEvent: what a container writes after a restart is no part
// of an event that began before it.
func TestRestartEndsAnEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := simulated.New(simulated.On(simulated.Any(), simulated.Print("again"), simulated.RunFor(time.Minute), simulated.Print("START last"), simulated.Exit(1)))
		fx := ecsfixture.Start(t, ecsfixture.WithRuntime(rt))
		arn := run(t, fx, registerImage(t, fx, "app", func(d *types.ContainerDefinition) {
			awslogs(map[string]string{
				"awslogs-group": "/g", "awslogs-region": "us-east-1", "awslogs-create-group": "true",
				"awslogs-stream-prefix": "s", "awslogs-multiline-pattern": "^START",
			})(d)
			d.RestartPolicy = &types.ContainerRestartPolicy{Enabled: aws.Bool(true), RestartAttemptPeriod: aws.Int32(60)}
		}))
		time.Sleep(70 * time.Second) // past the 5 that the last event is kept open
		out, err := cloudwatchlogs.NewFromConfig(fx.Config).GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{
			LogGroupName: aws.String("/g"), LogStreamName: aws.String("s/app/" + arn[len(arn)-32:]), StartFromHead: aws.Bool(true),
		})
		require.NoError(t, err)
		var messages []string
		for _, e := range out.Events {
			messages = append(messages, *e.Message)
		}
		assert.Equal(t, []string{"again\n", "START last\n", "again\n"}, messages)
	})
}
