package awsjson_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// fake carries out a few operations of four services: each answers with err
// or with an empty output.
type fake struct {
	err    error
	panics bool
	caller awsjson.Caller // of the last call
	in     any            // its input
}

func answer[In, Out any](f *fake, ctx context.Context, in *In) (*Out, error) {
	f.caller, f.in = awsjson.CallerFrom(ctx), in
	if f.panics {
		panic("a bug")
	}
	if f.err != nil {
		return nil, f.err
	}
	return new(Out), nil
}

func (f *fake) CreateSecret(ctx context.Context, in *secretsmanager.CreateSecretInput) (*secretsmanager.CreateSecretOutput, error) {
	return answer[secretsmanager.CreateSecretInput, secretsmanager.CreateSecretOutput](f, ctx, in)
}

func (f *fake) DescribeTasks(ctx context.Context, in *ecs.DescribeTasksInput) (*ecs.DescribeTasksOutput, error) {
	return answer[ecs.DescribeTasksInput, ecs.DescribeTasksOutput](f, ctx, in)
}

func (f *fake) GetInventory(ctx context.Context, in *ssm.GetInventoryInput) (*ssm.GetInventoryOutput, error) {
	return answer[ssm.GetInventoryInput, ssm.GetInventoryOutput](f, ctx, in)
}

func (f *fake) ListServiceDeployments(ctx context.Context, in *ecs.ListServiceDeploymentsInput) (*ecs.ListServiceDeploymentsOutput, error) {
	return answer[ecs.ListServiceDeploymentsInput, ecs.ListServiceDeploymentsOutput](f, ctx, in)
}

func (f *fake) PutLogEvents(ctx context.Context, in *cloudwatchlogs.PutLogEventsInput) (*cloudwatchlogs.PutLogEventsOutput, error) {
	return answer[cloudwatchlogs.PutLogEventsInput, cloudwatchlogs.PutLogEventsOutput](f, ctx, in)
}

func (f *fake) RegisterTaskDefinition(ctx context.Context, in *ecs.RegisterTaskDefinitionInput) (*ecs.RegisterTaskDefinitionOutput, error) {
	return answer[ecs.RegisterTaskDefinitionInput, ecs.RegisterTaskDefinitionOutput](f, ctx, in)
}

func (f *fake) RunTask(ctx context.Context, in *ecs.RunTaskInput) (*ecs.RunTaskOutput, error) {
	return answer[ecs.RunTaskInput, ecs.RunTaskOutput](f, ctx, in)
}

func (f *fake) UpdateService(ctx context.Context, in *ecs.UpdateServiceInput) (*ecs.UpdateServiceOutput, error) {
	return answer[ecs.UpdateServiceInput, ecs.UpdateServiceOutput](f, ctx, in)
}

const ecsTarget = "AmazonEC2ContainerServiceV20141113"

func (f *fake) services(awsjson.Caller) []*awsjson.Service {
	return []*awsjson.Service{
		awsjson.API[*fake]{Name: "ecs", Target: ecsTarget, Operations: []awsjson.Operation[*fake]{
			awsjson.Op("DescribeTasks", (*fake).DescribeTasks),
			awsjson.Op("ListServiceDeployments", (*fake).ListServiceDeployments),
			awsjson.Op("RegisterTaskDefinition", (*fake).RegisterTaskDefinition),
			awsjson.Op("RunTask", (*fake).RunTask),
			awsjson.Op("UpdateService", (*fake).UpdateService),
		}, Unsupported: func(operation string) error {
			if operation != "StartTask" {
				return nil
			}
			return &smithy.GenericAPIError{Code: "UnsupportedOperation", Message: "no StartTask here", Fault: smithy.FaultClient}
		}}.Bind(f),
		awsjson.API[*fake]{Name: "secretsmanager", Target: "secretsmanager", Operations: []awsjson.Operation[*fake]{
			awsjson.Op("CreateSecret", (*fake).CreateSecret),
		}}.Bind(f),
		awsjson.API[*fake]{Name: "ssm", Target: "AmazonSSM", Operations: []awsjson.Operation[*fake]{
			awsjson.Op("GetInventory", (*fake).GetInventory),
		}}.Bind(f),
		awsjson.API[*fake]{Name: "logs", Target: "Logs_20140328", Operations: []awsjson.Operation[*fake]{
			awsjson.Op("PutLogEvents", (*fake).PutLogEvents),
		}}.Bind(f),
	}
}

func (f *fake) handler() *awsjson.Handler { return &awsjson.Handler{Services: f.services} }

