package server

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// taskSet is a task set of an EXTERNAL service: a fleet of its own, whose
// size is a share of the service's desired count.
type taskSet struct {
	*deployment
	arn     string
	api     types.TaskSet // without tags and counts
	tags    []types.Tag
	request string // the CreateTaskSet that made it
}

// The states of a task set.
const (
	taskSetPrimary  = "PRIMARY"
	taskSetActive   = "ACTIVE"
	taskSetDraining = "DRAINING"
)

// want is the share of a service's desired count, rounded up.
func (ts *taskSet) want(desired int) int {
	if *ts.api.Status == taskSetDraining {
		return 0
	}
	return scaled(desired, ts.api.Scale.Value)
}

// scaled is a percentage of a count, rounded up. What binary fractions add to
// a decimal percentage, 64.4 of 250, doesn't count.
func scaled(count int, percent float64) int {
	const dust = 1e-9
	return int(math.Ceil(float64(count)*percent/100 - dust))
}

func (sv *service) taskSetOf(d *deployment) *taskSet {
	for _, ts := range sv.taskSets {
		if ts.deployment == d {
			return ts
		}
	}
	return nil
}

// findTaskSet returns a task set by its id or ARN, nil if there is none.
func (sv *service) findTaskSet(idOrARN string) *taskSet {
	for _, ts := range sv.taskSets {
		if ts.id == idOrARN || ts.arn == idOrARN {
			return ts
		}
	}
	return nil
}

// output returns a copy of ts for a reply. The caller holds s.mu.
func (sv *service) describeTaskSet(ts *taskSet, withTags bool) types.TaskSet {
	out := clone(ts.api)
	out.ComputedDesiredCount = int32(ts.want(sv.desired))
	out.RunningCount, out.PendingCount = sv.counts(ts.has)
	out.Tags = []types.Tag{}
	if withTags {
		out.Tags = append(out.Tags, clone(ts.tags)...)
	}
	return out
}

// describeTaskSets are the task sets as DescribeServices shows them: nil for
// a service that can't have any.
func (sv *service) describeTaskSets() (list []types.TaskSet) {
	if !sv.external() {
		return nil
	}
	list = []types.TaskSet{}
	for _, ts := range sv.taskSets {
		list = append(list, sv.describeTaskSet(ts, false))
	}
	return list
}

// concludeTaskSets notes which task sets have come to rest, and drops those
// that are gone.
func (s *Service) concludeTaskSets(sv *service) {
	sv.taskSets = slices.DeleteFunc(sv.taskSets, func(ts *taskSet) bool {
		return *ts.api.Status == taskSetDraining && sv.drained(ts.deployment)
	})
	for _, ts := range sv.taskSets {
		stable := sv.complete(ts.deployment)
		if ts.stabilize(stable) && stable {
			s.fleetEvent(sv, ts.deployment, eventTaskSetSteady)
			s.action(sv, EventInfo, "TASKSET_STEADY_STATE", "", nil)
		}
	}
}

// stabilize notes whether a task set is at rest, and reports whether that is
// news.
func (ts *taskSet) stabilize(stable bool) bool {
	status := types.StabilityStatusStabilizing
	if stable {
		status = types.StabilityStatusSteadyState
	}
	if ts.api.StabilityStatus == status {
		return false
	}
	ts.api.StabilityStatus, ts.api.StabilityStatusAt = status, aws.Time(time.Now())
	return true
}

// CreateTaskSet starts a task set of an EXTERNAL service.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateTaskSet.html
func (s *Service) CreateTaskSet(_ context.Context, in *ecs.CreateTaskSetInput) (*ecs.CreateTaskSetOutput, error) {
	if err := checkTaskSet(in); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, err := s.externalService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	ts := sv.sameTaskSet(in)
	if ts == nil {
		if ts, err = s.newTaskSet(sv, in); err != nil {
			return nil, err
		}
		sv.taskSets = append(sv.taskSets, ts)
		sv.poke()
		s.broadcast()
	}
	out := sv.describeTaskSet(ts, true)
	return &ecs.CreateTaskSetOutput{TaskSet: &out}, nil
}

// sameTaskSet is the task set that a request with the same clientToken made.
func (sv *service) sameTaskSet(in *ecs.CreateTaskSetInput) *taskSet {
	for _, ts := range sv.taskSets {
		if in.ClientToken != nil && ts.request == *in.ClientToken {
			return ts
		}
	}
	return nil
}

