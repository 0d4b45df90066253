package awsjson

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// Operation is a row of a dispatch table: a name, and the method of S that
// carries it out.
type Operation[S any] struct {
	Name string
	call func(s S, body []byte) (prepared, error)
}

// prepared is a decoded call that has not been carried out.
type prepared struct {
	input any
	do    func(context.Context) (any, error)
}

// Op makes a row from a method expression such as (*Service).RunTask.
func Op[S, In, Out any](name string, method func(S, context.Context, *In) (*Out, error)) Operation[S] {
	return Operation[S]{name, func(s S, body []byte) (prepared, error) {
		in := new(In)
		if err := Unmarshal(body, in); err != nil {
			return prepared{}, err
		}
		return prepared{in, func(ctx context.Context) (any, error) { return outcome(method(s, ctx, in)) }}, nil
	}}
}

// outcome turns a typed nil output into a plain nil.
func outcome[Out any](out *Out, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return out, nil
}

// API is the dispatch table of one AWS service.
type API[S any] struct {
	Name       string // the signing name: ecs
	Target     string // what X-Amz-Target has before the dot
	Operations []Operation[S]

	// Unsupported is the error for an operation that the table lacks,
	// nil where the service has no operation of that name.
	Unsupported func(operation string) error
}

// Service is an API bound to what carries out its operations.
type Service struct {
	Name, Target string
	prepare      func(operation string, body []byte) (prepared, error)
}

// Bind returns the API with s behind it. It panics if the table isn't sorted
// by name, or names an operation twice.
func (a API[S]) Bind(s S) *Service {
	mustBeSorted(a.Operations)
	return &Service{a.Name, a.Target, func(operation string, body []byte) (prepared, error) {
		i, ok := slices.BinarySearchFunc(a.Operations, operation, byName[S])
		if !ok {
			return prepared{}, a.missing(operation)
		}
		return a.Operations[i].call(s, body)
	}}
}

func byName[S any](o Operation[S], name string) int { return strings.Compare(o.Name, name) }

func mustBeSorted[S any](table []Operation[S]) {
	for i := 1; i < len(table); i++ {
		if table[i-1].Name >= table[i].Name {
			panic(fmt.Sprintf("awsjson: %s must come before %s", table[i].Name, table[i-1].Name))
		}
	}
}

func (a API[S]) missing(operation string) error {
	if a.Unsupported != nil {
		if err := a.Unsupported(operation); err != nil {
			return err
		}
	}
	return unknownOperation("there is no operation %q in %s", operation, a.Name)
}

func unknownOperation(format string, args ...any) error {
	return &smithy.GenericAPIError{
		Code:    "UnknownOperationException",
		Message: fmt.Sprintf(format, args...),
		Fault:   smithy.FaultClient,
	}
}