// request is a request signed for ecs.
func request(target, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0")
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// fails asserts that w has an error, and what clients look for in it.
func fails(t *testing.T, w *httptest.ResponseRecorder, status int, code, message string) {
	t.Helper()
	var got struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
	assert.Equal(t, status, w.Code)
	assert.Equal(t, code, got.Type)
	assert.Equal(t, code, w.Header().Get("X-Amzn-Errortype"))
	assert.Contains(t, got.Message, message)
	hasHeaders(t, w)
}

func hasHeaders(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	assert.Equal(t, "application/x-amz-json-1.1", w.Header().Get("Content-Type"))
	assert.Equal(t, strconv.Itoa(w.Body.Len()), w.Header().Get("Content-Length"))
	assert.Regexp(t, `^[0-9a-f-]{36}$`, w.Header().Get("X-Amzn-Requestid"))
}

func TestAnswersHaveWhatClientsLookFor(t *testing.T) {
	f := &fake{}
	w := serve(f.handler(), request(ecsTarget+".RunTask", `{"count":1}`))
	assert.Equal(t, http.StatusOK, w.Code)
	assert.JSONEq(t, `{}`, w.Body.String())
	hasHeaders(t, w)
	assert.Empty(t, w.Header().Get("X-Amzn-Errortype"))
	assert.Equal(t, &ecs.RunTaskInput{Count: aws.Int32(1)}, f.in)
	assert.Equal(t, w.Header().Get("X-Amzn-Requestid"), f.caller.RequestID)
}

func TestRequestsThatNameNothing(t *testing.T) {
	for name, c := range map[string]struct{ target, code, message string }{
		"operation":     {ecsTarget + ".Nothing", "UnknownOperationException", `no operation "Nothing" in ecs`},
		"no operation":  {ecsTarget + ".", "UnknownOperationException", `no operation "" in ecs`},
		"other case":    {ecsTarget + ".runTask", "UnknownOperationException", `no operation "runTask"`},
		"more dots":     {ecsTarget + ".RunTask.RunTask", "UnknownOperationException", "no operation"},
		"other service": {ecsTarget + ".CreateSecret", "UnknownOperationException", "no operation"},
		"no service":    {"AmazonSQS.SendMessage", "UnknownOperationException", `"AmazonSQS.SendMessage" names no service`},
		"unsupported":   {ecsTarget + ".StartTask", "UnsupportedOperation", "no StartTask here"},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, serve((&fake{}).handler(), request(c.target, `{}`)), http.StatusBadRequest, c.code, c.message)
		})
	}
}

func TestWithoutPrefixTheSignatureNamesTheService(t *testing.T) {
	f := &fake{}
	assert.Equal(t, http.StatusOK, serve(f.handler(), request("RunTask", `{}`)).Code)
	fails(t, serve(f.handler(), request("", `{}`)), http.StatusBadRequest, "UnknownOperationException", `no operation "" in ecs`)
	unsigned := request("RunTask", `{}`)
	unsigned.Header.Del("Authorization")
	fails(t, serve(f.handler(), unsigned), http.StatusBadRequest, "UnknownOperationException", "names no service")
}

func TestOtherRequestsGoElsewhere(t *testing.T) {
	h := (&fake{}).handler()
	h.Other = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	form := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("Action=GetCallerIdentity"))
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	assert.Equal(t, http.StatusTeapot, serve(h, form).Code)
	assert.Equal(t, http.StatusTeapot, serve(h, httptest.NewRequest(http.MethodGet, "/v4", nil)).Code)
	assert.Equal(t, http.StatusBadRequest, serve(h, request("", `{}`)).Code, "aws-json without a target is not other")
}

func TestOnlyPost(t *testing.T) {
	r := request(ecsTarget+".RunTask", `{}`)
	r.Method = http.MethodPut
	fails(t, serve((&fake{}).handler(), r), http.StatusBadRequest, "UnknownOperationException", "are POST, not PUT")
}

