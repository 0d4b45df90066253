package server

import "slices"

// countDaemons sets the desired count of a daemon service: one task on each
// instance that it runs on. The caller holds s.mu.
func (s *Service) countDaemons(sv *service) {
	if !sv.daemon() || sv.status() != serviceActive {
		return
	}
	if sv.desired = 1; !s.places(sv.cluster) {
		return
	}
	sv.desired = 0
	for _, i := range sv.cluster.instances {
		if sv.runsOn(i) {
			sv.desired++
		}
	}
}

// runsOn reports whether an instance is one that a daemon service has a task
// on: it is ACTIVE and meets the constraints.
func (sv *service) runsOn(i *instance) bool {
	return i.status() == instanceActive && sv.admits(i)
}

func (sv *service) admits(i *instance) bool {
	d := sv.primary()
	return d == nil || sv.rules(d).Admits(i.view())
}

// instancesFor are the instances that a new task can be placed
// on: for a daemon service those that have none of it yet. Nil means all.
func (sv *service) instancesFor() func(*instance) bool {
	if !sv.daemon() {
		return nil
	}
	return func(i *instance) bool {
		return sv.runsOn(i) && !slices.ContainsFunc(i.tasks, func(t *task) bool { return t.service == sv })
	}
}

// fate is what becomes of a task for the sake of its instance.
type fate int

const (
	stays   fate = iota
	ignored      // a daemon's that stays until the other tasks have gone
	evicted      // that has to go
)

// fateOf tells what becomes of a task. On an instance that is DRAINING the
// daemons stop last.
func (sv *service) fateOf(t *task) fate {
	i := t.instance
	switch {
	case i == nil || i.status() == instanceInactive:
		return stays // or its end has been asked for
	case !sv.daemon() && i.status() == instanceDraining:
		return evicted
	case !sv.daemon() || sv.runsOn(i):
		return stays
	case i.status() == instanceDraining && i.hasReplicas() && sv.status() == serviceActive:
		return ignored
	}
	return evicted
}

// hasReplicas reports whether an instance has tasks of services that are not
// daemons.
func (i *instance) hasReplicas() bool {
	return slices.ContainsFunc(i.tasks, func(t *task) bool { return t.service != nil && !t.service.daemon() })
}

// noteViolated tells of the daemons that stop because their instances don't
// meet the constraints any more.
func (s *Service) noteViolated(sv *service, stops []move) {
	violates := func(m move) bool {
		i := s.tasks[m.stop].instance
		return sv.daemon() && i != nil && i.status() == instanceActive && !sv.admits(i)
	}
	if sv.status() == serviceActive && slices.ContainsFunc(stops, violates) {
		s.action(sv, EventError, "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED", "", nil)
	}
}
