package awsjson_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// client returns an unmodified SDK client of h.
func client(t *testing.T, h http.Handler) *ecs.Client {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return ecs.New(ecs.Options{
		BaseEndpoint:     &server.URL,
		Region:           "ap-southeast-2",
		Credentials:      credentials.NewStaticCredentialsProvider("123456789012", "secret", ""),
		RetryMaxAttempts: 1,
	})
}

func TestCallerOfTheSDK(t *testing.T) {
	f := &fake{}
	_, err := client(t, f.handler()).RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String("web")})
	require.NoError(t, err)
	assert.NotEmpty(t, f.caller.RequestID)
	f.caller.RequestID = ""
	assert.Equal(t, awsjson.Caller{AccessKey: "123456789012", Account: "123456789012", Region: "ap-southeast-2", Service: "ecs"}, f.caller)
}

func TestTheSDKsWaitersSayThatTheyWait(t *testing.T) {
	f := &fake{err: &types.ClientException{}} // ends the wait
	waiter := ecs.NewTasksStoppedWaiter(client(t, f.handler()))
	err := waiter.Wait(t.Context(), &ecs.DescribeTasksInput{Tasks: []string{"1dc5c17a"}}, time.Minute)
	require.ErrorContains(t, err, "ClientException")
	assert.True(t, f.caller.Waiter)
}

func TestCallerOfHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		authorization, agent string
		want                 awsjson.Caller
	}{
		"nothing":   {"", "", awsjson.Caller{}},
		"not SigV4": {"Bearer abc", "", awsjson.Caller{}},
		"SigV4": {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0", "",
			awsjson.Caller{AccessKey: "AKIDEXAMPLE", Region: "us-east-1", Service: "secretsmanager"}},
		"account": {"AWS4-HMAC-SHA256 SignedHeaders=host,Credential=210987654321/20260102/us-east-1/ecs/aws4_request,Signature=0", "",
			awsjson.Caller{AccessKey: "210987654321", Account: "210987654321", Region: "us-east-1", Service: "ecs"}},
		"other date": {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/today/us-east-1/ecs/aws4_request", "", awsjson.Caller{}},
		"botocore waiter": {"", "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11.7 md/pyimpl#CPython m/e,b,Z,B,D cfg/retry-mode#legacy Botocore/1.43.11",
			awsjson.Caller{Waiter: true}},
		"botocore": {"", "Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 lang/python#3.12.4 m/b,Z,D cfg/retry-mode#legacy Botocore/1.43.11",
			awsjson.Caller{}},
		"only a waiter":  {"", "aws-sdk-go-v2/1.48.0 m/B", awsjson.Caller{Waiter: true}},
		"not a feature":  {"", "x/m/B m/ m/BB m/b B m", awsjson.Caller{}},
		"another's word": {"", "app/m#B md/B", awsjson.Caller{}},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Header.Set("Authorization", c.authorization)
		r.Header.Set("User-Agent", c.agent)
		assert.Equal(t, c.want, awsjson.CallerOf(r), name)
	}
}

func TestAWaiterMayGiveItsName(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set(awsjson.WaiterHeader, "TasksStopped")
	assert.Equal(t, awsjson.Caller{WaitsFor: "TasksStopped"}, awsjson.CallerOf(r))
}

func TestAContextWithoutCaller(t *testing.T) {
	assert.Zero(t, awsjson.CallerFrom(t.Context()))
	c := awsjson.Caller{Region: "eu-west-1"}
	assert.Equal(t, c, awsjson.CallerFrom(awsjson.WithCaller(t.Context(), c)))
}
