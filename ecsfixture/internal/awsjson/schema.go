package awsjson

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/aws/smithy-go"
)

// member is one member of a structure: where it is in the Go type, and what
// the model says of it.
type member struct {
	name   string
	index  int
	schema *smithy.Schema
}

// members caches the members of each Go type.
var members sync.Map // reflect.Type → []member

// membersOf pairs the fields of t with the members of s, in field order. An
// output that the model doesn't have has no schema and so no members.
func membersOf(t reflect.Type, s *smithy.Schema) []member {
	if s == nil {
		return nil
	}
	if cached, ok := members.Load(t); ok {
		return cached.([]member)
	}
	var list []member
	for name, ms := range s.Members() {
		if f, ok := t.FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) }); ok {
			list = append(list, member{name, f.Index[0], ms})
		}
	}
	sortByIndex(list)
	cached, _ := members.LoadOrStore(t, list)
	return cached.([]member)
}

// schemaOf returns the schema that v describes itself with.
func schemaOf(v any) *smithy.Schema {
	s, ok := v.(smithy.Serializable)
	if !ok {
		panic(fmt.Sprintf("awsjson: %T has no schema", v))
	}
	var c capture
	s.Serialize(&c)
	return c.schema
}

// capture is a serializer that only notes the outermost structure. The
// members of a zero value are not written, so the other methods, those of
// the nil interface, are never reached but for the ones here.
type capture struct {
	smithy.ShapeSerializer
	schema *smithy.Schema
}

func (c *capture) WriteStruct(s *smithy.Schema) {
	if c.schema == nil {
		c.schema = s
	}
}
func (c *capture) CloseStruct()                         {}
func (c *capture) WriteBool(*smithy.Schema, bool)       {}
func (c *capture) WriteInt32(*smithy.Schema, int32)     {}
func (c *capture) WriteInt64(*smithy.Schema, int64)     {}
func (c *capture) WriteFloat32(*smithy.Schema, float32) {}
func (c *capture) WriteFloat64(*smithy.Schema, float64) {}
func (c *capture) WriteString(*smithy.Schema, string)   {}
