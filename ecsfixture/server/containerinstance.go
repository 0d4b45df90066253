package server

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"github.com/ecsfixture/ecsfixture-go/ecsfixture/internal/placement"
)

// The states of a container instance.
const (
	instanceActive   = "ACTIVE"
	instanceDraining = "DRAINING" // gets no new tasks, and services take theirs away
	instanceInactive = "INACTIVE" // deregistered, still describable
)

// instance is a container instance of a cluster. It is simulated: its tasks
// run where all tasks run, but only as many as it has room for. All of it is
// guarded by Service.mu.
type instance struct {
	id, arn string
	cluster *cluster
	api     types.ContainerInstance // without tags, counts and what remains
	tags    []types.Tag
	enis    int     // network interfaces that tasks can have
	tasks   []*task // placed here and not STOPPED, oldest first
}

func (i *instance) status() string { return *i.api.Status }

// registered reports whether the instance counts: it is ACTIVE or DRAINING.
func (i *instance) registered() bool { return i.status() != instanceInactive }

// attribute returns the value of an attribute, "" if the instance hasn't any.
func (i *instance) attribute(name string) string {
	for _, a := range i.api.Attributes {
		if *a.Name == name {
			return deref(a.Value)
		}
	}
	return ""
}

// places reports whether the cluster has container instances that tasks are
// placed on. Without, an implicit one always has room.
func (s *Service) places(c *cluster) bool { return c.placed || s.cfg.NoImplicitInstance }

// findInstance returns an instance of a cluster, whatever its status, by its
// id or ARN. The caller holds s.mu.
func (s *Service) findInstance(c *cluster, idOrARN string) (*instance, bool) {
	name, ok := s.resourceName("container-instance", idOrARN)
	if !ok {
		return nil, false
	}
	if clusterName, id, long := strings.Cut(name, "/"); long {
		if clusterName != c.name {
			return nil, false
		}
		name = id
	}
	i := slices.IndexFunc(c.instances, func(i *instance) bool { return i.id == name })
	if i < 0 {
		return nil, false
	}
	return c.instances[i], true
}

// instanceARN returns the full ARN of an instance of c, known or not.
func (s *Service) instanceARN(c *cluster, idOrARN string) string {
	if name, ok := s.resourceName("container-instance", idOrARN); ok {
		return s.arn("container-instance", c.name, lastPart(name))
	}
	return idOrARN
}

// registeredInstances counts the instances of a cluster that are ACTIVE or
// DRAINING.
func (c *cluster) registeredInstances() (n int32) {
	for _, i := range c.instances {
		if i.registered() {
			n++
		}
	}
	return n
}

// count counts the tasks of an instance as its cluster does.
func (i *instance) count(sort string) (n int32) {
	for _, t := range i.tasks {
		if clusterCount(*t.api.LastStatus) == sort {
			n++
		}
	}
	return n
}

// output returns a copy of i for a reply. The caller holds s.mu.
func (i *instance) output(include ...types.ContainerInstanceField) types.ContainerInstance {
	out := clone(i.api)
	out.RunningTasksCount, out.PendingTasksCount = i.count(clusterRunning), i.count(clusterPending)
	out.RemainingResources = i.remaining()
	out.Tags = []types.Tag{}
	if slices.Contains(include, types.ContainerInstanceFieldTags) {
		out.Tags = append(out.Tags, clone(i.tags)...)
	}
	if slices.Contains(include, types.ContainerInstanceFieldContainerInstanceHealth) {
		out.HealthStatus = i.health()
	}
	return out
}

// health is what the instance's agent would tell of it.
func (i *instance) health() *types.ContainerInstanceHealthStatus {
	state := types.InstanceHealthCheckStateOk
	if !i.api.AgentConnected {
		state = types.InstanceHealthCheckStateInsufficientData
	}
	return &types.ContainerInstanceHealthStatus{OverallStatus: state, Details: []types.InstanceHealthCheckResult{{
		Type: types.InstanceHealthCheckTypeContainerRuntime, Status: state,
		LastUpdated: i.api.RegisteredAt, LastStatusChange: i.api.RegisteredAt,
	}}}
}

// view is the instance as placement sees it.
func (i *instance) view() placement.Instance {
	v := placement.Instance{
		ID: i.id, EC2ID: deref(i.api.Ec2InstanceId),
		AgentConnected: i.api.AgentConnected, AgentVersion: deref(deref(i.api.VersionInfo).AgentVersion),
		RegisteredAt: *i.api.RegisteredAt,
		Attributes:   map[string]string{},
		Running:      int(i.count(clusterRunning)),
		Free:         i.free(),
	}
	for _, a := range i.api.Attributes {
		v.Attributes[*a.Name] = deref(a.Value)
	}
	for _, t := range i.tasks {
		if !t.leaving() {
			v.Tasks = append(v.Tasks, placement.Task{Group: deref(t.api.Group)})
		}
	}
	return v
}

// instanceChanged counts the version of an instance up and tells of it. The
// caller holds s.mu.
func (s *Service) instanceChanged(i *instance) {
	i.api.Version++
	if s.cfg.InstanceChanged != nil {
		s.cfg.InstanceChanged(i.output())
	}
	s.broadcast()
}

// capacityChanged gives tasks that wait what room there is, and has the
// services of a cluster look for theirs. The caller holds s.mu.
func (s *Service) capacityChanged(c *cluster) {
	s.placeWaiting(c)
	for _, sv := range s.servicesOf(c) {
		sv.poke()
	}
}

func instanceNotFound() error {
	return &types.InvalidParameterException{Message: aws.String(msgInstanceNotFound)}
}