func checkTaskSet(in *ecs.CreateTaskSetInput) error {
	switch {
	case deref(in.TaskDefinition) == "":
		return invalidParameter(msgEmpty, "taskDefinition")
	case in.LaunchType != "" && len(in.CapacityProviderStrategy) > 0:
		return invalidParameter(msgLaunchAndStrategy)
	case len(in.ServiceRegistries) > 0:
		return unsupportedMember("serviceRegistries")
	case in.LaunchType == types.LaunchTypeExternal || in.LaunchType == types.LaunchTypeManagedInstances:
		return unsupportedMember("launchType " + string(in.LaunchType))
	}
	for _, err := range []error{checkEnum("launchType", in.LaunchType), checkScale(in.Scale), checkTags(in.Tags)} {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkScale(scale *types.Scale) error {
	if scale != nil && (scale.Value < 0 || scale.Value > 100 || scale.Unit != "" && scale.Unit != types.ScaleUnitPercent) {
		return invalidParameter(msgScale)
	}
	return nil
}

// externalService is activeService for one that has task sets.
func (s *Service) externalService(clusterName, serviceName *string) (*service, error) {
	sv, err := s.activeService(clusterName, serviceName)
	if err == nil && !sv.external() {
		return nil, invalidParameter(msgTaskSetController)
	}
	return sv, err
}

// newTaskSet makes a task set. It is made from a copy of its service that has
// the settings which an EXTERNAL service leaves to its task sets.
func (s *Service) newTaskSet(sv *service, in *ecs.CreateTaskSetInput) (*taskSet, error) {
	with, from := *sv, clone(*in)
	with.api = clone(sv.api)
	with.api.LaunchType = either(from.LaunchType, with.api.LaunchType)
	with.api.CapacityProviderStrategy = from.CapacityProviderStrategy
	with.api.PlatformVersion = from.PlatformVersion
	with.api.NetworkConfiguration = from.NetworkConfiguration
	with.api.LoadBalancers = from.LoadBalancers
	rev, err := s.reviseBy(&with, *in.TaskDefinition)
	if err != nil {
		return nil, err
	}
	ts := &taskSet{deployment: newDeployment(rev), tags: from.Tags, request: deref(in.ClientToken)}
	ts.arn = s.arn("task-set", sv.cluster.name, sv.name, ts.id)
	ts.api = newAPITaskSet(sv, ts, from)
	return ts, nil
}

func newAPITaskSet(sv *service, ts *taskSet, in ecs.CreateTaskSetInput) types.TaskSet {
	rev := ts.revision.api
	return clone(types.TaskSet{
		Id:                       aws.String(ts.id),
		TaskSetArn:               aws.String(ts.arn),
		ServiceArn:               aws.String(sv.arn),
		ClusterArn:               aws.String(sv.cluster.arn),
		Status:                   aws.String(taskSetActive),
		ExternalId:               in.ExternalId,
		TaskDefinition:           rev.TaskDefinition,
		CreatedAt:                aws.Time(ts.createdAt),
		UpdatedAt:                aws.Time(ts.updatedAt),
		LaunchType:               rev.LaunchType,
		CapacityProviderStrategy: rev.CapacityProviderStrategy,
		PlatformVersion:          rev.PlatformVersion,
		PlatformFamily:           rev.PlatformFamily,
		NetworkConfiguration:     rev.NetworkConfiguration,
		LoadBalancers:            append([]types.LoadBalancer{}, rev.LoadBalancers...),
		ServiceRegistries:        []types.ServiceRegistry{},
		Scale:                    fullScale(in.Scale),
		StabilityStatus:          types.StabilityStatusStabilizing,
		StabilityStatusAt:        aws.Time(ts.createdAt),
	})
}

func fullScale(scale *types.Scale) *types.Scale {
	return &types.Scale{Unit: types.ScaleUnitPercent, Value: deref(scale).Value}
}

// taskSet is the task set that a request names.
func (s *Service) taskSet(clusterName, serviceName, name *string) (*service, *taskSet, error) {
	if deref(name) == "" {
		return nil, nil, invalidParameter(msgEmpty, "taskSet")
	}
	sv, err := s.externalService(clusterName, serviceName)
	if err != nil {
		return nil, nil, err
	}
	ts := sv.findTaskSet(*name)
	if ts == nil {
		return nil, nil, &types.TaskSetNotFoundException{Message: aws.String(msgTaskSetMissing)}
	}
	return sv, ts, nil
}

// UpdateTaskSet changes the scale of a task set.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateTaskSet.html
func (s *Service) UpdateTaskSet(_ context.Context, in *ecs.UpdateTaskSetInput) (*ecs.UpdateTaskSetOutput, error) {
	if in.Scale == nil {
		return nil, invalidParameter(msgEmpty, "scale")
	}
	if err := checkScale(in.Scale); err != nil {
		return nil, err
	}
	out, err := s.changeTaskSet(in.Cluster, in.Service, in.TaskSet, func(_ *service, ts *taskSet) error {
		if *ts.api.Status == taskSetDraining {
			return invalidParameter(msgTaskSetDraining)
		}
		ts.api.Scale = fullScale(in.Scale)
		ts.stabilize(false)
		return nil
	})
	return &ecs.UpdateTaskSetOutput{TaskSet: out}, err
}

// UpdateServicePrimaryTaskSet says which task set has the production traffic.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateServicePrimaryTaskSet.html
func (s *Service) UpdateServicePrimaryTaskSet(_ context.Context, in *ecs.UpdateServicePrimaryTaskSetInput) (*ecs.UpdateServicePrimaryTaskSetOutput, error) {
	out, err := s.changeTaskSet(in.Cluster, in.Service, in.PrimaryTaskSet, func(sv *service, ts *taskSet) error {
		if *ts.api.Status == taskSetDraining {
			return invalidParameter(msgTaskSetDraining)
		}
		for _, other := range sv.taskSets {
			if *other.api.Status == taskSetPrimary {
				other.api.Status = aws.String(taskSetActive)
			}
		}
		ts.api.Status = aws.String(taskSetPrimary)
		sv.adopt(ts.revision)
		return nil
	})
	return &ecs.UpdateServicePrimaryTaskSetOutput{TaskSet: out}, err
}

// DeleteTaskSet has a task set stop its tasks; then it is gone.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskSet.html
func (s *Service) DeleteTaskSet(_ context.Context, in *ecs.DeleteTaskSetInput) (*ecs.DeleteTaskSetOutput, error) {
	out, err := s.changeTaskSet(in.Cluster, in.Service, in.TaskSet, func(_ *service, ts *taskSet) error {
		if ts.api.Scale.Value > 0 && !deref(in.Force) {
			return invalidParameter(msgTaskSetScaled)
		}
		ts.api.Status = aws.String(taskSetDraining)
		return nil
	})
	return &ecs.DeleteTaskSetOutput{TaskSet: out}, err
}

// changeTaskSet changes a task set and returns what it is then.
func (s *Service) changeTaskSet(clusterName, serviceName, name *string, change func(*service, *taskSet) error) (*types.TaskSet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, ts, err := s.taskSet(clusterName, serviceName, name)
	if err != nil {
		return nil, err
	}
	if err := change(sv, ts); err != nil {
		return nil, err
	}
	ts.api.UpdatedAt = aws.Time(time.Now())
	sv.poke()
	s.broadcast()
	out := sv.describeTaskSet(ts, true)
	return &out, nil
}

// DescribeTaskSets describes the task sets of a service: all of them, or those
// that are named.
//
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskSets.html
func (s *Service) DescribeTaskSets(_ context.Context, in *ecs.DescribeTaskSetsInput) (*ecs.DescribeTaskSetsOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sv, err := s.externalService(in.Cluster, in.Service)
	if err != nil {
		return nil, err
	}
	names := in.TaskSets
	if len(names) == 0 {
		for _, ts := range sv.taskSets {
			names = append(names, ts.id)
		}
	}
	out := &ecs.DescribeTaskSetsOutput{Failures: []types.Failure{}, TaskSets: []types.TaskSet{}}
	for _, name := range names {
		if ts := sv.findTaskSet(name); ts != nil {
			out.TaskSets = append(out.TaskSets, sv.describeTaskSet(ts, slices.Contains(in.Include, types.TaskSetFieldTags)))
			continue
		}
		out.Failures = append(out.Failures, missing(s.taskSetARN(sv, name)))
	}
	return out, nil
}

// taskSetARN returns the full ARN of a task set, known or not.
func (s *Service) taskSetARN(sv *service, idOrARN string) string {
	if strings.HasPrefix(idOrARN, "arn:") {
		return idOrARN
	}
	return s.arn("task-set", sv.cluster.name, sv.name, idOrARN)
}