func TestBodiesThatCantBeRead(t *testing.T) {
	for name, c := range map[string]struct{ target, body, message string }{
		"not JSON":      {"RunTask", `{`, "unexpected EOF"},
		"text":          {"RunTask", `hello`, "invalid character"},
		"two":           {"RunTask", `{} {}`, "data after the JSON object"},
		"list":          {"RunTask", `[]`, "not a JSON object"},
		"null":          {"RunTask", `null`, "not a JSON object"},
		"deep":          {"RunTask", strings.Repeat(`[`, 100_000), "exceeded max depth"},
		"string":        {"RunTask", `{"group":1}`, "group: a number can not be converted to a string"},
		"enum":          {"RunTask", `{"launchType":true}`, "launchType: a boolean can not be converted to a string"},
		"bool":          {"RunTask", `{"enableECSManagedTags":"true"}`, "enableECSManagedTags: a string can not be converted to a boolean"},
		"integer":       {"RunTask", `{"count":"2"}`, "count: a string can not be converted to an integer"},
		"fraction":      {"RunTask", `{"count":1.5}`, "count: 1.5 is not an integer"},
		"overflow":      {"RunTask", `{"count":2147483648}`, "count: 2147483648 is not an integer of int32"},
		"list member":   {"RunTask", `{"tags":{}}`, "tags: an object can not be converted to a list"},
		"element":       {"DescribeTasks", `{"tasks":["a",["b"]]}`, "tasks: a list can not be converted to a string"},
		"structure":     {"RunTask", `{"overrides":"x"}`, "overrides: a string can not be converted to an object"},
		"nested":        {"RunTask", `{"overrides":{"containerOverrides":[{"cpu":"1"}]}}`, "cpu: a string can not be converted to an integer"},
		"map":           {"RegisterTaskDefinition", `{"containerDefinitions":[{"dockerLabels":[]}]}`, "dockerLabels: a list can not be converted to a map"},
		"map value":     {"RegisterTaskDefinition", `{"containerDefinitions":[{"dockerLabels":{"a":1}}]}`, "dockerLabels: a number can not be converted to a string"},
		"union":         {"RegisterTaskDefinition", `{"containerDefinitions":[{"resourceRequirements":[{"sharingStrategy":{}}]}]}`, "sharingStrategy can't be read by this endpoint"},
		"float":         {"UpdateService", `{"deploymentConfiguration":{"canaryConfiguration":{"canaryPercent":"1"}}}`, "canaryPercent: a string can not be converted to a number"},
		"large float":   {"UpdateService", `{"deploymentConfiguration":{"canaryConfiguration":{"canaryPercent":1e999}}}`, "canaryPercent: 1e999 is out of range"},
		"timestamp":     {"ListServiceDeployments", `{"createdAt":{"after":"2026-01-02T00:00:00Z"}}`, "after: a string can not be converted to a number"},
		"far past":      {"ListServiceDeployments", `{"createdAt":{"after":-9223372036854775.9}}`, "after: -9223372036854775.9 is no timestamp of the years 1 to 9999"},
		"far future":    {"ListServiceDeployments", `{"createdAt":{"after":253402300800}}`, "after: 253402300800 is no timestamp of the years 1 to 9999"},
		"blob":          {"secretsmanager.CreateSecret", `{"SecretBinary":1}`, "SecretBinary: a number can not be converted to a blob"},
		"not base64":    {"secretsmanager.CreateSecret", `{"SecretBinary":"?"}`, "SecretBinary is not base64"},
		"null as digit": {"RunTask", `{"count":nul}`, "invalid character"},
	} {
		t.Run(name, func(t *testing.T) {
			fails(t, serve((&fake{}).handler(), request(c.target, c.body)), http.StatusBadRequest, "SerializationException", c.message)
		})
	}
}

func TestMembersThatDontCount(t *testing.T) {
	for body, want := range map[string]*ecs.RunTaskInput{
		``:   {},
		` `:  {},
		`{}`: {},
		`{"count":null,"tags":null,"overrides":null,"launchType":null,"enableECSManagedTags":null}`: {},
		`{"nothing":{"a":[1,{"b":null}]},"Count":1,"resultMetadata":{}}`:                            {},
		`{"count":1,"count":2}`:                     {Count: aws.Int32(2)},
		`{"tags":[null,{"key":"a","value":null}]}`:  {Tags: []types.Tag{{Key: aws.String("a")}}},
		`{"overrides":{"containerOverrides":null}}`: {Overrides: &types.TaskOverride{}},
		"\n{\"count\": 3}\n":                        {Count: aws.Int32(3)},
	} {
		f := &fake{}
		require.Equal(t, http.StatusOK, serve(f.handler(), request("RunTask", body)).Code, body)
		assert.Equal(t, want, f.in, body)
	}
}

func TestALargeBodyIsRefused(t *testing.T) {
	body := `{"group":"` + strings.Repeat("x", awsjson.MaxBody) + `"}`
	fails(t, serve((&fake{}).handler(), request("RunTask", body)),
		http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "larger than this endpoint reads")
	body = body[:10] + body[12+10:] // as large as can be
	assert.Equal(t, http.StatusOK, serve((&fake{}).handler(), request("RunTask", body)).Code)
}

func TestABodyThatBreaksOff(t *testing.T) {
	r := request("RunTask", "")
	r.Body = io.NopCloser(iotest.ErrReader(errors.New("cable cut")))
	fails(t, serve((&fake{}).handler(), r), http.StatusBadRequest, "SerializationException", "could not be read: cable cut")
}

