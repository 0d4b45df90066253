package awsjson

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/aws/smithy-go"
)

// Marshal writes v, a pointer to a structure of the SDK, as AWS does: absent
// members are left out, numbers and booleans that can't be absent are always
// there, and a list that is empty but not nil is [].
func Marshal(v any) []byte {
	return marshal(v, epoch)
}

// MarshalEvent writes v as Marshal does, but with its timestamps as EventBridge
// has them: "2020-01-23T17:57:34.402Z".
func MarshalEvent(v any) []byte { return marshal(v, iso8601) }

func marshal(v any, timestamp func(time.Time) string) []byte {
	e := encoder{new(bytes.Buffer), timestamp}
	e.structure(reflect.ValueOf(v).Elem(), schemaOf(zeroOf(v)), nil)
	return e.buf.Bytes()
}

// zeroOf returns a pointer to a zero value of v's type.
func zeroOf(v any) any { return reflect.New(reflect.TypeOf(v).Elem()).Interface() }

type encoder struct {
	buf       *bytes.Buffer
	timestamp func(time.Time) string
}

// structure writes v; head, if any, is written before its members.
func (e encoder) structure(v reflect.Value, s *smithy.Schema, head []byte) {
	e.buf.WriteByte('{')
	e.buf.Write(head)
	first := len(head) == 0
	for _, m := range membersOf(v.Type(), s) {
		f := v.Field(m.index)
		if absent(f) {
			continue
		}
		e.key(m.name, first)
		first = false
		e.value(f, m.schema)
	}
	e.buf.WriteByte('}')
}

func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	case reflect.String: // an enum that was not set
		return v.Len() == 0
	}
	return false
}

func (e encoder) key(name string, first bool) {
	if !first {
		e.buf.WriteByte(',')
	}
	e.string(name)
	e.buf.WriteByte(':')
}

func (e encoder) value(v reflect.Value, s *smithy.Schema) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		e.string(v.String())
	case reflect.Bool:
		e.buf.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int32, reflect.Int64:
		e.buf.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Float32, reflect.Float64:
		e.float(v.Float())
	case reflect.Slice:
		e.slice(v, s)
	case reflect.Map:
		e.mapping(v, s)
	case reflect.Struct:
		e.object(v, s)
	case reflect.Interface:
		e.document(v.Interface())
	default:
		panic(fmt.Sprintf("awsjson: can't write a %s", v.Type()))
	}
}

// object writes a structure or a timestamp.
func (e encoder) object(v reflect.Value, s *smithy.Schema) {
	if t, ok := v.Interface().(time.Time); ok {
		e.buf.WriteString(e.timestamp(t))
		return
	}
	e.structure(v, s, nil)
}

// epoch is a timestamp as ECS sends it: seconds, with the milliseconds.
func epoch(t time.Time) string {
	ms, sign := t.UnixMilli(), ""
	if ms < 0 {
		ms, sign = -ms, "-"
	}
	return fmt.Sprintf("%s%d.%03d", sign, ms/1000, ms%1000)
}

func iso8601(t time.Time) string { return t.UTC().Format(`"2006-01-02T15:04:05.000Z"`) }

func (e encoder) slice(v reflect.Value, s *smithy.Schema) {
	if s.Type() == smithy.ShapeTypeBlob {
		e.string(base64.StdEncoding.EncodeToString(v.Bytes()))
		return
	}
	e.buf.WriteByte('[')
	for i := range v.Len() {
		if i > 0 {
			e.buf.WriteByte(',')
		}
		e.value(v.Index(i), s.ListMember())
	}
	e.buf.WriteByte(']')
}

// mapping writes keys in order, so that equal outputs are equal bytes.
func (e encoder) mapping(v reflect.Value, s *smithy.Schema) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		return bytes.Compare([]byte(a.String()), []byte(b.String()))
	})
	e.buf.WriteByte('{')
	for i, k := range keys {
		e.key(k.String(), i == 0)
		e.value(v.MapIndex(k), s.MapValue())
	}
	e.buf.WriteByte('}')
}

// float writes what JSON has no number for as a text, as the protocol says.
func (e encoder) float(f float64) {
	switch {
	case math.IsNaN(f):
		e.string("NaN")
	case math.IsInf(f, 1):
		e.string("Infinity")
	case math.IsInf(f, -1):
		e.string("-Infinity")
	default:
		e.buf.WriteString(strconv.FormatFloat(f, 'g', -1, 64))
	}
}

// string writes JSON without the escapes that are for HTML.
func (e encoder) string(s string) {
	enc := json.NewEncoder(e.buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)               // a string always encodes
	e.buf.Truncate(e.buf.Len() - 1) // the line feed of Encode
}

func sortByIndex(list []member) {
	slices.SortFunc(list, func(a, b member) int { return a.index - b.index })
}
