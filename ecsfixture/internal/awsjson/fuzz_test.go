package awsjson_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// bodies are where fuzzing starts.
var bodies = []string{
	``, `{}`, `null`, `[`, `{"count":1,"tags":[{"key":"a","value":null}]}`,
	`{"overrides":{"containerOverrides":[{"name":"app","environment":[{"name":"K","value":"V"}],"cpu":1}]}}`,
	`{"containerDefinitions":[{"dockerLabels":{"a":"b"},"resourceRequirements":[{"sharingStrategy":{}}]}]}`,
	`{"createdAt":{"after":1e300,"before":-0.001}}`,
	`{"createdAt":{"after":-62135596800,"before":253402300799.999}}`, `{"createdAt":{"before":-9223372036854775.9}}`, `{"SecretBinary":"AAEC"}`,
	`{"deploymentConfiguration":{"canaryConfiguration":{"canaryPercent":1.5}}}`,
	`{"logEvents":[{"timestamp":9223372036854775807,"message":"\ud800"}]}`,
	`{"Aggregators":[{"Aggregators":[{"Aggregators":[{}]}]}]}`,
}

// FuzzHandler: no request panics, and none is the server's fault.
func FuzzHandler(f *testing.F) {
	targets := []string{"", ".", "RunTask", ecsTarget + ".RegisterTaskDefinition", ecsTarget + ".ListServiceDeployments",
		ecsTarget + ".UpdateService", "secretsmanager.CreateSecret", "AmazonSSM.GetInventory", "Logs_20140328.PutLogEvents"}
	for _, target := range targets {
		for _, body := range bodies {
			f.Add(target, body)
		}
	}
	h := (&fake{}).handler()
	h.Panicked = func(operation string, value any, stack []byte) { panic(string(stack)) }
	f.Fuzz(func(t *testing.T, target, body string) {
		w := serve(h, request(target, body))
		if w.Code != http.StatusOK && w.Code != http.StatusBadRequest || !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}

// FuzzUnmarshal: whatever is read into an input of ECS, there is an input or
// a SerializationException, and what was read can be written and read again.
func FuzzUnmarshal(f *testing.F) {
	list := operations(clients(&wire{})["ecs"])
	for i := range list {
		f.Add(uint16(i), []byte(bodies[i%len(bodies)]))
	}
	f.Fuzz(func(t *testing.T, i uint16, body []byte) {
		o := list[int(i)%len(list)]
		in := o.newInput()
		var api smithy.APIError
		err := awsjson.Unmarshal(body, in)
		if errors.As(err, &api) && api.ErrorCode() == "SerializationException" {
			return
		}
		again := awsjson.Marshal(in)
		if err != nil || !json.Valid(again) || awsjson.Unmarshal(again, o.newInput()) != nil {
			t.Fatalf("%s: %v: %s", o.name, err, again)
		}
	})
}
