package ecsfixture

import (
	"bytes"
	"context"
	"io"
	"net/http"
	goruntime "runtime"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// newConfig returns the configuration of clients that call the handler
// directly, without a connection.
func newConfig(url, region, account string, h http.Handler) aws.Config {
	return aws.Config{
		Region:       region,
		BaseEndpoint: aws.String(url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			// The access key names the account; see awsjson.Caller.
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "ecsfixture", AccountID: account}, nil
		}),
		HTTPClient: &http.Client{Transport: direct{h}},
		APIOptions: []func(*middleware.Stack) error{nameWaiter},
	}
}

// direct is a transport that calls a handler.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer in.Body.Close()
	w := &reply{header: http.Header{}, status: http.StatusOK}
	d.handler.ServeHTTP(w, in)
	if err := context.Cause(r.Context()); err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Header: w.header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// reply is a response that is written in memory.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *reply) Header() http.Header         { return w.header }
func (w *reply) WriteHeader(status int)      { w.status = status }
func (w *reply) Write(b []byte) (int, error) { return w.body.Write(b) }

// nameWaiter makes a client tell which of the SDK's waiters asks, so that the
// endpoint knows what it waits for.
func nameWaiter(stack *middleware.Stack) error {
	return stack.Build.Add(middleware.BuildMiddlewareFunc("EcsfixtureWaiter",
		func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
			if r, ok := in.Request.(*smithyhttp.Request); ok {
				if name := callingWaiter(); name != "" {
					r.Header.Set(awsjson.WaiterHeader, name)
				}
			}
			return next.HandleBuild(ctx, in)
		}), middleware.After)
}

// callingWaiter finds the SDK's waiter among the functions that led here: the
// request itself only says that there is one.
func callingWaiter() string {
	var pcs [64]uintptr
	frames := goruntime.CallersFrames(pcs[:goruntime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if _, method, ok := strings.Cut(f.Function, ".(*"); ok {
			if name, ok := strings.CutSuffix(method, "Waiter).WaitForOutput"); ok {
				return name
			}
		}
		if !more {
			return ""
		}
	}
}
