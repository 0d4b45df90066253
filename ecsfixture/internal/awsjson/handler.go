package awsjson

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/google/uuid"
)

// MaxBody is the size in bytes of the largest request that is read. The
// largest that AWS takes is a PutLogEvents of 1 MiB, before JSON escapes.
const MaxBody = 8 << 20

// Call is a request that was decoded and is about to be carried out.
type Call struct {
	Service   string // the signing name: ecs, secretsmanager, ssm, logs
	Operation string // RunTask
	Input     any    // *ecs.RunTaskInput
}

// Handler serves the services of an endpoint, whatever account and region a
// request is signed for.
type Handler struct {
	// Services returns the services of the caller's account and region.
	Services func(Caller) []*Service

	// Admit, if set, refuses callers by an error, before all else.
	Admit func(Caller) error

	// Intercept, if set, sees each call before it is carried out. An
	// error of its is the answer.
	Intercept func(context.Context, Call) error

	// Panicked, if set, hears of a panic in an operation: a bug.
	Panicked func(operation string, value any, stack []byte)

	// Other serves requests that are not aws-json; nil for an error.
	Other http.Handler
}

// ServeHTTP answers one request. It is the one place where errors become
// HTTP.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target := r.Header.Get("X-Amz-Target")
	if target == "" && h.Other != nil && !isJSON(r) {
		h.Other.ServeHTTP(w, r)
		return
	}
	caller := CallerOf(r)
	caller.RequestID = uuid.NewString()
	out, err := h.serve(WithCaller(r.Context(), caller), r, target)
	if err != nil {
		reply(w, caller.RequestID, statusOf(err), faultOf(err), marshalError(err))
		return
	}
	reply(w, caller.RequestID, http.StatusOK, "", out)
}

func isJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-amz-json")
}

func (h *Handler) serve(ctx context.Context, r *http.Request, target string) ([]byte, error) {
	if h.Admit != nil {
		if err := h.Admit(CallerFrom(ctx)); err != nil {
			return nil, err
		}
	}
	service, operation, err := h.route(CallerFrom(ctx), r, target)
	if err != nil {
		return nil, err
	}
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	call, err := service.prepare(operation, body)
	if err != nil {
		return nil, err
	}
	return h.carryOut(ctx, Call{service.Name, operation, call.input}, call.do)
}

// route finds the service by the target's prefix, or by the signature's
// scope where the prefix is missing.
func (h *Handler) route(c Caller, r *http.Request, target string) (*Service, string, error) {
	if r.Method != http.MethodPost {
		return nil, "", unknownOperation("aws-json requests are POST, not %s", r.Method)
	}
	prefix, operation, ok := strings.Cut(target, ".")
	if !ok {
		prefix, operation = "", target
	}
	for _, s := range h.Services(c) {
		if s.Target == prefix || prefix == "" && s.Name == c.Service {
			return s, operation, nil
		}
	}
	return nil, "", unknownOperation("the X-Amz-Target %q names no service of this endpoint", target)
}

func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, MaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if err != nil {
		return nil, serialization("the body could not be read: %s", err)
	}
	return body, nil
}

func (h *Handler) carryOut(ctx context.Context, c Call, do func(context.Context) (any, error)) (body []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			body, err = nil, h.panicked(c.Operation, p)
		}
	}()
	if h.Intercept != nil {
		if err := h.Intercept(ctx, c); err != nil {
			return nil, err
		}
	}
	out, err := do(ctx)
	if err != nil {
		return nil, err
	}
	return Marshal(out), nil
}

func (h *Handler) panicked(operation string, value any) error {
	if h.Panicked != nil {
		h.Panicked(operation, value, debug.Stack())
	}
	return &smithy.GenericAPIError{
		Code:    "InternalFailure",
		Message: fmt.Sprintf("%s panicked: %v", operation, value),
		Fault:   smithy.FaultServer,
	}
}

// reply writes header and body at once and with their length: a reply in two
// pieces is cut by some clients' connection pools.
func reply(w http.ResponseWriter, id string, status int, fault string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/x-amz-json-1.1")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Amzn-Requestid", id)
	if fault != "" {
		h.Set("X-Amzn-Errortype", fault)
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away needs no answer
}
