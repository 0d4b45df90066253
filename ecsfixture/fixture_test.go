package ecsfixture_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/testimage"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

const executionRole = "arn:aws:iam::000000000000:role/execution"

// sh is a container definition that runs a shell script.
func sh(t testing.TB, name, script string, change ...func(*types.ContainerDefinition)) types.ContainerDefinition {
	t.Helper()
	d := types.ContainerDefinition{
		Name: aws.String(name), Image: aws.String(testimage.Busybox(t)), Memory: aws.Int32(64),
		EntryPoint: []string{"sh", "-c"}, Command: []string{script},
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func sidecar(d *types.ContainerDefinition) { d.Essential = aws.Bool(false) }

// shared mounts the task's volume of that name, which register adds.
func shared(d *types.ContainerDefinition) {
	d.MountPoints = []types.MountPoint{{SourceVolume: aws.String("shared"), ContainerPath: aws.String("/shared")}}
}

func register(t testing.TB, fx *ecsfixture.Fixture, containers ...types.ContainerDefinition) string {
	t.Helper()
	in := &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("test"), ExecutionRoleArn: aws.String(executionRole), ContainerDefinitions: containers,
	}
	for _, c := range containers {
		if len(c.MountPoints) > 0 && in.Volumes == nil {
			in.Volumes = []types.Volume{{Name: aws.String("shared")}}
		}
	}
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), in)
	require.NoError(t, err)
	return *out.TaskDefinition.TaskDefinitionArn
}

func run(t testing.TB, fx *ecsfixture.Fixture, td string, change ...func(*ecs.RunTaskInput)) string {
	t.Helper()
	in := &ecs.RunTaskInput{TaskDefinition: aws.String(td)}
	for _, f := range change {
		f(in)
	}
	out, err := fx.ECS.RunTask(t.Context(), in)
	require.NoError(t, err)
	require.Len(t, out.Tasks, int(aws.ToInt32(in.Count)+1)-min(1, int(aws.ToInt32(in.Count))))
	return *out.Tasks[0].TaskArn
}

// TestRunTaskEndToEnd is the main job: two containers, a secret, logs, exit
// codes.
func TestRunTaskEndToEnd(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	secret := fx.Secrets.Put("db-password", "hunter2")
	td := register(t, fx,
		sh(t, "app", `until test -e /shared/ready; do sleep 0.05; done
			echo "password has ${#PASSWORD} letters"; echo oops >&2; exit 3`, shared, func(d *types.ContainerDefinition) {
			d.Secrets = []types.Secret{{Name: aws.String("PASSWORD"), ValueFrom: aws.String(secret)}}
			d.LogConfiguration = &types.LogConfiguration{LogDriver: types.LogDriverAwslogs, Options: map[string]string{
				"awslogs-group": "/app", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web", "awslogs-create-group": "true",
			}}
		}),
		sh(t, "sidecar", `trap 'echo bye; exit 0' TERM; echo here; touch /shared/ready; while :; do sleep 0.1; done`, sidecar, shared))
	arn := run(t, fx, td)
	task := fx.WaitTaskStopped(t, arn)

	assert.Equal(t, types.TaskStopCodeEssentialContainerExited, task.StopCode)
	assert.Equal(t, "Essential container in task exited", *task.StoppedReason)
	fx.AssertExitCode(t, arn, "app", 3)
	fx.AssertExitCode(t, arn, "sidecar", 0)
	assert.Regexp(t, `^sha256:[0-9a-f]{64}$`, *task.Containers[0].ImageDigest)
	assert.Regexp(t, `^[0-9a-f]{64}$`, *task.Containers[0].RuntimeId)
	assert.Equal(t, "password has 7 letters\n", fx.Logs.Text(logs.Container("app"), logs.Stream(runtime.Stdout)))
	assert.Equal(t, "oops\n", fx.Logs.Text(logs.Container("app"), logs.Stream(runtime.Stderr)))
	assert.Equal(t, "here\nbye\n", fx.Logs.Text(logs.Task(arn), logs.Container("sidecar")))

	events, err := cloudwatchlogs.NewFromConfig(fx.Config).GetLogEvents(t.Context(), &cloudwatchlogs.GetLogEventsInput{
		LogGroupName: aws.String("/app"), LogStreamName: aws.String("web/app/" + arn[len(arn)-32:]), StartFromHead: aws.Bool(true),
	})
	require.NoError(t, err)
	assert.Len(t, events.Events, 2)
	assert.NotContains(t, fx.Story(arn), "hunter2")
}

