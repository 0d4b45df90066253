package awsjson_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs/document"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// TestDocuments reads and writes values without a schema as they are.
func TestDocuments(t *testing.T) {
	for _, text := range []string{
		`"smoke"`, `true`, `12345678901234567890`, `0.10`, `[1,"two",null,[]]`, `{"a":{"b":[1.5,{}]},"c":false}`,
	} {
		var hook types.DeploymentLifecycleHook
		require.NoError(t, awsjson.Unmarshal([]byte(`{"hookDetails":`+text+`}`), &hook))
		assert.JSONEq(t, `{"hookDetails":`+text+`}`, string(awsjson.Marshal(&hook)), text)
		assert.Contains(t, string(awsjson.Marshal(&hook)), "hookDetails")
	}
	var hook types.DeploymentLifecycleHook
	hook.HookDetails = document.NewLazyDocument(make(chan int))
	assert.Equal(t, `{"hookDetails":null}`, string(awsjson.Marshal(&hook)))
}
