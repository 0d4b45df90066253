package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// maxServiceEvents is how many events a service keeps.
const maxServiceEvents = 100

// event adds an event to those that DescribeServices shows. The caller holds
// s.mu.
func (s *Service) event(sv *service, format string, args ...any) {
	sv.log("(service "+sv.name+") "+format, args...)
}

// fleetEvent is event with the task set or deployment that it is about.
func (s *Service) fleetEvent(sv *service, d *deployment, format string, args ...any) {
	sv.log("(service "+sv.name+", taskSet "+d.id+") "+format, args...)
}

// launchEvent is about tasks that come: those of task sets are told apart.
func (s *Service) launchEvent(sv *service, d *deployment, format string, args ...any) {
	if sv.external() {
		s.fleetEvent(sv, d, format, args...)
		return
	}
	s.event(sv, format, args...)
}

func (sv *service) log(format string, args ...any) {
	e := types.ServiceEvent{
		Id:        aws.String(newUUID()),
		CreatedAt: aws.Time(time.Now()),
		Message:   aws.String(fmt.Sprintf(format, args...)),
	}
	sv.events = slices.Insert(sv.events, 0, e)
	sv.events = sv.events[:min(len(sv.events), maxServiceEvents)]
}

// action tells the fixture of an ECS Service Action. The caller holds s.mu.
func (s *Service) action(sv *service, kind, name, reason string, ids []string) {
	s.tellEvent(sv, ServiceEvent{Kind: ServiceAction, Type: kind, Name: name, Reason: reason, TaskARNs: s.arnsOf(ids)})
}

// state tells the fixture of an ECS Deployment State Change. The caller holds
// s.mu.
func (s *Service) state(sv *service, d *deployment, kind, name string) {
	s.tellEvent(sv, ServiceEvent{Kind: DeploymentStateChange, Type: kind, Name: name, Reason: d.reason, DeploymentID: d.id})
}

func (s *Service) tellEvent(sv *service, e ServiceEvent) {
	if s.cfg.ServiceEvent == nil {
		return
	}
	e.ServiceARN, e.ClusterARN = sv.arn, sv.cluster.arn
	e.At, e.DesiredCount = time.Now(), int32(sv.desired)
	s.cfg.ServiceEvent(e)
}

// The names of deployment state changes.
const (
	deploymentStarted   = "SERVICE_DEPLOYMENT_IN_PROGRESS"
	deploymentCompleted = "SERVICE_DEPLOYMENT_COMPLETED"
	deploymentFailed    = "SERVICE_DEPLOYMENT_FAILED"
)

// steadyAgain is after how long a service that is at rest says so again.
const steadyAgain = 6 * time.Hour

// noteSteady says that the service has come to rest, or still is.
func (s *Service) noteSteady(sv *service) {
	if sv.status() != serviceActive || sv.rollout != nil || !sv.atRest() {
		sv.steady = time.Time{}
		return
	}
	if !sv.steady.IsZero() && sv.later(sv.steady.Add(steadyAgain)) {
		return
	}
	sv.steady = time.Now()
	sv.lookAt(sv.steady.Add(steadyAgain))
	s.event(sv, eventSteady)
	s.action(sv, EventInfo, "SERVICE_STEADY_STATE", "", nil)
}

// atRest reports whether every fleet has exactly what it wants, healthy.
func (sv *service) atRest() bool {
	fleets := sv.fleets()
	for _, d := range fleets {
		if !sv.complete(d) || d.halted {
			return false
		}
	}
	return len(fleets) > 0
}

// complete reports whether a fleet has exactly what it wants, healthy.
func (sv *service) complete(d *deployment) bool {
	f := sv.fleet(d)
	return len(f.seats) == f.want && f.count(func(s seat) bool { return s.healthy && !s.evicted }) == f.want
}

// noteStalled says once that the bounds leave a deployment no room.
func (s *Service) noteStalled(sv *service, stalled bool) {
	if d := sv.primary(); stalled && d != nil && !d.stalled {
		d.stalled = true
		s.event(sv, eventStalled)
	}
}

// noteUnplaced says, once for each reason, that tasks find no place, and
// reports whether it did. The caller holds s.mu.
func (s *Service) noteUnplaced(sv *service, d *deployment, o order, lack *offer) bool {
	if lack == nil {
		d.unplaced = ""
		return false
	}
	text := lack.event()
	if d.unplaced == text {
		return false
	}
	d.unplaced = text
	s.event(sv, "%s", text)
	e := ServiceEvent{Kind: ServiceAction, Type: EventError, Name: "SERVICE_TASK_PLACEMENT_FAILURE", Reason: lack.reason}
	for _, item := range o.strategy {
		e.CapacityProviderARNs = append(e.CapacityProviderARNs, s.arn("capacity-provider", *item.CapacityProvider))
	}
	if lack.closest != nil {
		for _, f := range lack.failures {
			e.ContainerInstanceARNs = append(e.ContainerInstanceARNs, *f.Arn)
		}
	}
	s.tellEvent(sv, e)
	return true
}

// event words what is wrong as services do.
func (f offer) event() string {
	if f.closest == nil {
		return fmt.Sprintf(eventUnplaced, fmt.Sprintf(eventUnplacedReason, strings.TrimSuffix(f.reason, ".")))
	}
	words, known := eventClosest[placement.Reason(f.reason)]
	if !known {
		words = fmt.Sprintf(eventEncountered, f.reason)
	}
	return fmt.Sprintf(eventUnplaced, fmt.Sprintf(eventUnplacedClosest, f.closest.id, words))
}

// count words a number of things; ECS writes 1 tasks, too.
func count(n int, things string) string { return fmt.Sprintf("%d %s", n, things) }

// idList words tasks as events do.
func idList(ids []string) string { return "(task " + strings.Join(ids, ") (task ") + ")" }
