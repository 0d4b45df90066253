package main_test

import (
	"testing"

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

// runTask runs the application with a task role.
func runTask(t *testing.T, fx *ecsfixture.Fixture, image string, mode types.NetworkMode) (arn string) {
	t.Helper()
	td, err := fx.ECS.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("aware"), NetworkMode: mode, TaskRoleArn: aws.String("arn:aws:iam::000000000000:role/app"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String(image), Memory: aws.Int32(64),
			Environment: []types.KeyValuePair{{Name: aws.String("SECRET"), Value: aws.String("password")}},
		}},
	})
	require.NoError(t, err)
	in := &ecs.RunTaskInput{TaskDefinition: td.TaskDefinition.TaskDefinitionArn}
	if mode == types.NetworkModeAwsvpc {
		in.NetworkConfiguration = &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}}
	}
	out, err := fx.ECS.RunTask(t.Context(), in)
	require.NoError(t, err)
	return *out.Tasks[0].TaskArn
}
