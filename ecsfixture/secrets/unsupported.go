package secrets

import (
	"reflect"

	"github.com/aws/smithy-go"
)

// notOffered returns what answers the operations that the SDK's client has
// and this package hasn't. It is the client itself that says what a service's
// operations are, so there is no list to keep up to date.
func notOffered(service string, client any) func(operation string) error {
	return func(operation string) error {
		if !isOperation(reflect.TypeOf(client), operation) {
			return nil
		}
		return &smithy.GenericAPIError{
			Code:    "UnsupportedOperationException",
			Message: *formatted(msgUnsupported, []any{operation, service}),
			Fault:   smithy.FaultClient,
		}
	}
}

// isOperation reports whether the client has a method of this name that takes
// a context and an input of this name.
func isOperation(client reflect.Type, name string) bool {
	method, ok := client.MethodByName(name)
	if !ok || method.Type.NumIn() < 3 {
		return false
	}
	in := method.Type.In(2) // after the receiver and the context
	return in.Kind() == reflect.Pointer && in.Elem().Name() == name+"Input"
}
