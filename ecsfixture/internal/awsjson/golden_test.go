package awsjson_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

var at = time.UnixMilli(1_700_000_000_120).UTC()

// outputs are answers, by the file that has their JSON.
var outputs = map[string]any{
	"ecs-describetasks-output": &ecs.DescribeTasksOutput{
		Failures: []ecstypes.Failure{{Arn: aws.String("arn:aws:ecs:eu-west-1:123456789012:task/default/gone"), Reason: aws.String("MISSING")}},
		Tasks: []ecstypes.Task{{
			TaskArn:     aws.String("arn:aws:ecs:eu-west-1:123456789012:task/default/1dc5c17a"),
			LastStatus:  aws.String("STOPPED"),
			StopCode:    ecstypes.TaskStopCodeEssentialContainerExited,
			CreatedAt:   &at,
			Attachments: []ecstypes.Attachment{},
			Containers: []ecstypes.Container{{
				Name: aws.String("app"), ExitCode: aws.Int32(0), HealthStatus: ecstypes.HealthStatusUnknown,
				NetworkBindings: []ecstypes.NetworkBinding{{ContainerPort: aws.Int32(80), HostPort: aws.Int32(32768), Protocol: ecstypes.TransportProtocolTcp}},
			}},
			Tags: []ecstypes.Tag{{Key: aws.String("k"), Value: aws.String("")}},
		}},
	},
	"secretsmanager-getsecretvalue-output": &secretsmanager.GetSecretValueOutput{
		ARN: aws.String("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"), Name: aws.String("db"),
		SecretBinary: []byte{0, 1, 254, 255}, VersionStages: []string{"AWSCURRENT"}, CreatedDate: &at,
	},
	"ssm-getparameters-output": &ssm.GetParametersOutput{
		InvalidParameters: []string{"/none"},
		Parameters:        []ssmtypes.Parameter{{Name: aws.String("/db/url"), Type: ssmtypes.ParameterTypeString, Value: aws.String("postgres://<host>&"), Version: 3, LastModifiedDate: &at}},
	},
	"logs-filterlogevents-output": &cloudwatchlogs.FilterLogEventsOutput{
		Events:             []logtypes.FilteredLogEvent{{EventId: aws.String("1"), LogStreamName: aws.String("web/app/1"), Message: aws.String("line\u2028\twith \"quotes\" and \x7f"), Timestamp: aws.Int64(at.UnixMilli())}},
		SearchedLogStreams: []logtypes.SearchedLogStream{},
	},
}

// inputs are requests, by the file that has what the SDK sends for them.
var inputs = map[string]struct {
	service, operation string
	in                 any
}{
	"ecs-runtask-input": {"ecs", "RunTask", &ecs.RunTaskInput{
		TaskDefinition: aws.String("web:1"), Count: aws.Int32(2), ClientToken: aws.String("token"), EnableExecuteCommand: true,
		LaunchType: ecstypes.LaunchTypeFargate,
		NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{
			Subnets: []string{"subnet-1"}, AssignPublicIp: ecstypes.AssignPublicIpDisabled,
		}},
		Overrides: &ecstypes.TaskOverride{ContainerOverrides: []ecstypes.ContainerOverride{{
			Name: aws.String("app"), Command: []string{}, Environment: []ecstypes.KeyValuePair{{Name: aws.String("K"), Value: aws.String("")}},
		}}},
	}},
	"secretsmanager-createsecret-input": {"secretsmanager", "CreateSecret", &secretsmanager.CreateSecretInput{
		Name: aws.String("db"), SecretBinary: []byte{0, 1, 254, 255}, ClientRequestToken: aws.String("token"),
	}},
	"ssm-putparameter-input": {"ssm", "PutParameter", &ssm.PutParameterInput{
		Name: aws.String("/db/url"), Value: aws.String("postgres://<host>&"), Type: ssmtypes.ParameterTypeSecureString, Overwrite: aws.Bool(false),
	}},
	"logs-createloggroup-input": {"logs", "CreateLogGroup", &cloudwatchlogs.CreateLogGroupInput{
		LogGroupName: aws.String("/ecs/web"), Tags: map[string]string{"team": "a", "cost": ""},
	}},
	"logs-putlogevents-input": {"logs", "PutLogEvents", &cloudwatchlogs.PutLogEventsInput{
		LogGroupName: aws.String("g"), LogStreamName: aws.String("s"),
		LogEvents: []logtypes.InputLogEvent{{Message: aws.String("line äöü"), Timestamp: aws.Int64(at.UnixMilli())}},
	}},
}

func TestMarshalWritesTheGoldenOutputs(t *testing.T) {
	for file, out := range outputs {
		t.Run(file, func(t *testing.T) {
			body := awsjson.Marshal(out)
			assert.Equal(t, golden(t, file, body), indented(t, body))
		})
	}
}

func TestUnmarshalReadsTheGoldenInputs(t *testing.T) {
	w := &wire{}
	all := clients(w)
	for file, c := range inputs {
		t.Run(file, func(t *testing.T) {
			named(t, operations(all[c.service]), c.operation).call(t, c.in)
			want := golden(t, file, w.sent)
			assert.JSONEq(t, want, string(w.sent), "the SDK sends it")
			got := reflect.New(reflect.TypeOf(c.in).Elem()).Interface()
			require.NoError(t, awsjson.Unmarshal([]byte(want), got))
			assert.Equal(t, c.in, got)
		})
	}
}

func named(t *testing.T, list []operation, name string) operation {
	t.Helper()
	for _, o := range list {
		if o.name == name {
			return o
		}
	}
	t.Fatalf("there is no operation %s", name)
	return operation{}
}

// golden returns what the file has, after it was written if -update says so.
func golden(t *testing.T, name string, body []byte) string {
	t.Helper()
	file := filepath.Join("testdata", name+".json")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(indented(t, body)), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(want)
}

func indented(t *testing.T, body []byte) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Indent(&b, body, "", "  "))
	return b.String() + "\n"
}
