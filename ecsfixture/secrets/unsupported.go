package secrets

import (
	"github.com/aws/smithy-go"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/awsjson"
)

// notOffered returns what answers the operations that the SDK's client has
// and this package hasn't.
func notOffered(service string, client any) func(operation string) error {
	return func(operation string) error {
		if !awsjson.Offers(client, operation) {
			return nil
		}
		return &smithy.GenericAPIError{
			Code:    "UnsupportedOperationException",
			Message: *formatted(msgUnsupported, []any{operation, service}),
			Fault:   smithy.FaultClient,
		}
	}
}
