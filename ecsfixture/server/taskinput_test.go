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

// TestARNsOfOtherPlaces find nothing here, though the names are known.
func TestARNsOfOtherPlaces(t *testing.T) {
	inWorld(t, func(w *world) {
		task := w.run(types.NetworkModeBridge, container("app"))
		for from, to := range map[string]string{"us-east-1": "eu-west-1", "000000000000": "111111111111"} {
			there := func(resource string) *string {
				return aws.String(strings.Replace("arn:aws:ecs:us-east-1:000000000000:"+resource, from, to, 1))
			}
			_, err := w.ListTasks(w.Context(), &ecs.ListTasksInput{Cluster: there("cluster/default")})
			assert.Equal(w, "ClusterNotFoundException", code(t, err))
			_, err = w.RunTask(w.Context(), &ecs.RunTaskInput{TaskDefinition: there("task-definition/life:1")})
			assert.Equal(w, "ClientException", code(t, err))
			_, err = w.TagResource(w.Context(), &ecs.TagResourceInput{
				ResourceArn: there("cluster/default"), Tags: []types.Tag{{Key: aws.String("k")}},
			})
			assert.Equal(w, "InvalidParameterException", code(t, err))
			other := strings.Replace(task, from, to, 1)
			out, err := w.DescribeTasks(w.Context(), &ecs.DescribeTasksInput{Tasks: []string{other}})
			require.NoError(w, err)
			require.Len(w, out.Failures, 1)
			assert.Equal(w, other, *out.Failures[0].Arn)
		}
	})
}

func TestAnEmptyStrategyIsNone(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.register(types.NetworkModeBridge, container("app"))
		out, err := w.RunTask(w.Context(), &ecs.RunTaskInput{
			TaskDefinition: &td, LaunchType: types.LaunchTypeEc2, CapacityProviderStrategy: []types.CapacityProviderStrategyItem{},
		})
		require.NoError(w, err)
		assert.Len(w, out.Tasks, 1)
	})
}

func TestStopTaskDeletesTags(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.register(types.NetworkModeBridge, container("app"))
		run, err := w.RunTask(w.Context(), &ecs.RunTaskInput{
			TaskDefinition: &td, Count: aws.Int32(2), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
		})
		require.NoError(w, err)
		arns := []string{*run.Tasks[0].TaskArn, *run.Tasks[1].TaskArn}
		w.stop(arns[0], "")
		out, err := w.DescribeTasks(w.Context(), &ecs.DescribeTasksInput{Tasks: arns, Include: []types.TaskField{types.TaskFieldTags}})
		require.NoError(w, err)
		assert.Empty(w, out.Tasks[0].Tags)
		assert.Len(w, out.Tasks[1].Tags, 1)
	})
}

func TestPlatformVersions(t *testing.T) {
	inWorld(t, func(w *world) {
		td := w.fargate()
		roomy := func(in *ecs.RunTaskInput) {
			in.Overrides = &types.TaskOverride{EphemeralStorage: &types.EphemeralStorage{SizeInGiB: 30}}
		}
		plain := func(*ecs.RunTaskInput) {}
		for _, c := range []struct {
			version string
			launch  types.LaunchType
			change  func(*ecs.RunTaskInput)
			code    string
		}{
			{"LATEST", types.LaunchTypeFargate, roomy, ""},
			{"1.4.0", types.LaunchTypeFargate, roomy, ""},
			{"1.3.0", types.LaunchTypeFargate, plain, ""},
			{"1.3.0", types.LaunchTypeFargate, roomy, "PlatformTaskDefinitionIncompatibilityException"},
			{"9.9.9", types.LaunchTypeFargate, plain, "PlatformUnknownException"},
			{"LATEST", types.LaunchTypeEc2, plain, "InvalidParameterException"},
		} {
			in := &ecs.RunTaskInput{
				TaskDefinition: &td, LaunchType: c.launch, PlatformVersion: &c.version,
				NetworkConfiguration: &types.NetworkConfiguration{AwsvpcConfiguration: &types.AwsVpcConfiguration{Subnets: []string{"subnet-1"}}},
			}
			c.change(in)
			_, err := w.RunTask(w.Context(), in)
			if c.code == "" {
				assert.NoError(w, err, "%v", c)
				continue
			}
			assert.Equal(w, c.code, code(t, err), "%v", c)
		}
	})
}
