package terraform

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTaskExecution: the data source aws_ecs_task_execution sends zeros and
// empty texts for the overrides that its configuration doesn't have.
func TestTaskExecution(t *testing.T) {
	t.Parallel()
	p := newProvider(t)
	td, err := p.RegisterTaskDefinition(t.Context(), &ecs.RegisterTaskDefinitionInput{
		Family: aws.String("job"), TaskRoleArn: aws.String("arn:aws:iam::000000000000:role/job"), Cpu: aws.String("256"),
		ContainerDefinitions: []types.ContainerDefinition{{
			Name: aws.String("app"), Image: aws.String("app"), Cpu: 128, Memory: aws.Int32(64), MemoryReservation: aws.Int32(32),
		}},
	})
	require.NoError(t, err)
	out, err := p.RunTask(t.Context(), &ecs.RunTaskInput{
		Cluster: aws.String("default"), TaskDefinition: td.TaskDefinition.TaskDefinitionArn, Count: aws.Int32(1),
		LaunchType: types.LaunchTypeEc2, StartedBy: aws.String("terraform"),
		Overrides: &types.TaskOverride{
			Cpu: aws.String(""), Memory: aws.String(""), ExecutionRoleArn: aws.String(""), TaskRoleArn: aws.String(""),
			ContainerOverrides: []types.ContainerOverride{{
				Name: aws.String("app"), Command: []string{"migrate"}, Cpu: aws.Int32(0), Memory: aws.Int32(0), MemoryReservation: aws.Int32(0),
			}},
		},
	})
	require.NoError(t, err)
	task := p.fx.WaitTaskRunning(t, *out.Tasks[0].TaskArn)
	assert.Equal(t, "256", *task.Cpu)
	assert.Nil(t, task.Overrides.Cpu)
	assert.Nil(t, task.Overrides.TaskRoleArn)
	assert.Equal(t, []types.ContainerOverride{{Name: aws.String("app"), Command: []string{"migrate"}}}, task.Overrides.ContainerOverrides)
	c := task.Containers[0]
	assert.Equal(t, []string{"128", "64", "32"}, []string{*c.Cpu, *c.Memory, *c.MemoryReservation})
}
