package logs

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/stretchr/testify/assert"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

func TestOperationsAreThoseOfTheClient(t *testing.T) {
	assert.NoError(t, api.Unsupported("NoSuchOperation"))
	assert.ErrorContains(t, api.Unsupported("StartQuery"), "StartQuery")
	for _, o := range api.Operations {
		assert.True(t, awsjson.Offers((*cloudwatchlogs.Client)(nil), o.Name), o.Name)
	}
}
