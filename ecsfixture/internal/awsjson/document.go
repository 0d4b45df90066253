package awsjson

import (
	"encoding/json"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	smithy "github.com/aws/smithy-go/document"
)

// setDocument makes a document, a value without a schema, of parsed JSON.
// Other interfaces of the SDK are unions, which no operation here needs.
func setDocument(in any, v reflect.Value, where string) error {
	if v.Type() != reflect.TypeFor[document.Interface]() {
		return serialization("%s can't be read by this endpoint", where)
	}
	v.Set(reflect.ValueOf(document.NewLazyDocument(numbered(in))))
	return nil
}

// numbered puts the numbers of documents in the places of those of JSON.
func numbered(in any) any {
	switch x := in.(type) {
	case json.Number:
		return smithy.Number(x)
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = numbered(x[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k := range x {
			out[k] = numbered(x[k])
		}
		return out
	}
	return in
}

// document writes a document; one that has no JSON, which only a caller in
// this process can make, is null.
func (e encoder) document(v any) {
	text, err := v.(document.Interface).MarshalSmithyDocument()
	if err != nil || len(text) == 0 {
		text = []byte("null")
	}
	e.buf.Write(text)
}
