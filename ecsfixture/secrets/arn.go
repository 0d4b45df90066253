package secrets

import (
	"strings"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/partition"
)

func arnPrefix(service, account, region string) string {
	return strings.Join([]string{"arn", partition.Of(region), service, region, account, ""}, ":")
}

const alphanumeric = uppercase + lowercase + digits

const suffixLength = 6

// suffix returns what Secrets Manager ends an ARN with, so that a new secret
// of an old name is another resource.
func suffix() string {
	b := make([]byte, suffixLength)
	for i := range b {
		b[i] = alphanumeric[below(len(alphanumeric))]
	}
	return string(b)
}
