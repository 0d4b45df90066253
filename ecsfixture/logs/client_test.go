package logs_test

import (
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
	"github.com/ecsfixture/ecsfixture-go/ecsfixture/logs"
)

const (
	account = "123456789012"
	region  = "eu-west-1"
)

// serve returns a fake and an unmodified SDK client of it.
func serve(t *testing.T) (*logs.CloudWatch, *cloudwatchlogs.Client) {
	t.Helper()
	fake := logs.NewCloudWatch(account, region)
	server := httptest.NewServer(&awsjson.Handler{Services: func(c awsjson.Caller) []*awsjson.Service {
		return []*awsjson.Service{fake.In(c.Region).API()}
	}})
	t.Cleanup(server.Close)
	return fake, cloudwatchlogs.New(cloudwatchlogs.Options{
		BaseEndpoint:     &server.URL,
		Region:           region,
		Credentials:      credentials.NewStaticCredentialsProvider(account, "secret", ""),
		RetryMaxAttempts: 1,
	})
}

// withGroup returns a client of a fake that has the log group g with the
// streams.
func withGroup(t *testing.T, streams ...string) *cloudwatchlogs.Client {
	t.Helper()
	_, client := serve(t)
	createGroup(t, client, "g")
	for _, s := range streams {
		createStream(t, client, "g", s)
	}
	return client
}

func createGroup(t *testing.T, client *cloudwatchlogs.Client, name string) {
	t.Helper()
	_, err := client.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: &name})
	require.NoError(t, err)
}

func createStream(t *testing.T, client *cloudwatchlogs.Client, group, name string) {
	t.Helper()
	_, err := client.CreateLogStream(t.Context(), &cloudwatchlogs.CreateLogStreamInput{LogGroupName: &group, LogStreamName: &name})
	require.NoError(t, err)
}

// put writes messages at base, base+1, … ms into a stream of g.
func put(t *testing.T, client *cloudwatchlogs.Client, stream string, base int64, messages ...string) {
	t.Helper()
	in := &cloudwatchlogs.PutLogEventsInput{LogGroupName: aws.String("g"), LogStreamName: &stream}
	for i, m := range messages {
		in.LogEvents = append(in.LogEvents, types.InputLogEvent{Message: aws.String(m), Timestamp: aws.Int64(base + int64(i))})
	}
	out, err := client.PutLogEvents(t.Context(), in)
	require.NoError(t, err)
	require.Nil(t, out.RejectedLogEventsInfo)
}

// fails asserts on the code and the message of an API error.
func fails(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	require.ErrorAs(t, err, &api)
	assert.Equal(t, code, api.ErrorCode())
	assert.Contains(t, api.ErrorMessage(), message)
}

const (
	invalidParameter = "InvalidParameterException"
	alreadyExists    = "ResourceAlreadyExistsException"
	resourceNotFound = "ResourceNotFoundException"
	unsupported      = "UnsupportedOperationException"
)
