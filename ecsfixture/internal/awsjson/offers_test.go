package awsjson_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/stretchr/testify/assert"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

func TestOffers(t *testing.T) {
	for name, want := range map[string]bool{
		"RunTask": true, "ExecuteCommand": true, "runTask": false, "Options": false, "": false, "New": false, "Run": false, "RunTaskInput": false, "GetSecretValue": false,
	} {
		assert.Equal(t, want, awsjson.Offers((*ecs.Client)(nil), name), name)
	}
}
