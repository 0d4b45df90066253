package ecsfixture_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

// startSimulated starts a fixture with a few scripted images.
func startSimulated(t testing.TB, opts ...ecsfixture.Option) *ecsfixture.Fixture {
	t.Helper()
	rt := simulated.New(
		simulated.On(simulated.Image("typo"), simulated.FailPull("manifest unknown")),
		simulated.On(simulated.Image("fails"), simulated.PrintErr("no disk"), simulated.Exit(3)),
		simulated.On(simulated.Image("batch"), simulated.Print("began"), simulated.RunFor(time.Hour), simulated.Print("done"), simulated.Exit(0)),
		simulated.On(simulated.Image("env"), simulated.Func(func(_ context.Context, p simulated.Process) int {
			for _, v := range p.Env {
				if strings.HasPrefix(v.Name, "AWS_") || strings.HasPrefix(v.Name, "ECS_") {
					continue // of the agent
				}
				fmt.Fprintf(p.Stdout, "%s=%s\n", v.Name, v.Value)
			}
			return 0
		})))
	return ecsfixture.Start(t, append([]ecsfixture.Option{ecsfixture.WithRuntime(rt)}, opts...)...)
}

// registerImage registers a container named app.
func registerImage(t testing.TB, fx *ecsfixture.Fixture, image string, change ...func(*types.ContainerDefinition)) string {
	t.Helper()
	d := types.ContainerDefinition{Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64)}
	for _, f := range change {
		f(&d)
	}
	return register(t, fx, d)
}

// TestCredentialsOfARole says who calls with them, and that they expire an hour
// after the role was assumed.
func TestCredentialsOfARole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		out, err := sts.NewFromConfig(fx.Config).AssumeRole(t.Context(), &sts.AssumeRoleInput{
			RoleArn: aws.String("arn:aws:iam::000000000000:role/app"), RoleSessionName: aws.String("me"),
		})
		require.NoError(t, err)
		cfg := fx.Config.Copy()
		cfg.Credentials = credentials.NewStaticCredentialsProvider(*out.Credentials.AccessKeyId, "secret", "token")
		time.Sleep(time.Hour - time.Second)
		in := &ecs.RegisterTaskDefinitionInput{Family: aws.String("f"), ContainerDefinitions: []types.ContainerDefinition{
			{Name: aws.String("app"), Image: aws.String("app"), Memory: aws.Int32(64)},
		}}
		td, err := ecs.NewFromConfig(cfg).RegisterTaskDefinition(t.Context(), in)
		require.NoError(t, err)
		assert.Equal(t, "arn:aws:sts::000000000000:assumed-role/app/me", *td.TaskDefinition.RegisteredBy)
		time.Sleep(2 * time.Second)
		_, err = ecs.NewFromConfig(cfg).ListClusters(t.Context(), nil)
		var expired smithy.APIError
		require.ErrorAs(t, err, &expired)
		assert.Equal(t, "ExpiredTokenException", expired.ErrorCode())
		_, err = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
		require.ErrorAs(t, err, &expired)
		assert.Equal(t, "ExpiredToken", expired.ErrorCode())
	})
}

// TestVirtualTime lives through an hour with the SDK's waiters at their
// default delays.
func TestVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		arn := run(t, fx, registerImage(t, fx, "batch"))
		in := &ecs.DescribeTasksInput{Tasks: []string{arn}}
		require.NoError(t, ecs.NewTasksRunningWaiter(fx.ECS).Wait(t.Context(), in, time.Minute))
		began := time.Now()
		require.NoError(t, ecs.NewTasksStoppedWaiter(fx.ECS).Wait(t.Context(), in, 2*time.Hour))
		assert.InDelta(t, time.Hour.Seconds(), time.Since(began).Seconds(), 1)
		fx.AssertExitCode(t, arn, "app", 0)
		assert.Equal(t, "began\ndone\n", fx.Logs.Text(logs.Task(arn)))
	})
}

func TestVirtualTimeOfWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t, ecsfixture.WithTimeout(2*time.Hour))
		arn := run(t, fx, registerImage(t, fx, "batch"))
		fx.WaitTaskRunning(t, arn)
		_, err := fx.ECS.StopTask(t.Context(), &ecs.StopTaskInput{Task: aws.String(arn), Reason: aws.String("enough")})
		require.NoError(t, err)
		task := fx.WaitTaskStopped(t, arn)
		assert.Equal(t, types.TaskStopCodeUserInitiated, task.StopCode)
		assert.Equal(t, "enough", *task.StoppedReason)
		assert.Equal(t, int32(143), *task.Containers[0].ExitCode)
	})
}

// TestBubbleLeavesNothing closes a fixture with live tasks in a bubble, which
// ends only when all its goroutines have.
func TestBubbleLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fx := startSimulated(t)
		fx.WaitTaskRunning(t, run(t, fx, registerImage(t, fx, "batch"), func(in *ecs.RunTaskInput) { in.Count = aws.Int32(10) }))
	})
}
