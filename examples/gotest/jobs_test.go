package gotest

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
)

// register registers the job's task definition and returns its name.
func register(t *testing.T, fx *ecsfixture.Fixture, command string, change ...func(*types.ContainerDefinition)) string {
	t.Helper()
	app := types.ContainerDefinition{
		Name: aws.String("app"), Image: aws.String(image), Command: []string{command}, Memory: aws.Int32(64),
	}
	for _, f := range change {
		f(&app)
	}
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family:               aws.String("job"),
		ExecutionRoleArn:     aws.String("arn:aws:iam::" + fx.Account + ":role/execution"),
		ContainerDefinitions: []types.ContainerDefinition{app},
	})
	require.NoError(t, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

// TestJob runs the application's own code against a fixture of the test's own.
func TestJob(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	jobs := &Jobs{ECS: fx.ECS, TaskDefinition: register(t, fx, "job")}
	code, err := jobs.Run(t.Context(), "Ann", 0)
	require.NoError(t, err)
	assert.Equal(t, 0, code)
	code, err = jobs.Run(t.Context(), "Bob", 7)
	require.NoError(t, err)
	assert.Equal(t, 7, code)
	assert.Len(t, fx.Logs.Lines(logs.Match("^hello (Ann|Bob)$")), 2)
	assert.Equal(t, "giving up with 7\n", fx.Logs.Text(logs.Stream(runtime.Stderr)))
}

// TestSecretReachesTheContainer makes a secret with the SDK; its value is in
// the container and nowhere else.
func TestSecretReachesTheContainer(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	secret, err := fx.SecretsManager.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("db"), SecretString: aws.String(`{"user":"app","password":"hunter2"}`),
	})
	require.NoError(t, err)
	jobs := &Jobs{ECS: fx.ECS, TaskDefinition: register(t, fx, "job", func(d *types.ContainerDefinition) {
		d.Secrets = []types.Secret{{Name: aws.String("DB_PASSWORD"), ValueFrom: aws.String(*secret.ARN + ":password::")}}
	})}
	_, err = jobs.Run(t.Context(), "Ann", 0)
	require.NoError(t, err)
	fx.Logs.WaitFor(t, logs.Container("app"), logs.Contains("password of 7 letters"))

	// A deleted secret stops the next task before it starts, as on AWS.
	fx.Secrets.Delete("db")
	_, err = jobs.Run(t.Context(), "Ann", 0)
	require.ErrorContains(t, err, "the job did not run: ResourceInitializationError: ")
	assert.ErrorContains(t, err, "ResourceNotFoundException: Secrets Manager can't find the specified secret.")
}

// TestLogsAreInCloudWatch reads what a container wrote with the SDK.
func TestLogsAreInCloudWatch(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	jobs := &Jobs{ECS: fx.ECS, TaskDefinition: register(t, fx, "job", func(d *types.ContainerDefinition) {
		d.LogConfiguration = &types.LogConfiguration{LogDriver: types.LogDriverAwslogs, Options: map[string]string{
			"awslogs-group": "/jobs", "awslogs-region": fx.Region, "awslogs-stream-prefix": "job", "awslogs-create-group": "true",
		}}
	})}
	_, err := jobs.Run(t.Context(), "Ann", 0)
	require.NoError(t, err)
	out, err := cloudwatchlogs.NewFromConfig(fx.Config).FilterLogEvents(t.Context(), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String("/jobs"), FilterPattern: aws.String("hello"),
	})
	require.NoError(t, err)
	require.Len(t, out.Events, 1)
	assert.Equal(t, "hello Ann", *out.Events[0].Message)
}

// TestThrottling shows that the application survives a throttled RunTask, and
// what it says of an error that isn't transient.
func TestThrottling(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	jobs := &Jobs{ECS: fx.ECS, TaskDefinition: register(t, fx, "job")}
	fx.Intercept(ecsfixture.Throttle("RunTask", 1))
	code, err := jobs.Run(t.Context(), "Ann", 0)
	require.NoError(t, err)
	assert.Equal(t, 0, code)

	fx.Intercept(ecsfixture.Fail("RunTask", 1, &types.BlockedException{Message: aws.String("the account is blocked")}))
	_, err = jobs.Run(t.Context(), "Ann", 0)
	var failure smithy.APIError
	require.True(t, errors.As(err, &failure))
	assert.Equal(t, "BlockedException", failure.ErrorCode())
}

// TestSharedFixture and the test below use the fixture of TestMain, each a
// cluster of its own.
func TestSharedFixture(t *testing.T) {
	t.Parallel()
	stopsWhenAsked(t, "blue")
}

func TestSharedFixtureToo(t *testing.T) {
	t.Parallel()
	stopsWhenAsked(t, "green")
}

func stopsWhenAsked(t *testing.T, cluster string) {
	t.Helper()
	ctx := t.Context()
	_, err := shared.ECS.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: aws.String(cluster)})
	require.NoError(t, err)
	td := register(t, shared, "serve")
	out, err := shared.ECS.RunTask(ctx, &ecs.RunTaskInput{Cluster: aws.String(cluster), TaskDefinition: aws.String(td)})
	require.NoError(t, err)
	arn := *out.Tasks[0].TaskArn
	shared.WaitTaskRunning(t, arn)
	shared.Logs.WaitFor(t, logs.Task(arn), logs.Contains("serving"))
	_, err = shared.ECS.StopTask(ctx, &ecs.StopTaskInput{Cluster: aws.String(cluster), Task: aws.String(arn), Reason: aws.String("deploy")})
	require.NoError(t, err)
	shared.AssertStopped(t, arn, types.TaskStopCodeUserInitiated)
	shared.AssertExitCode(t, arn, "app", 0)
	assert.Equal(t, "serving\nbye\n", shared.Logs.Text(logs.Task(arn)))
}
