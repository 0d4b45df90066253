package server_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReasonsAreCountedInCharacters(t *testing.T) {
	inWorld(t, func(w *world) {
		arn := w.run(types.NetworkModeBridge, container("app"))
		_, err := w.StopTask(w.Context(), &ecs.StopTaskInput{Task: &arn, Reason: aws.String(strings.Repeat("ü", 1025))})
		assert.Equal(w, "InvalidParameterException", code(t, err))
		w.stop(arn, strings.Repeat("ü", 1024))
	})
}

func TestOverridesAreCountedInCharactersOfTheirJSON(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.register(types.NetworkModeBridge, container("app"))
		const around = len(`{"containerOverrides":[{"environment":[{"name":"A","value":""}],"name":"app"}]}`)
		run := func(value string) error {
			_, err := w.RunTask(w.Context(), &ecs.RunTaskInput{TaskDefinition: &td, Overrides: &types.TaskOverride{
				ContainerOverrides: []types.ContainerOverride{{
					Name: aws.String("app"), Environment: []types.KeyValuePair{{Name: aws.String("A"), Value: &value}},
				}},
			}})
			return err
		}
		require.NoError(w, run(strings.Repeat("ü", 8192-around)))
		assert.Equal(w, "InvalidParameterException", code(t, run(strings.Repeat("ü", 8193-around))))
	})
}

func TestFailuresHaveTheARNThatWasGiven(t *testing.T) {
	inWorld(t, func(w *world) {
		const other = "arn:aws:ecs:us-east-1:000000000000:task/other/0123456789abcdef0123456789abcdef"
		out, err := w.DescribeTasks(w.Context(), &ecs.DescribeTasksInput{Tasks: []string{other, "0"}})
		require.NoError(w, err)
		assert.Equal(w, other, *out.Failures[0].Arn)
		assert.Equal(w, "arn:aws:ecs:us-east-1:000000000000:task/default/0", *out.Failures[1].Arn)
	})
}

func TestTaskQueriesRefuseWhatNoEnumHas(t *testing.T) {
	inWorld(t, func(w *world) {
		_, err := w.DescribeTasks(w.Context(), &ecs.DescribeTasksInput{Tasks: []string{"0"}, Include: []types.TaskField{"TAG"}})
		assert.Equal(w, "InvalidParameterException", code(t, err))
		_, err = w.ListTasks(w.Context(), &ecs.ListTasksInput{LaunchType: "EC3"})
		assert.Equal(w, "InvalidParameterException", code(t, err))
	})
}
