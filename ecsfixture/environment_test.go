package ecsfixture_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/runtime/simulated"
)

func env(pairs ...string) (list []types.KeyValuePair) {
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		list = append(list, types.KeyValuePair{Name: aws.String(name), Value: aws.String(value)})
	}
	return list
}

// TestEnvironmentPrecedence: an override goes before the definition, that
// before the environment files, and of those the first that has a variable.
func TestEnvironmentPrecedence(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	fx.Files.Put("arn:aws:s3:::config/one.env", []byte("# comment\nA=file one\nB=file one\nC=file one\nQUOTED=\"with quotes\"\n"))
	fx.Files.Put("arn:aws:s3:::config/two.env", []byte("C=file two\nD=file two\n"))
	td := register(t, fx, sh(t, "app", `echo "$A|$B|$C|$D|$E|$QUOTED"; echo "args $*"`, func(d *types.ContainerDefinition) {
		d.Environment = env("A=definition", "B=definition", "E=definition")
		d.EnvironmentFiles = []types.EnvironmentFile{
			{Type: types.EnvironmentFileTypeS3, Value: aws.String("arn:aws:s3:::config/one.env")},
			{Type: types.EnvironmentFileTypeS3, Value: aws.String("arn:aws:s3:::config/two.env")},
		}
	}))
	arn := run(t, fx, td, func(in *ecs.RunTaskInput) {
		in.Overrides = &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String("app"), Environment: env("A=override", "E=override")}}}
	})
	fx.AssertExitCode(t, arn, "app", 0)
	assert.Equal(t, "override|definition|file one|file two|override|\"with quotes\"\nargs \n", fx.Logs.Text(logs.Task(arn)))
}

// TestWhatTheAgentSets goes before the definition where it leads to the agent,
// and behind it elsewhere. Lines of environment files without a value don't
// count.
func TestWhatTheAgentSets(t *testing.T) {
	t.Parallel()
	names := []string{"ECS_CONTAINER_METADATA_URI_V4", "AWS_REGION", "NONE"}
	fx := ecsfixture.Start(t, ecsfixture.WithRuntime(simulated.New(simulated.On(simulated.Any(), simulated.Func(func(_ context.Context, p simulated.Process) int {
		for _, v := range p.Env {
			if slices.Contains(names, v.Name) {
				fmt.Fprintf(p.Stdout, "%s=%s\n", v.Name, v.Value)
			}
		}
		return 0
	})))))
	fx.Files.Put("arn:aws:s3:::config/none.env", []byte("NONE=\n"))
	arn := run(t, fx, registerImage(t, fx, "env", func(d *types.ContainerDefinition) {
		d.Environment = env("ECS_CONTAINER_METADATA_URI_V4=mine", "AWS_REGION=mine")
		d.EnvironmentFiles = []types.EnvironmentFile{{Type: types.EnvironmentFileTypeS3, Value: aws.String("arn:aws:s3:::config/none.env")}}
	}))
	fx.AssertExitCode(t, arn, "app", 0)
	assert.Regexp(t, `^ECS_CONTAINER_METADATA_URI_V4=http://.*/v4/.*\nAWS_REGION=mine\n$`, fx.Logs.Text(logs.Task(arn)))
}

func TestMissingEnvironmentFile(t *testing.T) {
	t.Parallel()
	fx := startSimulated(t)
	td := registerImage(t, fx, "env", func(d *types.ContainerDefinition) {
		d.EnvironmentFiles = []types.EnvironmentFile{{Type: types.EnvironmentFileTypeS3, Value: aws.String("arn:aws:s3:::none/x.env")}}
	})
	task := fx.WaitTaskStopped(t, run(t, fx, td))
	assert.Equal(t, types.TaskStopCodeTaskFailedToStart, task.StopCode)
	assert.Contains(t, *task.StoppedReason, "ResourceInitializationError: failed to download env files: NoSuchKey: arn:aws:s3:::none/x.env")
}

// TestOverrides are in the reply, and in force.
func TestOverrides(t *testing.T) {
	t.Parallel()
	fx := ecsfixture.Start(t)
	td := register(t, fx, sh(t, "app", "exit 9"), sh(t, "other", "exit 0", sidecar))
	out, err := fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String(td),
		Overrides: &types.TaskOverride{
			Cpu: aws.String("512"), Memory: aws.String("256"),
			ContainerOverrides: []types.ContainerOverride{{
				Name: aws.String("app"), Command: []string{"cat /sys/fs/cgroup/memory.max || cat /sys/fs/cgroup/memory/memory.limit_in_bytes"},
				Cpu: aws.Int32(128), Memory: aws.Int32(32), Environment: env("X=y"),
			}},
		},
	})
	require.NoError(t, err)
	task := out.Tasks[0]
	assert.Equal(t, "512", *task.Cpu)
	assert.Equal(t, "256", *task.Memory)
	assert.Equal(t, "128", *task.Containers[0].Cpu)
	assert.Equal(t, "32", *task.Containers[0].Memory)
	assert.Equal(t, "64", *task.Containers[1].Memory)
	require.Len(t, task.Overrides.ContainerOverrides, 2, "each container is there by name")
	assert.Equal(t, env("X=y"), task.Overrides.ContainerOverrides[0].Environment)
	assert.Equal(t, "other", *task.Overrides.ContainerOverrides[1].Name)
	fx.AssertExitCode(t, *task.TaskArn, "app", 0)
	assert.Equal(t, "33554432\n", fx.Logs.Text(logs.Container("app"), logs.Match(`^\d`)))

	_, err = fx.ECS.RunTask(t.Context(), &ecs.RunTaskInput{
		TaskDefinition: aws.String(td),
		Overrides:      &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{Name: aws.String("nobody")}}},
	})
	var typed *types.InvalidParameterException
	require.ErrorAs(t, err, &typed)
	assert.Equal(t, "Override for container named nobody is not a container in the TaskDefinition.", *typed.Message)
}
