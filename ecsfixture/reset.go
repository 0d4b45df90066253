package ecsfixture

import (
	"context"
	"errors"
)

// Reset ends all tasks at once and forgets them, with all services, clusters
// and task definitions. Secrets, parameters, log groups, lines and events
// stay, target groups without targets, and the container instances of
// [WithContainerInstances] are there again, empty.
func (fx *Fixture) Reset(ctx context.Context) error {
	var errs []error
	for _, z := range fx.replaceZones() {
		errs = append(errs, z.ecs.Close(ctx))
	}
	errs = append(errs, fx.addInstances(ctx))
	return errors.Join(errs...)
}

// replaceZones puts new zones in the place of all and returns the old ones.
func (fx *Fixture) replaceZones() (old []*zone) {
	fx.mu.Lock()
	defer fx.mu.Unlock()
	for p, z := range fx.zones {
		old = append(old, z)
		fx.zones[p] = fx.zoneWith(p, z.secrets, z.cloudWatch)
	}
	return old
}
