package main_test

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

// TestApplicationFindsItsRole runs the application in each network mode. It
// is built without a registry and believes that it is on ECS.
func TestApplicationFindsItsRole(t *testing.T) {
	t.Parallel()
	image := ecsfixture.BuildGoImage(t, ".", "ecsfixture-example-aware")
	for _, mode := range []types.NetworkMode{types.NetworkModeBridge, types.NetworkModeAwsvpc, types.NetworkModeHost} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			fx := ecsfixture.Start(t)
			fx.Secrets.Put("password", "hunter2")
			arn := runTask(t, fx, image, mode)
			fx.AssertExitCode(t, arn, "app", 0)
			text := fx.Logs.Text(logs.Task(arn))
			assert.Contains(t, text, "I am arn:aws:sts::000000000000:assumed-role/app/"+arn[len(arn)-32:]+"\n")
			assert.Contains(t, text, "the secret has 7 letters\n")
			assert.Contains(t, text, "my task is "+arn+" of aware on EC2\n")
			assert.Contains(t, text, "protection: ")
		})
	}
}

// TestApplicationProtectsItself as the task of a service.
func TestApplicationProtectsItself(t *testing.T) {
	t.Parallel()
	image := ecsfixture.BuildGoImage(t, ".", "ecsfixture-example-aware")
	for _, mode := range []types.NetworkMode{types.NetworkModeBridge, types.NetworkModeAwsvpc, types.NetworkModeHost} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			fx := ecsfixture.Start(t)
			fx.Secrets.Put("password", "hunter2")
			_, err := fx.ECS.CreateService(t.Context(), &ecs.CreateServiceInput{
				ServiceName: aws.String("aware"), TaskDefinition: register(t, fx, image, mode, "stay"),
				DesiredCount: aws.Int32(1), NetworkConfiguration: network(mode),
			})
			require.NoError(t, err)
			fx.Logs.WaitFor(t, logs.Contains("protection: "))
			out, err := fx.ECS.GetTaskProtection(t.Context(), &ecs.GetTaskProtectionInput{Cluster: aws.String("default")})
			require.NoError(t, err)
			require.Len(t, out.ProtectedTasks, 1, fx.Logs.Text())
			assert.True(t, out.ProtectedTasks[0].ProtectionEnabled, fx.Logs.Text())
			assert.WithinDuration(t, time.Now().Add(time.Hour), *out.ProtectedTasks[0].ExpirationDate, time.Minute)
		})
	}
}

// runTask runs the application with a task role.
func runTask(t *testing.T, fx *ecsfixture.Fixture, image string, mode types.NetworkMode) (arn string) {
	t.Helper()
	out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: register(t, fx, image, mode), NetworkConfiguration: network(mode),
	})
	require.NoError(t, err)
	return *out.Tasks[0].TaskArn
}

func register(t *testing.T, fx *ecsfixture.Fixture, image string, mode types.NetworkMode, args ...string) *string {
	t.Helper()
	td, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("aware"), NetworkMode: mode, TaskRoleArn: aws.String("arn:aws:iam::000000000000:role/app"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64), Command: args,
			Environment: []types.KeyValuePair{{Name: aws.String("SECRET"), Value: aws.String("password")}},
		}},
	})
	require.NoError(t, err)
	return td.TaskDefinition.TaskDefinitionArn
}

// network is what awsvpc mode needs.
func network(mode types.NetworkMode) *types.NetworkConfiguration {
	if mode != types.NetworkModeAwsvpc {
		return nil
	}
	return &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
}
