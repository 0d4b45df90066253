package awsjson

import (
	"context"
	"reflect"
)

// Offers reports whether an SDK's client has an operation of a name: a method
// that takes a context, an input of that name, and options. So there is no
// list of a service's operations to keep up to date.
func Offers(client any, operation string) bool {
	m, ok := reflect.TypeOf(client).MethodByName(operation)
	if !ok || m.Type.NumIn() != 4 || m.Type.In(1) != reflect.TypeFor[context.Context]() {
		return false
	}
	in := m.Type.In(2)
	return in.Kind() == reflect.Pointer && in.Elem().Name() == operation+"Input"
}