// TestSDKWaitersEndPromptly counts their requests: one for each wait, which
// is answered when the state is reached. Left to themselves they would ask
// every 6 seconds.
func TestSDKWaitersEndPromptly(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	var asked atomic.Int32
	fx.Intercept(func(_ context.Context, c ecsfixture.Call) error {
		if c.Operation == "DescribeTasks" {
			asked.Add(1)
		}
		return nil
	})
	arn := run(t, fx, register(t, fx, sh(t, "app", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done")))
	in := &ecs.DescribeTasksInput{Tasks: []string{arn}}
	require.NoError(t, ecs.NewTasksRunningWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
	fx.Logs.WaitFor(t, logs.Contains("ready"))
	_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn)})
	require.NoError(t, err)
	require.NoError(t, ecs.NewTasksStoppedWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
	assert.Equal(t, int32(2), asked.Load())
}

func TestBridgePortsAreReachable(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	arn := run(t, fx, register(t, fx, sh(t, "web", `mkdir /tmp/w; echo hi > /tmp/w/index.html; httpd -f -p 8080 -h /tmp/w`, func(d *types.ContainerDefinition) {
		d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(8080)}}
	})))
	task := fx.WaitTaskRunning(t, arn)
	binding := task.Containers[0].NetworkBindings[0]
	assert.Equal(t, int32(8080), *binding.ContainerPort)
	assert.Equal(t, "0.0.0.0", *binding.BindIP)
	assert.Equal(t, fmt.Sprintf("127.0.0.1:%d", *binding.HostPort), fx.Endpoint(t, arn, "web", 8080))
	require.Eventually(t, func() bool {
		resp, err := http.Get("http://" + fx.Endpoint(t, arn, "web", 8080))
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body) == "hi\n"
	}, 10*time.Second, 20*time.Millisecond)
}

func TestAwsvpcTasksShareOneNamespace(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	out, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("vpc"), NetworkMode: types.NetworkModeAwsvpc,
		ContainerDefinitions: []types.ContainerDefinition{
			sh(t, "web", `mkdir /tmp/w; echo hi > /tmp/w/index.html; httpd -f -p 8080 -h /tmp/w`, func(d *types.ContainerDefinition) {
				d.PortMappings = []types.PortMapping{{ContainerPort: aws.Int32(8080)}}
			}),
			sh(t, "client", `until wget -qO- http://localhost:8080/; do sleep 0.1; done; sleep 1000`, sidecar),
		},
	})
	require.NoError(t, err)
	arn := run(t, fx, *out.TaskDefinition.TaskDefinitionArn, func(in *ecs.RunTaskInput) {
		in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-abc"}}}
	})
	task := fx.WaitTaskRunning(t, arn)
	fx.Logs.WaitFor(t, logs.Container("client"), logs.Contains("hi"))
	resp, err := http.Get("http://" + fx.Endpoint(t, arn, "web", 8080))
	require.NoError(t, err)
	resp.Body.Close()
	ip := *task.Containers[0].NetworkInterfaces[0].PrivateIpv4Address
	assert.Contains(t, fx.Endpoint(t, arn, "web", 8080), ip)
	details := map[string]string{}
	for _, kv := range task.Attachments[0].Details {
		details[*kv.Name] = *kv.Value
	}
	assert.Equal(t, "subnet-abc", details["subnetId"])
	assert.Equal(t, ip, details["privateIPv4Address"])
	assert.Regexp(t, `^([0-9a-f]{2}:){5}[0-9a-f]{2}$`, details["macAddress"])
}

// TestSetupComesFirst: what it puts in is there at the first request, and its
// error keeps the fixture from starting.
func TestSetupComesFirst(t *testing.T) {
	t.Parallel()
	var secret string
	fx, err := ecsfixture.New(t.Context(), ecsfixture.WithRuntime(simulated.New()), ecsfixture.WithAddress(":0"),
		ecsfixture.WithSetup(func(fx *ecsfixture.Fixture) error {
			assert.Empty(t, fx.URL)
			secret = fx.Secrets.Put("db", "hunter2")
			return nil
		}))
	require.NoError(t, err)
	assert.Regexp(t, `^http://127\.0\.0\.1:\d+$`, fx.URL, "where it listens everywhere, the URL is one that can be dialled")
	out, err := fx.SecretsManager.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &secret})
	require.NoError(t, err)
	assert.Equal(t, "hunter2", *out.SecretString)
	require.NoError(t, fx.Close(t.Context()))

	refused := errors.New("no")
	_, err = ecsfixture.New(t.Context(), ecsfixture.WithRuntime(simulated.New()), ecsfixture.WithSetup(func(*ecsfixture.Fixture) error { return refused }))
	require.ErrorIs(t, err, refused)
}
