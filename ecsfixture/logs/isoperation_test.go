package logs

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestOperationsAreThoseOfTheClient(t *testing.T) {
	for name, want := range map[string]bool{
		"StartQuery": true, "PutSubscriptionFilter": true, "CreateLogGroup": true,
		"Options": false, "createLogGroup": false, "New": false, "": false, "Delete": false,
	} {
		assert.Equal(t, want, isOperation(name), name)
	}
	assert.NoError(t, api.Unsupported("NoSuchOperation"))
	for _, o := range api.Operations {
		assert.True(t, isOperation(o.Name), o.Name)
	}
}
