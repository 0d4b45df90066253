package awsjson_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

func TestMarshalWritesZerosThatCantBeAbsent(t *testing.T) {
	out := &ecs.DescribeServicesOutput{
		Failures: []types.Failure{},
		Services: []types.Service{{
			ServiceName: aws.String("web <&>"),
			CreatedAt:   aws.Time(time.UnixMilli(1700000000120)),
		}},
	}
	assert.JSONEq(t, `{"failures":[],"services":[{"serviceName":"web <&>","createdAt":1700000000.120,
		"desiredCount":0,"runningCount":0,"pendingCount":0,"enableECSManagedTags":false,"enableExecuteCommand":false}]}`,
		string(awsjson.Marshal(out)))
	assert.Contains(t, string(awsjson.Marshal(out)), "1700000000.120", "three decimals, as ECS sends them")
}

func TestUnmarshalReadsNestedInput(t *testing.T) {
	var in ecs.RunTaskInput
	require.NoError(t, awsjson.Unmarshal([]byte(`{"taskDefinition":"web:1","count":2,"unknown":{"a":[1]},"group":null,
		"overrides":{"containerOverrides":[{"name":"app","cpu":10,"command":["a","b"],"environment":[{"name":"K","value":"V"}]}]},
		"tags":[{"key":"k","value":"v"}]}`), &in))
	assert.Equal(t, ecs.RunTaskInput{
		TaskDefinition: aws.String("web:1"), Count: aws.Int32(2),
		Overrides: &types.TaskOverride{ContainerOverrides: []types.ContainerOverride{{
			Name: aws.String("app"), Cpu: aws.Int32(10), Command: []string{"a", "b"},
			Environment: []types.KeyValuePair{{Name: aws.String("K"), Value: aws.String("V")}},
		}}},
		Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}, in)
}
