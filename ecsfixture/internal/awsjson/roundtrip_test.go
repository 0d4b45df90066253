package awsjson_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// withoutJSON are the operations that answer with a stream of events.
var withoutJSON = []string{"logs.GetLogObject", "logs.StartLiveTail"}

// unions are the members that this package can't read or write: those that
// are one of several structures. They stay nil.
var unions = map[string][]string{
	"ecs": {
		"Container.GpuSharingStrategy",
		"CreateGatewayInput.Configuration",
		"DeploymentLifecycleHook.HookDetails",
		"Gateway.Configuration",
		"GatewayConnection.Resources",
		"GatewayResources.Resources",
		"GatewayRoute.Resources",
		"ResourceRequirement.SharingStrategy",
		"ServiceConnectConfiguration.ContainerConfigurations",
		"UpdateGatewayInput.Configuration",
	},
	"logs": {
		"GetIntegrationOutput.IntegrationDetails",
		"PutIntegrationInput.ResourceConfig",
	},
	"ssm": {
		"CreateCloudConnectorInput.Configuration",
		"GetCloudConnectorOutput.Configuration",
		"GetExecutionPreviewOutput.ExecutionPreview",
		"Node.NodeType",
		"StartExecutionPreviewInput.ExecutionInputs",
		"UpdateCloudConnectorInput.Configuration",
	},
}

// TestRoundTrips fills each input and output of the clients with values that
// aren't zero. What the SDK writes of an input, Unmarshal reads; what Marshal
// writes of an output, the SDK reads.
func TestRoundTrips(t *testing.T) {
	w := &wire{}
	for service, client := range clients(w) {
		t.Run(service, func(t *testing.T) {
			f := filler{}
			require.NotEmpty(t, operations(client))
			for _, o := range operations(client) {
				if slices.Contains(withoutJSON, service+"."+o.name) {
					continue
				}
				t.Run(o.name, func(t *testing.T) { roundTrip(t, &f, w, o) })
			}
			assert.Equal(t, unions[service], f.unionNames())
		})
	}
}

func roundTrip(t *testing.T, f *filler, w *wire, o operation) {
	in, out, got := o.newInput(), o.newOutput(), o.newInput()
	f.fill(in)
	f.fill(out)
	w.answer = awsjson.Marshal(out)
	require.True(t, json.Valid(w.answer))

	assert.Equal(t, out, withoutMetadata(o.call(t, in)), "the output")
	require.NoError(t, awsjson.Unmarshal(w.sent, got))
	assert.Equal(t, in, got, "the input")

	again := o.newInput()
	require.NoError(t, awsjson.Unmarshal(awsjson.Marshal(in), again))
	assert.Equal(t, in, again, "what Marshal writes, Unmarshal reads")
}

// withoutMetadata clears what the SDK notes of the call itself.
func withoutMetadata(out any) any {
	reflect.ValueOf(out).Elem().FieldByName("ResultMetadata").SetZero()
	return out
}

// filler fills structures with values that are different from each other and
// from zero.
type filler struct {
	n      int64
	unions map[string]bool
}

func (f *filler) unionNames() []string {
	var names []string
	for name := range f.unions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (f *filler) fill(v any) { f.value(reflect.ValueOf(v).Elem(), nil) }

// value fills v; path are the types around it, so that one that contains
// itself comes to an end.
func (f *filler) value(v reflect.Value, path []reflect.Type) {
	f.n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.value(v.Elem(), path)
	case reflect.String:
		v.SetString(fmt.Sprintf("text-%d äöü \"<&>\n", f.n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int32, reflect.Int64:
		v.SetInt(f.n)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(f.n) + 0.25)
	case reflect.Slice:
		f.slice(v, path)
	case reflect.Map:
		f.mapping(v, path)
	case reflect.Struct:
		f.structure(v, path)
	}
}

func (f *filler) slice(v reflect.Value, path []reflect.Type) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		v.SetBytes([]byte{0, byte(f.n), 255})
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	for i := range v.Len() {
		f.value(v.Index(i), path)
	}
}

func (f *filler) mapping(v reflect.Value, path []reflect.Type) {
	v.Set(reflect.MakeMap(v.Type()))
	for range 2 {
		k, x := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.value(k, path)
		f.value(x, path)
		v.SetMapIndex(k, x)
	}
}

func (f *filler) structure(v reflect.Value, path []reflect.Type) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.UnixMilli(1_700_000_000_000 + f.n).UTC()))
		return
	}
	if slices.Contains(path, v.Type()) {
		return
	}
	path = append(slices.Clone(path), v.Type())
	for i := range v.NumField() {
		f.field(v, i, path)
	}
}

func (f *filler) field(v reflect.Value, i int, path []reflect.Type) {
	field := v.Type().Field(i)
	switch {
	case !field.IsExported() || field.Name == "ResultMetadata":
	case isUnion(field.Type):
		if f.unions == nil {
			f.unions = map[string]bool{}
		}
		f.unions[v.Type().Name()+"."+field.Name] = true
	default:
		f.value(v.Field(i), path)
	}
}

func isUnion(t reflect.Type) bool {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t.Kind() == reflect.Interface
}