func TestErrorsOfOperations(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
		want   string
	}{
		"typed": {&types.ClientException{Message: aws.String("no \"x\"")}, 400, "ClientException",
			`{"__type":"ClientException","message":"no \"x\""}`},
		"without a message": {&types.ClusterNotFoundException{}, 400, "ClusterNotFoundException",
			`{"__type":"ClusterNotFoundException"}`},
		"with another code": {&types.ClientException{ErrorCodeOverride: aws.String("AccessDenied")}, 400, "AccessDenied",
			`{"__type":"AccessDenied"}`},
		"with a member": {&types.ConflictException{Message: aws.String("m"), ResourceIds: []string{"a", "b"}}, 400, "ConflictException",
			`{"__type":"ConflictException","message":"m","resourceIds":["a","b"]}`},
		"wrapped": {fmt.Errorf("more: %w", &types.InvalidParameterException{Message: aws.String("m")}), 400, "InvalidParameterException",
			`{"__type":"InvalidParameterException","message":"m"}`},
		"generic": {&smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}, 400, "ThrottlingException",
			`{"__type":"ThrottlingException","message":"Rate exceeded"}`},
		"whose model has no message": {&ssmtypes.InvalidFilterKey{Message: aws.String("m")}, 400, "InvalidFilterKey",
			`{"__type":"InvalidFilterKey","message":"m"}`},
		"of the server": {&types.ServerException{Message: aws.String("m")}, 500, "ServerException",
			`{"__type":"ServerException","message":"m"}`},
		"unavailable": {&smithy.GenericAPIError{Code: "ServiceUnavailable", Fault: smithy.FaultServer}, 503, "ServiceUnavailable",
			`{"__type":"ServiceUnavailable","message":""}`},
		"no API error": {errors.New("a bug"), 500, "InternalFailure",
			`{"__type":"InternalFailure","message":"a bug"}`},
	} {
		t.Run(name, func(t *testing.T) {
			w := serve((&fake{err: c.err}).handler(), request("RunTask", `{}`))
			assert.Equal(t, c.status, w.Code)
			assert.Equal(t, c.code, w.Header().Get("X-Amzn-Errortype"))
			assert.Equal(t, c.want, w.Body.String())
			hasHeaders(t, w)
		})
	}
}

func TestErrorsReachTheClientTyped(t *testing.T) {
	f := &fake{err: &types.ConflictException{Message: aws.String("m"), ResourceIds: []string{"a"}}}
	_, err := client(t, f.handler()).RunTask(t.Context(), &ecs.RunTaskInput{TaskDefinition: aws.String("web")})
	var conflict *types.ConflictException
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, []string{"a"}, conflict.ResourceIds)
	assert.Equal(t, "m", conflict.ErrorMessage())
}

func TestAPanicIsAnInternalFailure(t *testing.T) {
	h, heard := (&fake{panics: true}).handler(), ""
	h.Panicked = func(operation string, value any, stack []byte) {
		heard = fmt.Sprint(operation, " ", value, " ", strings.Contains(string(stack), "RunTask"))
	}
	fails(t, serve(h, request("RunTask", `{}`)), http.StatusInternalServerError, "InternalFailure", "RunTask panicked: a bug")
	assert.Equal(t, "RunTask a bug true", heard)
	h.Panicked = nil
	assert.Equal(t, http.StatusInternalServerError, serve(h, request("RunTask", `{}`)).Code)
}

func TestInterceptSeesTheCallAndMayFailIt(t *testing.T) {
	f := &fake{}
	h, seen := f.handler(), awsjson.Call{}
	h.Intercept = func(ctx context.Context, c awsjson.Call) error {
		seen = c
		assert.Equal(t, "eu-west-1", awsjson.CallerFrom(ctx).Region)
		return &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
	}
	fails(t, serve(h, request(ecsTarget+".RunTask", `{"count":3}`)), http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
	assert.Equal(t, awsjson.Call{Service: "ecs", Operation: "RunTask", Input: &ecs.RunTaskInput{Count: aws.Int32(3)}}, seen)
	assert.Nil(t, f.in, "the operation was not carried out")
}

func TestInterceptMayDelayACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, start := (&fake{}).handler(), time.Now()
		h.Intercept = func(context.Context, awsjson.Call) error {
			time.Sleep(time.Minute)
			return nil
		}
		assert.Equal(t, http.StatusOK, serve(h, request("RunTask", `{}`)).Code)
		assert.Equal(t, time.Minute, time.Since(start))
	})
}

func TestTablesMustBeSorted(t *testing.T) {
	op := awsjson.Op("RunTask", (*fake).RunTask)
	twice := awsjson.API[*fake]{Operations: []awsjson.Operation[*fake]{op, op}}
	assert.PanicsWithValue(t, "awsjson: RunTask must come before RunTask", func() { twice.Bind(nil) })
}

func BenchmarkSmallCall(b *testing.B) {
	h := (&fake{}).handler()
	b.ReportAllocs()
	for b.Loop() {
		serve(h, request(ecsTarget+".DescribeTasks", `{"cluster":"default","tasks":["1dc5c17a"]}`))
	}
}
