package awsjson

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"time"

	"github.com/aws/smithy-go"
)

// Unmarshal reads body into v, a pointer to a structure of the SDK. Members
// that the model doesn't have are ignored and null counts as absent, as at
// AWS. The error is a SerializationException.
func Unmarshal(body []byte, v any) error {
	parsed, err := parse(body)
	if err != nil {
		return serialization("%s", err)
	}
	object, ok := parsed.(map[string]any)
	if !ok {
		return serialization("the body is not a JSON object")
	}
	return structure(object, reflect.ValueOf(v).Elem(), schemaOf(zeroOf(v)))
}

func parse(body []byte) (any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return map[string]any{}, nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var parsed any
	if err := dec.Decode(&parsed); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is data after the JSON object")
	}
	return parsed, nil
}

func serialization(format string, args ...any) error {
	return &smithy.GenericAPIError{
		Code:    "SerializationException",
		Message: fmt.Sprintf(format, args...),
		Fault:   smithy.FaultClient,
	}
}

func structure(object map[string]any, v reflect.Value, s *smithy.Schema) error {
	for _, m := range membersOf(v.Type(), s) {
		in, ok := object[m.name]
		if !ok || in == nil {
			continue
		}
		if err := value(in, v.Field(m.index), m.schema, m.name); err != nil {
			return err
		}
	}
	return nil
}

// value reads in into v, a field, element or map value; where names the
// member for errors.
func value(in any, v reflect.Value, s *smithy.Schema, where string) error {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return scalar(in, where, "a string", v.SetString)
	case reflect.Bool:
		return scalar(in, where, "a boolean", v.SetBool)
	case reflect.Int32, reflect.Int64:
		return integer(in, v, where)
	case reflect.Float32, reflect.Float64:
		return float(in, where, v.SetFloat)
	case reflect.Slice:
		return slice(in, v, s, where)
	case reflect.Map:
		return mapping(in, v, s, where)
	case reflect.Struct:
		return object(in, v, s, where)
	case reflect.Interface:
		return setDocument(in, v, where)
	}
	return serialization("%s can't be read by this endpoint", where)
}

func scalar[T any](in any, where, what string, set func(T)) error {
	x, ok := in.(T)
	if !ok {
		return mismatch(in, where, what)
	}
	set(x)
	return nil
}

func mismatch(in any, where, what string) error {
	return serialization("%s: %s can not be converted to %s", where, kindOf(in), what)
}

func kindOf(in any) string {
	switch in.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

func integer(in any, v reflect.Value, where string) error {
	n, ok := in.(json.Number)
	if !ok {
		return mismatch(in, where, "an integer")
	}
	i, err := strconv.ParseInt(n.String(), 10, 64)
	if err != nil || v.OverflowInt(i) {
		return serialization("%s: %s is not an integer of %s", where, n, v.Type())
	}
	v.SetInt(i)
	return nil
}

func float(in any, where string, set func(float64)) error {
	n, ok := in.(json.Number)
	if !ok {
		return mismatch(in, where, "a number")
	}
	f, err := n.Float64()
	if err != nil {
		return serialization("%s: %s is out of range", where, n)
	}
	set(f)
	return nil
}

func slice(in any, v reflect.Value, s *smithy.Schema, where string) error {
	if s.Type() == smithy.ShapeTypeBlob {
		return blob(in, v, where)
	}
	list, ok := in.([]any)
	if !ok {
		return mismatch(in, where, "a list")
	}
	v.Set(reflect.MakeSlice(v.Type(), 0, len(list)))
	for _, item := range list {
		if item == nil {
			continue
		}
		x := reflect.New(v.Type().Elem()).Elem()
		if err := value(item, x, s.ListMember(), where); err != nil {
			return err
		}
		v.Set(reflect.Append(v, x))
	}
	return nil
}

func blob(in any, v reflect.Value, where string) error {
	text, ok := in.(string)
	if !ok {
		return mismatch(in, where, "a blob")
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return serialization("%s is not base64", where)
	}
	v.SetBytes(b)
	return nil
}

func mapping(in any, v reflect.Value, s *smithy.Schema, where string) error {
	pairs, ok := in.(map[string]any)
	if !ok {
		return mismatch(in, where, "a map")
	}
	v.Set(reflect.MakeMap(v.Type()))
	for k, item := range pairs {
		if item == nil {
			continue
		}
		x := reflect.New(v.Type().Elem()).Elem()
		if err := value(item, x, s.MapValue(), where); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(k).Convert(v.Type().Key()), x)
	}
	return nil
}

func object(in any, v reflect.Value, s *smithy.Schema, where string) error {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return timestamp(in, v, where)
	}
	o, ok := in.(map[string]any)
	if !ok {
		return mismatch(in, where, "an object")
	}
	return structure(o, v, s)
}

// Timestamps are of years that RFC 3339 can write: whatever is read can be
// written again, as epoch seconds and as the text that events carry.
var (
	firstMilli = float64(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli())
	lastMilli  = float64(time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli())
)

// timestamp reads epoch seconds, to the millisecond.
func timestamp(in any, v reflect.Value, where string) error {
	var ms float64
	if err := float(in, where, func(f float64) { ms = math.Round(f * 1000) }); err != nil {
		return err
	}
	if ms < firstMilli || ms > lastMilli {
		return serialization("%s: %v is no timestamp of the years 1 to 9999", where, in)
	}
	v.Set(reflect.ValueOf(time.UnixMilli(int64(ms)).UTC()))
	return nil
}
