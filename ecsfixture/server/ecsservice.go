package server

import (
	"crypto/rand"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// The states of a service.
const (
	serviceActive   = "ACTIVE"
	serviceDraining = "DRAINING" // deleted, its tasks stop
	serviceInactive = "INACTIVE" // deleted and gone, still describable
)

// service is a service of the store, guarded by Service.mu. Its runner is a
// goroutine that reconciles it whenever something happens.
type service struct {
	cluster   *cluster
	name, arn string
	request   string        // the CreateService, to tell whether another one is the same
	api       types.Service // without tags, counts, deployments, task sets and events
	tags      []types.Tag
	volumes   []types.ServiceVolumeConfiguration
	connect   *types.ServiceConnectConfiguration // that it is off, if that was said
	desired   int
	events    []types.ServiceEvent // newest first

	tasks       []*task            // that have not stopped, oldest first
	deployments []*deployment      // the first is PRIMARY, the others leave when they are drained
	completed   *deployment        // the last that was COMPLETED: where a rollback goes
	taskSets    []*taskSet         // of an EXTERNAL service
	rollout     *rollout           // the service deployment in progress
	rollouts    []*rollout         // all of them, newest first
	shifting    bool               // listener rules are being changed: one rollout after the other
	revisions   []*serviceRevision // all of them, oldest first
	past        *service           // that had the name before, whose deployments are still known
	steady      time.Time          // when it last said that it is at rest; zero if it isn't

	wake  chan struct{} // has a value when there is something to look at
	alarm time.Time     // when to look again by itself
}

func (sv *service) status() string { return *sv.api.Status }

func (sv *service) external() bool {
	return sv.api.DeploymentController.Type == types.DeploymentControllerTypeExternal
}

func (sv *service) daemon() bool { return sv.api.SchedulingStrategy == types.SchedulingStrategyDaemon }

// poke has the service looked at.
func (sv *service) poke() {
	select {
	case sv.wake <- struct{}{}:
	default: // it has a value already
	}
}

// lookAt has the service looked at when the time has come.
func (sv *service) lookAt(at time.Time) {
	if sv.alarm.IsZero() || at.Before(sv.alarm) {
		sv.alarm = at
	}
}

// findService returns a service of a cluster, whatever its status, by name or
// ARN. The caller holds s.mu.
func (s *Service) findService(c *cluster, nameOrARN *string) (*service, bool) {
	name, ok := s.resourceName("service", deref(nameOrARN))
	if !ok {
		return nil, false
	}
	if clusterName, short, long := strings.Cut(name, "/"); long {
		if clusterName != c.name {
			return nil, false
		}
		name = short
	}
	sv, ok := s.services[serviceKey{c.name, name}]
	return sv, ok
}

// serviceKey names a service: names are unique in a cluster.
type serviceKey struct{ cluster, name string }

// knownService is findService by the names of a request, with ECS's errors.
// The caller holds s.mu.
func (s *Service) knownService(clusterName, serviceName *string) (*service, error) {
	if deref(serviceName) == "" {
		return nil, invalidParameter(msgEmpty, "service")
	}
	c, err := s.activeCluster(clusterName)
	if err != nil {
		return nil, err
	}
	sv, ok := s.findService(c, serviceName)
	if !ok {
		return nil, serviceNotFound()
	}
	return sv, nil
}

// activeService is knownService for calls that change the service.
func (s *Service) activeService(clusterName, serviceName *string) (*service, error) {
	sv, err := s.knownService(clusterName, serviceName)
	if err == nil && sv.status() != serviceActive {
		return nil, &types.ServiceNotActiveException{Message: aws.String(msgServiceNotActive)}
	}
	return sv, err
}

func serviceNotFound() error {
	return &types.ServiceNotFoundException{Message: aws.String(msgServiceNotFound)}
}

// servicesOf returns the services of a cluster, by name. The caller holds
// s.mu.
func (s *Service) servicesOf(c *cluster) (list []*service) {
	for key, sv := range s.services {
		if key.cluster == c.name {
			list = append(list, sv)
		}
	}
	slices.SortFunc(list, func(a, b *service) int { return strings.Compare(a.name, b.name) })
	return list
}

// countServices counts the services of a cluster by status and launch type;
// an empty launch type means all.
func (s *Service) countServices(c *cluster, status string, launch types.LaunchType) (n int32) {
	for key, sv := range s.services {
		if key.cluster == c.name && sv.status() == status && (launch == "" || sv.launchType() == launch) {
			n++
		}
	}
	return n
}

// launchType is how the service's tasks run, by its own word or by its
// capacity providers.
func (sv *service) launchType() types.LaunchType {
	if len(sv.deployments) > 0 {
		return sv.deployments[0].revision.launch
	}
	return sv.api.LaunchType
}

// clusterOf counts tasks as a service does: those whose end has been asked
// for count no more.
func (sv *service) counts(of func(*task) bool) (running, pending int32) {
	for _, t := range sv.tasks {
		if !of(t) || t.leaving() {
			continue
		}
		switch clusterCount(*t.api.LastStatus) {
		case clusterRunning:
			running++
		case clusterPending:
			pending++
		}
	}
	return running, pending
}

func anyTask(*task) bool { return true }

// output returns a copy of sv for a reply. The caller holds s.mu.
func (sv *service) output(withTags bool) types.Service {
	out := clone(sv.api)
	if len(out.LoadBalancers) > 0 {
		out.HealthCheckGracePeriodSeconds = firstSet(out.HealthCheckGracePeriodSeconds, new(int32))
	}
	out.DesiredCount = int32(sv.desired)
	out.RunningCount, out.PendingCount = sv.counts(anyTask)
	out.Deployments = []types.Deployment{}
	for i := range sv.deployments {
		out.Deployments = append(out.Deployments, sv.describeDeployment(i))
	}
	out.TaskSets = sv.describeTaskSets()
	out.Events = append([]types.ServiceEvent{}, clone(sv.events)...)
	sv.describeCurrent(&out)
	if withTags {
		out.Tags = append([]types.Tag{}, clone(sv.tags)...)
	}
	return out
}

// describeCurrent tells of the service deployment in progress, or the last
// one, and of the revisions that have tasks.
func (sv *service) describeCurrent(out *types.Service) {
	if sv.status() == serviceInactive {
		return
	}
	if len(sv.rollouts) > 0 {
		out.CurrentServiceDeployment = aws.String(sv.rollouts[0].arn)
	}
	for _, d := range sv.deployments {
		running, pending := sv.counts(d.has)
		out.CurrentServiceRevisions = append(out.CurrentServiceRevisions, types.ServiceCurrentRevisionSummary{
			Arn:                aws.String(d.revision.arn),
			RequestedTaskCount: int32(sv.want(d)), RunningTaskCount: running, PendingTaskCount: pending,
		})
	}
}

// newNumber returns 19 digits, as deployments, task sets and revisions have
// them.
func newNumber() string {
	n, _ := rand.Int(rand.Reader, big.NewInt(9_000_000_000_000_000_000)) // never fails
	return new(big.Int).Add(n, big.NewInt(1_000_000_000_000_000_000)).String()
}
