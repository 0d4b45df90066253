package awsjson_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"
	"github.com/stretchr/testify/require"
)

// wire is an HTTP client that keeps the request's body and answers with
// another.
type wire struct{ sent, answer []byte }

func (w *wire) Do(r *http.Request) (*http.Response, error) {
	w.sent, _ = io.ReadAll(r.Body)
	return &http.Response{
		StatusCode: http.StatusOK,
		Header: http.Header{
			"Content-Type":   {"application/x-amz-json-1.1"},
			"Content-Length": {strconv.Itoa(len(w.answer))},
		},
		Body: io.NopCloser(bytes.NewReader(w.answer)),
	}, nil
}

// clients returns unmodified SDK clients over w, by signing name.
func clients(w aws.HTTPClient) map[string]any {
	c := aws.Config{
		Region:      "eu-west-1",
		HTTPClient:  w,
		Credentials: credentials.NewStaticCredentialsProvider("123456789012", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
		APIOptions:  []func(*middleware.Stack) error{withoutValidation},
	}
	return map[string]any{
		"ecs":            ecs.NewFromConfig(c),
		"secretsmanager": secretsmanager.NewFromConfig(c),
		"ssm":            ssm.NewFromConfig(c),
		"logs":           cloudwatchlogs.NewFromConfig(c),
	}
}

// withoutValidation lets a client send what lacks required members.
func withoutValidation(s *middleware.Stack) error {
	_, _ = s.Initialize.Remove("OperationInputValidation") // some operations have none
	return nil
}

// operation is an operation of an SDK client.
type operation struct {
	name   string
	method reflect.Value
}

// operations returns the operations of an SDK client: the methods X that take
// an XInput.
func operations(client any) []operation {
	var list []operation
	v := reflect.ValueOf(client)
	for i := range v.NumMethod() {
		name, m := v.Type().Method(i).Name, v.Method(i)
		if m.Type().NumIn() == 3 && strings.HasSuffix(m.Type().In(1).String(), "."+name+"Input") {
			list = append(list, operation{name, m})
		}
	}
	return list
}

func (o operation) newInput() any  { return reflect.New(o.method.Type().In(1).Elem()).Interface() }
func (o operation) newOutput() any { return reflect.New(o.method.Type().Out(0).Elem()).Interface() }

// call sends in and returns what the SDK reads from the answer.
func (o operation) call(t *testing.T, in any) any {
	t.Helper()
	results := o.method.Call([]reflect.Value{reflect.ValueOf(context.Context(t.Context())), reflect.ValueOf(in)})
	err, _ := results[1].Interface().(error)
	require.NoError(t, err)
	return results[0].Interface()
}
