package ecsfixture

import (
	"errors"
	"testing"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/server"
)

// Endpoint returns the address to dial, host:port, for a container's port: of
// the task's own network interface where the host can route to it, of the
// published port elsewhere. The port is in the task definition's portMappings.
func (fx *Fixture) Endpoint(t testing.TB, taskARN, container string, port int) string {
	t.Helper()
	address, err := fx.zoneOfARN(taskARN).ecs.Address(taskARN, container, port)
	if errors.Is(err, server.ErrUnknown) {
		t.Fatalf("ecsfixture: %s", fx.Story(taskARN))
	}
	if err != nil {
		t.Fatalf("ecsfixture: %v\n%s", err, fx.Story(taskARN))
	}
	return address
}
