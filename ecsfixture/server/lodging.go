package server

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// lodging is where a task runs.
type lodging struct {
	instance *instance        // nil without one
	demand   placement.Demand // what it has of the instance
	waits    *wish            // for capacity, nil if it doesn't
	reason   string           // why it waits
}

// patience is how long a task waits for the capacity of its provider.
const patience = 15 * time.Minute

// wish is what a place is looked for by.
type wish struct {
	cluster  *cluster
	provider *string // capacity provider
	demand   placement.Demand
	rules    placement.Rules
	among    func(*instance) bool // nil if all will do
}

// offer is what the search for a place came to: a lodging, or what is wrong.
type offer struct {
	lodging
	failed   bool
	reason   string
	closest  *instance // of those that can't take the task, nil if there are none
	failures []types.Failure
}

// find looks for a place for a task of an order. One for Fargate needs none,
// and in a cluster without instances there is an implicit one. The caller
// holds s.mu.
func (s *Service) find(o order) (f offer) {
	if o.launchType == types.LaunchTypeFargate || !s.places(o.cluster) {
		return f
	}
	w := wish{cluster: o.cluster, provider: o.provider, demand: o.demand(), rules: o.rules, among: o.among}
	f = s.lookFor(w)
	if f.failed && s.scales(o.provider) {
		f.failed, f.waits, f.lodging.reason = false, &w, f.reason
	}
	return f
}

func (s *Service) lookFor(w wish) (f offer) {
	candidates := w.candidates()
	if len(candidates) == 0 {
		f.failed, f.reason = true, w.emptiness()
		if w.provider != nil {
			f.failures = []types.Failure{refusalOf(s.arn("capacity-provider", *w.provider), f.reason)}
		}
		return f
	}
	var views []placement.Instance
	for _, i := range candidates {
		views = append(views, i.view())
	}
	at, failures := placement.Find(views, w.demand, w.rules, rand.IntN)
	if at >= 0 {
		f.instance, f.demand = candidates[at], w.demand
		return f
	}
	closest := placement.Closest(failures)
	f.failed, f.reason, f.closest = true, string(closest.Reason), candidates[closest.Instance]
	for _, lack := range failures {
		f.failures = append(f.failures, refusalOf(candidates[lack.Instance].arn, string(lack.Reason)))
	}
	return f
}

func refusalOf(arn, reason string) types.Failure {
	return types.Failure{Arn: aws.String(arn), Reason: aws.String(reason)}
}

// candidates are the instances that a task can be placed on: those that are
// ACTIVE, and of its capacity provider if it has one.
func (w wish) candidates() (list []*instance) {
	for _, i := range w.cluster.instances {
		of := w.provider == nil || deref(i.api.CapacityProviderName) == *w.provider
		if i.status() == instanceActive && of && (w.among == nil || w.among(i)) {
			list = append(list, i)
		}
	}
	return list
}

// emptiness words that there is no candidate.
func (w wish) emptiness() string {
	if w.provider == nil {
		return reasonNoInstances
	}
	for _, i := range w.cluster.instances {
		if i.registered() && deref(i.api.CapacityProviderName) == *w.provider {
			return reasonNoneActive
		}
	}
	return reasonEmptyProvider
}

// moveIn puts a task into its lodging. The caller holds s.mu.
func (t *task) moveIn(l lodging) {
	t.lodging = l
	if l.waits != nil {
		t.cluster.waiting = append(t.cluster.waiting, t)
	}
	if l.instance == nil {
		return
	}
	l.instance.tasks = append(l.instance.tasks, t)
	t.api.ContainerInstanceArn = aws.String(l.instance.arn)
	if zone := l.instance.attribute("ecs.availability-zone"); zone != "" {
		t.api.AvailabilityZone = aws.String(zone)
	}
}

// moveOut gives back what a task had of its instance, once it has STOPPED.
// The caller holds s.mu.
func (s *Service) moveOut(t *task) {
	i := t.instance
	if i == nil || !slices.Contains(i.tasks, t) {
		return
	}
	i.tasks = slices.DeleteFunc(i.tasks, func(other *task) bool { return other == t })
	s.instanceChanged(i)
	s.capacityChanged(i.cluster)
}

// placeWaiting places the tasks that wait for capacity, as far as there is
// any, the oldest first. The caller holds s.mu.
func (s *Service) placeWaiting(c *cluster) {
	c.waiting = slices.DeleteFunc(c.waiting, func(t *task) bool { return t.leaving() || s.placeOne(t) })
}

// placeOne places a task that waits, and reports whether it could.
func (s *Service) placeOne(t *task) bool {
	f := s.lookFor(*t.waits)
	if f.failed {
		t.lodging.reason = f.reason
		return false
	}
	s.change(t, func(*types.Task) { t.moveIn(f.lodging) })
	s.instanceChanged(t.instance)
	r := t.runner
	r.box.put(func() { r.life.unplaced = false })
	return true
}

// expire ends a task for which no capacity came in time.
func (r *runner) expire() {
	if !r.life.unplaced || r.life.desired == stopped {
		return
	}
	r.s.mu.Lock()
	reason, waits := r.t.lodging.reason, r.t.waits != nil
	r.s.mu.Unlock()
	if waits {
		r.stop(types.TaskStopCodeTaskFailedToStart, reason)
	}
}
