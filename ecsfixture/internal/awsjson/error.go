package awsjson

import (
	"bytes"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

const codeTooLarge = "RequestEntityTooLargeException"

var errTooLarge = &smithy.GenericAPIError{
	Code:    codeTooLarge,
	Message: "the request is larger than this endpoint reads",
	Fault:   smithy.FaultClient,
}

// apiError returns err as AWS would name it.
func apiError(err error) smithy.APIError {
	var e smithy.APIError
	if errors.As(err, &e) {
		return e
	}
	return &smithy.GenericAPIError{Code: "InternalFailure", Message: err.Error(), Fault: smithy.FaultServer}
}

func faultOf(err error) string { return apiError(err).ErrorCode() }

func statusOf(err error) int {
	e := apiError(err)
	switch {
	case e.ErrorCode() == codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case e.ErrorCode() == "ServiceUnavailable":
		return http.StatusServiceUnavailable
	case e.ErrorFault() == smithy.FaultServer:
		return http.StatusInternalServerError
	}
	return http.StatusBadRequest
}

// marshalError writes the __type and the members of a modeled exception,
// those of a generic error otherwise.
func marshalError(err error) []byte {
	api := apiError(err)
	e := encoder{new(bytes.Buffer), epoch}
	e.buf.WriteString(`"__type":`)
	e.string(api.ErrorCode())
	head := bytes.Clone(e.buf.Bytes())
	e.buf.Reset()
	if _, ok := api.(smithy.Serializable); ok {
		v, schema := reflect.ValueOf(api).Elem(), schemaOf(zeroOf(api))
		if api.ErrorMessage() != "" && !hasMessage(v.Type(), schema) {
			head = e.message(head, api)
		}
		e.structure(v, schema, head)
		return e.buf.Bytes()
	}
	e.buf.WriteByte('{')
	e.buf.Write(e.message(head, api))
	e.buf.WriteByte('}')
	return e.buf.Bytes()
}

// hasMessage reports whether the model has a message for an exception; some of
// Systems Manager's lack it.
func hasMessage(t reflect.Type, s *smithy.Schema) bool {
	return slices.ContainsFunc(membersOf(t, s), func(m member) bool { return strings.EqualFold(m.name, "message") })
}

// message returns the head of an error with its message.
func (e encoder) message(head []byte, api smithy.APIError) []byte {
	defer e.buf.Reset()
	e.buf.Write(head)
	e.buf.WriteString(`,"message":`)
	e.string(api.ErrorMessage())
	return bytes.Clone(e.buf.Bytes())
}
