package server

import (
	"fmt"
	"slices"
	"strings"
)

// enum is an enumeration of the SDK.
type enum[E any] interface {
	~string
	Values() []E
}

// checkEnum refuses a value that the model doesn't list. An empty one was not
// set.
func checkEnum[E enum[E]](member string, values ...E) error {
	for _, v := range values {
		if known := v.Values(); v != "" && !slices.Contains(known, v) {
			return invalidParameter(msgEnum, v, member, enumList(known))
		}
	}
	return nil
}

func enumList[E ~string](values []E) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(values), " ", ", "), "[]")
}
